package org.untorn.backstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A checkpoint of any length goes to the medium and comes back. */
class CheckpointTest {

  private static final int RUN = 1 << 10;
  private static final int BLOCKS = 4000 * RUN;

  @Test
  void a_long_checkpoint_is_written_and_read_in_pieces() throws IOException {
    Random random = new Random(7);
    BlockMaps maps = new BlockMaps();
    Root root = Root.empty(new Geometry(512, BLOCKS));
    for (int lba = 0; lba < BLOCKS; lba += RUN) {
      PieceLayout layout = PieceLayout.of(lba + 1, RUN - 1, 512);
      int[] checksums = random.ints(layout.pieces()).toArray();
      root = maps.with(root, new Written(layout, Location.of(1 + lba / RUN, 9), checksums));
    }
    Root shared = maps.without(maps.share(root), 0, 9);
    List<Checkpoint.Line> lines =
        List.of(
            new Checkpoint.Line(3, "volume", true, root),
            new Checkpoint.Line(4, "clone", true, shared),
            new Checkpoint.Line(5, "none", false, Root.empty(new Geometry(4096, 5))));

    CountingReads medium = new CountingReads(new MemoryMedium());
    Superblock.CheckpointRef ref =
        Checkpoint.write(medium, 1, 3, List.of(), lines, maps.nodes()).ref();
    Catalog catalog = new Catalog();
    CheckpointReader.read(medium, ref, catalog, new Segments(8));

    assertThat(ref.length()).isEqualTo(medium.length(Checkpoint.fileName(1)));
    assertThat(ref.length()).isGreaterThan(2 << 20);
    assertThat(medium.longest()).isLessThanOrEqualTo(1 << 20);
    for (Checkpoint.Line line : lines) {
      Root found = catalog.find(line.name()).orElseThrow().visible();
      assertThat(found.geometry()).isEqualTo(line.root().geometry());
      assertThat(found.mappedUnits()).isEqualTo(line.root().mappedUnits());
      assertSame(maps, line.root(), catalog.maps(), found);
    }
    while (maps.reclaim(100)) {}
    assertThat(catalog.maps().nodes().usedBytes())
        .as("what roots share is shared again")
        .isEqualTo(maps.nodes().usedBytes());
  }

  private static void assertSame(BlockMaps maps, Root root, BlockMaps foundMaps, Root found) {
    Pieces expected = new Pieces();
    Pieces pieces = new Pieces();
    maps.reader().find(root, 0, BLOCKS, expected);
    foundMaps.reader().find(found, 0, BLOCKS, pieces);
    assertThat(pieces.count()).isEqualTo(expected.count());
    for (int i = 0; i < pieces.count(); i++) {
      assertThat(pieces.start(i)).isEqualTo(expected.start(i));
      assertThat(pieces.location(i)).isEqualTo(expected.location(i));
      assertThat(pieces.checksum(i)).isEqualTo(expected.checksum(i));
    }
  }

  /** Worked out by hand from docs/FORMAT.md. */
  @Test
  void a_checkpoint_has_the_bytes_that_the_format_says() throws IOException {
    BlockMaps maps = new BlockMaps();
    Root root = Root.empty(new Geometry(512, 4096));
    PieceLayout layout = PieceLayout.of(8, 17, 512);
    int[] checksums = {0xC0C0C0C0, 0xC1C1C1C1, 0xC2C2C2C2};
    root = maps.with(root, new Written(layout, Location.of(3, 5), checksums));
    root = maps.without(root, 11, 2);
    Segment segment = new Segment(3, "segment-00000007", 9);
    segment.lastSequence(17);
    MemoryMedium medium = new MemoryMedium();
    Checkpoint.Written written =
        Checkpoint.write(
            medium,
            1,
            4,
            List.of(segment, new Segment(2, "segment-00000001", 9)),
            List.of(new Checkpoint.Line(2, "v", true, root)),
            maps.nodes());
    String leaf =
        // A leaf with details: 4 entries, 4 checksums, 15 units mapped, base 8.
        "00 01 0004 0004 000000000000000f 0000000000000008"
            // Start behind the base, location in segment 3.
            + "0000 000000600005 0005 00000060000a 0008 00000060000d 0010 000000600015"
            // Three units of the first granule, the last three, a granule, a block.
            + "00003000 00003001 00000002 00008003"
            + "c0c0c0c0 c0c0c0c0 c1c1c1c1 c2c2c2c2";
    String expected =
        "554e5443 00000002 0000000000000004"
            + leaf
            + "02"
            + "00000001 00000003 00000007 0000000000000009 0000000000000011"
            + "00000001 0000000000000002 01 00000200 0000000000001000"
            + "00 00000001 000000000000000f 0001 76";
    ByteBuffer found = ByteBuffer.allocate((int) medium.length("checkpoint-1"));
    medium.read("checkpoint-1", 0, found, Purpose.MAP);
    assertThat(HexFormat.of().formatHex(found.array())).isEqualTo(expected.replace(" ", ""));
    assertThat(written.live().of(segment)).isEqualTo(15 * 512);
  }

  @Test
  void a_pool_of_another_format_is_refused_in_one_line() throws IOException {
    MemoryMedium medium = new MemoryMedium();
    Pool.open(medium, PoolOptions.DEFAULT).close();
    ByteBuffer slot = ByteBuffer.allocate(512);
    for (long at : new long[] {0, 4096}) {
      medium.read(Superblock.FILE, at, slot.clear(), Purpose.COMMIT);
      slot.putInt(4, 1);
      slot.putInt(508, Checksum.of(slot, 0, 508));
      medium.write(Superblock.FILE, at, List.of(slot), Purpose.COMMIT);
    }
    assertThatThrownBy(() -> Pool.open(medium, PoolOptions.DEFAULT))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("this pool has format 1, and format 2 is the only one")
        .hasMessageNotContaining("\n");
  }
}
