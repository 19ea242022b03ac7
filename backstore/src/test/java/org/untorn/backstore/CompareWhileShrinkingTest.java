package org.untorn.backstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.untorn.backstore.Operations.blocks;
import static org.untorn.backstore.Operations.buffers;
import static org.untorn.backstore.Operations.read;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.untorn.backstore.fault.FaultyMedium.Io;

/** A compare-and-write that waits for its turn may find the volume shorter than it was. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CompareWhileShrinkingTest {

  private static final int BLOCKS = 16;

  @Test
  void what_a_resize_cut_off_meanwhile_is_neither_compared_nor_written()
      throws IOException, InterruptedException {
    Hooked medium = new Hooked(new MemoryMedium());
    try (Pool pool = Pool.open(medium, PoolOptions.DEFAULT.withSegmentBytes(64 << 10))) {
      pool.create("volume", new Geometry(512, BLOCKS));
      BlockStore store = pool.open("volume");
      CountDownLatch resizing = new CountDownLatch(1);
      CountDownLatch goOn = new CountDownLatch(1);
      medium.hook(
          (io, file, purpose) -> {
            if (io == Io.WRITE && purpose == Purpose.DATA) {
              resizing.countDown();
              await(goOn);
            }
          });
      CompletableFuture<Void> resized = CompletableFuture.runAsync(() -> resize(pool, BLOCKS / 2));
      resizing.await();
      CompletableFuture<BlockOutcome> beyond = compareAndWrite(store, BLOCKS / 2 + 1);
      CompletableFuture<BlockOutcome> across = compareAndWrite(store, BLOCKS / 2 - 1);
      CompletableFuture<BlockOutcome> inside = compareAndWrite(store, 0);
      assertThat(beyond).isNotDone();
      goOn.countDown();
      resized.join();
      assertThat(beyond.join()).isEqualTo(new BlockOutcome.OutOfRange());
      assertThat(across.join()).isEqualTo(new BlockOutcome.OutOfRange());
      assertThat(inside.join()).isEqualTo(BlockOutcome.DONE);
      assertThat(read(store, BLOCKS / 2 - 1, 1)).containsOnly(0);
      assertThat(read(store, 0, 2)).containsOnly(5);
    }
  }

  /** Expects two empty blocks. */
  private static CompletableFuture<BlockOutcome> compareAndWrite(BlockStore store, long lba) {
    CompletableFuture<BlockOutcome> done = new CompletableFuture<>();
    store.submit(
        new BlockOperation.CompareAndWrite(
            lba, ByteBuffer.allocate(1024), buffers(blocks(store, 2, 5)), Durability.APPENDED),
        done::complete);
    return done;
  }

  private static void resize(Pool pool, long blocks) {
    try {
      pool.resize("volume", blocks);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
