package org.untorn.backstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.untorn.backstore.Operations.blocks;
import static org.untorn.backstore.Operations.buffers;
import static org.untorn.backstore.Operations.read;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.untorn.backstore.fault.FaultyMedium.Io;

/**
 * The order of those who wait for space, and of who comes behind them. No sync ends before a test
 * lets it, so nothing is freed, and the pool fills up until a write has to wait.
 */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PoolStarvedTest {

  private static final int SEGMENT = 64 << 10;
  private static final PoolOptions OPTIONS =
      PoolOptions.DEFAULT.withSegmentBytes(SEGMENT).withCapacityBytes(16 * SEGMENT);

  private final Hooked medium = new Hooked(withSpares());
  private final Pool pool = Pool.open(medium, OPTIONS);
  private final BlockStore store = open();
  private final CountDownLatch syncs = new CountDownLatch(1);
  private int starvedTag;

  PoolStarvedTest() throws IOException {}

  /** All segments there may be are spares, so that nobody waits just for one. */
  private static Medium withSpares() throws IOException {
    MemoryMedium medium = new MemoryMedium();
    Pool.open(medium, OPTIONS).close();
    for (int file = 1; file <= 16; file++) {
      ByteBuffer zeros = ByteBuffer.allocate(SEGMENT);
      medium.write(SegmentLayout.fileName(file), 0, List.of(zeros), Purpose.RESERVE);
    }
    return medium;
  }

  private BlockStore open() throws IOException {
    pool.create("volume", new Geometry(512, 64));
    return pool.open("volume");
  }

  @AfterEach
  void close() throws IOException {
    syncs.countDown();
    pool.close();
  }

  @Test
  void no_newer_write_goes_ahead_of_one_that_waits_for_space() {
    CompletableFuture<BlockOutcome> starved = writeUntilStarved();
    CompletableFuture<BlockOutcome> newer = submit(write(4, 4, -1));
    assertThat(newer).as("a write that there is room for").isNotDone();
    syncs.countDown();
    assertThat(starved.join()).isEqualTo(BlockOutcome.DONE);
    assertThat(newer.join()).isEqualTo(BlockOutcome.DONE);
    assertThat(read(store, 4, 4)).containsOnly(-1);
  }

  @Test
  void what_gives_space_back_passes_unless_it_touches_what_waits() {
    CompletableFuture<BlockOutcome> starved = writeUntilStarved();
    CompletableFuture<BlockOutcome> apart = submit(unmap(32, 8));
    CompletableFuture<BlockOutcome> overlapping = submit(unmap(12, 8));
    assertThat(apart).isCompletedWithValue(BlockOutcome.DONE);
    assertThat(overlapping).isNotDone();
    syncs.countDown();
    assertThat(starved.join()).isEqualTo(BlockOutcome.DONE);
    assertThat(overlapping.join()).isEqualTo(BlockOutcome.DONE);
    assertThat(read(store, 12, 8)).containsOnly(0);
  }

  @Test
  void a_compare_and_write_sees_the_write_before_it_that_waits_for_space() {
    CompletableFuture<BlockOutcome> starved = writeUntilStarved();
    CompletableFuture<BlockOutcome> compared =
        submit(
            new BlockOperation.CompareAndWrite(
                0,
                ByteBuffer.wrap(blocks(store, 2, starvedTag)),
                buffers(blocks(store, 2, 3)),
                Durability.APPENDED));
    assertThat(compared).isNotDone();
    syncs.countDown();
    assertThat(starved.join()).isEqualTo(BlockOutcome.DONE);
    assertThat(compared.join()).isEqualTo(BlockOutcome.DONE);
    assertThat(read(store, 0, 2)).containsOnly(3);
  }

  /**
   * The last of these writes fills blocks 0 to 15 with {@link #starvedTag}, once there is space.
   */
  private CompletableFuture<BlockOutcome> writeUntilStarved() {
    medium.hook(
        (io, file, purpose) -> {
          if (io == Io.SYNC) {
            await();
          }
        });
    int tag = 1;
    CompletableFuture<BlockOutcome> last = submit(write(0, 16, tag));
    while (last.isDone()) {
      assertThat(last).isCompletedWithValue(BlockOutcome.DONE);
      tag++;
      last = submit(write(0, 16, tag));
    }
    starvedTag = tag;
    return last;
  }

  private void await() {
    try {
      syncs.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private BlockOperation write(long lba, int count, int tag) {
    return new BlockOperation.AtomicWrite(
        lba, buffers(blocks(store, count, tag)), Durability.APPENDED);
  }

  private static BlockOperation unmap(long lba, int count) {
    return new BlockOperation.Unmap(List.of(new BlockExtent(lba, count)), Durability.APPENDED);
  }

  private CompletableFuture<BlockOutcome> submit(BlockOperation operation) {
    CompletableFuture<BlockOutcome> done = new CompletableFuture<>();
    store.submit(operation, done::complete);
    return done;
  }
}
