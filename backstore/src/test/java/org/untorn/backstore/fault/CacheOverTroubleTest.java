package org.untorn.backstore.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.untorn.backstore.Operations.blocks;
import static org.untorn.backstore.Operations.buffers;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.untorn.backstore.BlockOperation;
import org.untorn.backstore.BlockOutcome;
import org.untorn.backstore.BlockStore;
import org.untorn.backstore.Durability;
import org.untorn.backstore.Geometry;
import org.untorn.backstore.MemoryMedium;
import org.untorn.backstore.Pool;
import org.untorn.backstore.PoolOptions;

/** A volatile cache over a volume that is slow, or fails. */
class CacheOverTroubleTest {

  private Optional<Pool> pool = Optional.empty();

  @BeforeEach
  void open() throws IOException {
    Pool opened = Pool.open(new MemoryMedium(), PoolOptions.DEFAULT.withSegmentBytes(1 << 20));
    opened.create("volume", new Geometry(512, 64));
    pool = Optional.of(opened);
  }

  @AfterEach
  void close() throws IOException {
    pool.orElseThrow().close();
  }

  private BlockStore volume() {
    return pool.orElseThrow().open("volume");
  }

  private static PowerSupply supply(long seed) {
    return new PowerSupply(seed, 1 << 20, (delay, action) -> {});
  }

  /** A filter that keeps flushes back. */
  private static final class SlowFlushes implements BlockStore {
    private final BlockStore below;
    private final BlockingQueue<Runnable> kept = new LinkedBlockingQueue<>();

    SlowFlushes(BlockStore below) {
      this.below = below;
    }

    @Override
    public Geometry geometry() {
      return below.geometry();
    }

    @Override
    public void submit(BlockOperation operation, Completion completion) {
      if (operation instanceof BlockOperation.Flush) {
        kept.add(() -> completion.completed(BlockOutcome.DONE));
      } else {
        below.submit(operation, completion);
      }
    }
  }

  @Test
  void what_outlives_a_cut_and_the_return_of_the_power_is_never_told_that_it_is_done()
      throws InterruptedException {
    SlowFlushes slow = new SlowFlushes(volume());
    PowerSupply power = supply(1);
    BlockStore store = power.protect("volume", slow);
    List<BlockOutcome> outcomes = new ArrayList<>();
    store.submit(
        new BlockOperation.Write(0, buffers(blocks(store, 1, 1)), Durability.STABLE),
        outcomes::add);
    Runnable endOfWrite = slow.kept.take();
    store.submit(new BlockOperation.Flush(), outcomes::add);
    Runnable endOfFlush = slow.kept.take();
    power.cut().join();
    power.on().join();
    endOfWrite.run();
    endOfFlush.run();
    assertThat(outcomes)
        .hasSize(2)
        .allSatisfy(outcome -> assertThat(outcome).isInstanceOf(BlockOutcome.Stopped.class));
  }
}
