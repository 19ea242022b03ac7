package org.untorn.backstore;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A checkpoint of any length goes to the medium and comes back. */
class CheckpointTest {

  private static final int RUN = 1 << 10;
  private static final int BLOCKS = 200 * RUN;

  @Test
  void a_long_checkpoint_is_written_and_read_in_pieces() throws IOException {
    Random random = new Random(7);
    Root root = Root.empty(new Geometry(512, BLOCKS));
    for (int lba = 0; lba < BLOCKS; lba += RUN) {
      int[] checksums = random.ints(RUN).toArray();
      root = root.with(lba, Location.of(1 + lba / RUN, 9), checksums);
    }
    Checkpoint.Line line = new Checkpoint.Line(3, "volume", true, root);

    CountingReads medium = new CountingReads(new MemoryMedium());
    Superblock.CheckpointRef ref = Checkpoint.write(medium, 1, 3, List.of(), List.of(line));
    Catalog catalog = new Catalog();
    Checkpoint.read(medium, ref, catalog, new Segments(8));

    assertThat(ref.length()).isEqualTo(medium.length(Checkpoint.fileName(1)));
    assertThat(ref.length()).isGreaterThan(2 << 20);
    assertThat(medium.longest()).isEqualTo(1 << 20);
    BlockMap found = catalog.find("volume").orElseThrow().visible().map();
    for (long lba = 0; lba < BLOCKS; lba += 1 << BlockMap.BITS) {
      assertThat(found.leaf(lba).locations).isEqualTo(root.map().leaf(lba).locations);
      assertThat(found.leaf(lba).checksums).isEqualTo(root.map().leaf(lba).checksums);
    }
  }
}
