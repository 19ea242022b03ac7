package org.untorn.backstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.untorn.backstore.Operations.blocks;
import static org.untorn.backstore.Operations.read;
import static org.untorn.backstore.Operations.run;
import static org.untorn.backstore.Operations.unmap;
import static org.untorn.backstore.Operations.write;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A root that is kept is what its volume was, whatever becomes of that. */
class PointInTimeTest {

  private static final int SEGMENT = 1 << 20;
  private static final int SEGMENTS = 12;
  private static final Geometry GEOMETRY = new Geometry(4096, 1024);

  private final Pool pool =
      Pool.open(
          new MemoryMedium(),
          PoolOptions.DEFAULT
              .withSegmentBytes(SEGMENT)
              .withCapacityBytes((long) SEGMENTS * SEGMENT));
  private final BlockStore store;

  PointInTimeTest() throws IOException {
    pool.create("volume", GEOMETRY);
    store = pool.open("volume");
  }

  @AfterEach
  void close() throws IOException {
    pool.close();
  }

  @Test
  void what_happens_to_the_volume_afterwards_does_not_happen_to_it() throws IOException {
    write(store, 0, blocks(store, 8, 1));
    try (PointInTime point = pool.keep("volume")) {
      write(store, 2, blocks(store, 2, 2));
      unmap(store, new BlockExtent(6, 2));
      write(store, 20, blocks(store, 1, 3));
      pool.resize("volume", 4);
      pool.delete("volume");

      assertThat(point.blocks().geometry()).isEqualTo(GEOMETRY);
      assertThat(read(point.blocks(), 0, 8)).containsOnly(1);
      assertThat(read(point.blocks(), 20, 1)).containsOnly(0);
      assertThat(write(point.blocks(), 0, blocks(store, 1, 4)))
          .isInstanceOf(BlockOutcome.WriteFailed.class);
    }
  }

  @Test
  void it_is_no_volume_and_gone_when_it_is_closed() {
    write(store, 0, blocks(store, 8, 1));
    PointInTime point = pool.keep("volume");
    assertThat(pool.list()).hasSize(1);
    point.close();
    point.close();

    assertThat(
            run(
                point.blocks(),
                new BlockOperation.Read(0, ByteBuffer.allocate(GEOMETRY.blockLength()))))
        .isInstanceOf(BlockOutcome.Stopped.class);
    assertThat(read(store, 0, 8)).containsOnly(1);
  }

  @Test
  void no_cleaning_and_no_checkpoint_takes_its_blocks_and_closing_it_gives_them_back()
      throws IOException {
    for (int lba = 0; lba < 512; lba += 64) {
      write(store, lba, blocks(store, 64, 1));
    }
    try (PointInTime point = pool.keep("volume")) {
      overwrite(200, 2);
      for (int lba = 0; lba < 512; lba += 64) {
        assertThat(read(point.blocks(), lba, 64)).as("from block " + lba).containsOnly(1);
      }
      pool.checkpoint();
      assertThat(pool.space().taken()).isGreaterThan(4L * SEGMENT);
    }
    pool.checkpoint();
    for (int i = 0; i < SEGMENTS && pool.clean(); i++) {}
    assertThat(pool.space().taken()).isLessThanOrEqualTo(4L * SEGMENT);
    assertThat(read(store, 0, 64)).containsOnly(2);
  }

  /** Writes the same two megabytes again and again, which takes cleaning. */
  private void overwrite(int times, int value) {
    for (int i = 0; i < times; i++) {
      assertThat(write(store, i % 8 * 64L, blocks(store, 64, value)))
          .isInstanceOf(BlockOutcome.Done.class);
    }
  }
}
