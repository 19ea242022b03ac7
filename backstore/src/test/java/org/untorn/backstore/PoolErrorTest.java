package org.untorn.backstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.untorn.backstore.Operations.blocks;
import static org.untorn.backstore.Operations.compareAndWrite;
import static org.untorn.backstore.Operations.flush;
import static org.untorn.backstore.Operations.read;
import static org.untorn.backstore.Operations.write;
import static org.untorn.backstore.Operations.writeStable;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.untorn.backstore.fault.FaultyMedium.Io;

/** An {@link Error} is a failure like any other: nobody waits for ever because of one. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PoolErrorTest {

  private static final int SEGMENT = 64 << 10;
  private static final PoolOptions OPTIONS =
      PoolOptions.DEFAULT.withSegmentBytes(SEGMENT).withCapacityBytes(16 * SEGMENT);

  private final Hooked medium = new Hooked(new MemoryMedium());
  private final Pool pool = Pool.open(medium, OPTIONS);
  private final BlockStore store = open();

  PoolErrorTest() throws IOException {}

  private BlockStore open() throws IOException {
    pool.create("volume", new Geometry(512, 4000));
    return pool.open("volume");
  }

  @Test
  void a_completion_that_throws_an_error_on_the_commit_thread_keeps_nobody_waiting()
      throws IOException {
    CountDownLatch syncing = new CountDownLatch(1);
    medium.hook(
        (io, file, purpose) -> {
          if (io == Io.SYNC) {
            await(syncing);
          }
        });
    CompletableFuture<BlockOutcome> second = new CompletableFuture<>();
    store.submit(
        stableWrite(0),
        outcome -> {
          throw new OutOfMemoryError("planted in a completion");
        });
    store.submit(stableWrite(8), second::complete);
    syncing.countDown();
    assertThat(second.join()).isEqualTo(BlockOutcome.DONE);
    assertThat(writeStable(store, 16, blocks(store, 1, 3))).isEqualTo(BlockOutcome.DONE);
    pool.close();
  }

  @Test
  void an_error_in_a_sync_stops_the_pool_and_leaves_it_closable() throws IOException {
    write(store, 0, blocks(store, 8, 1));
    medium.runOutOfMemoryAt(Io.SYNC);
    assertThat(flush(store)).isInstanceOf(BlockOutcome.Stopped.class);
    assertThat(write(store, 0, blocks(store, 8, 2))).isInstanceOf(BlockOutcome.Stopped.class);
    pool.close();
  }

  @Test
  void an_error_in_a_write_fails_it_and_whoever_comes_behind_hears_so() throws IOException {
    medium.runOutOfMemoryAt(Io.WRITE);
    assertThat(write(store, 0, blocks(store, 8, 1))).isInstanceOf(BlockOutcome.WriteFailed.class);
    assertThat(write(store, 0, blocks(store, 8, 2))).isInstanceOf(BlockOutcome.Stopped.class);
    pool.close();
  }

  @Test
  void an_error_in_the_comparing_read_gives_the_range_back() throws IOException {
    write(store, 0, blocks(store, 8, 1));
    medium.runOutOfMemoryAt(Io.READ);
    assertThat(compareAndWrite(store, 0, blocks(store, 8, 1), blocks(store, 8, 2)))
        .isInstanceOf(BlockOutcome.WriteFailed.class);
    medium.hook((io, file, purpose) -> {});
    assertThat(write(store, 0, blocks(store, 8, 3))).isEqualTo(BlockOutcome.DONE);
    assertThat(read(store, 0, 8)).containsOnly(3);
    pool.close();
  }

  @Test
  void an_error_in_the_keeper_stops_the_pool_and_fails_those_who_wait_for_space()
      throws IOException {
    medium.hook(
        (io, file, purpose) -> {
          if (purpose == Purpose.MAP) {
            throw new OutOfMemoryError("planted in a checkpoint");
          }
        });
    BlockOutcome outcome = BlockOutcome.DONE;
    for (int lba = 0; outcome instanceof BlockOutcome.Done; lba = (lba + 16) % 64) {
      outcome = write(store, lba, blocks(store, 16, 7));
    }
    assertThat(outcome).isInstanceOf(BlockOutcome.Stopped.class);
    pool.close();
  }

  private BlockOperation stableWrite(long lba) {
    List<ByteBuffer> data = Operations.buffers(blocks(store, 1, 1));
    return new BlockOperation.Write(lba, data, Durability.STABLE);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
