package org.untorn.backstore;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
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
}
