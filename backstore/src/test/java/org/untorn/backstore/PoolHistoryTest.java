package org.untorn.backstore;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Threads that read, write, and compare and write the same few blocks, while another one
 * checkpoints and cleans: each block behaves as if one thing happened at a time.
 */
class PoolHistoryTest {

  private static final long SEED = Long.getLong("untorn.seed", 20261122);
  private static final int OPERATIONS = Integer.getInteger("untorn.steps", 250_000) / 5;
  private static final int THREADS = 3;
  private static final int BLOCKS = 24;
  private static final int LONGEST = 6;

  @Test
  void each_block_behaves_as_if_one_thing_happened_at_a_time() throws Exception {
    assertThat(run(store -> store, OPERATIONS)).as("seed " + SEED).isEmpty();
  }

  @Test
  void a_write_that_is_acknowledged_too_early_is_seen() throws Exception {
    assertThat(run(Canary.LateWrites::new, OPERATIONS / 10)).isPresent();
  }

  @Test
  void a_comparison_that_is_not_one_with_its_write_is_seen() throws Exception {
    assertThat(run(Canary.SplitComparison::new, OPERATIONS)).isPresent();
  }

  private static Optional<String> run(UnaryOperator<BlockStore> filter, int operations)
      throws Exception {
    PoolOptions options =
        PoolOptions.DEFAULT.withSegmentBytes(8 << 10).withCapacityBytes(32 * (8 << 10));
    AtomicBoolean done = new AtomicBoolean();
    try (ExecutorService threads = Executors.newCachedThreadPool();
        Pool pool = Pool.open(new MemoryMedium(), options)) {
      pool.create("volume", new Geometry(512, BLOCKS));
      BlockStore store = filter.apply(pool.open("volume"));
      List<Future<Worker>> workers = new ArrayList<>();
      for (int i = 1; i <= THREADS; i++) {
        Worker worker = new Worker(store, i, operations);
        workers.add(threads.submit(worker));
      }
      Future<Boolean> tidying = threads.submit(() -> tidy(pool, done));
      List<History> all = histories();
      try {
        for (Future<Worker> worker : workers) {
          worker.get().addTo(all);
        }
      } finally {
        done.set(true);
      }
      tidying.get();
      return all.stream().map(History::violation).flatMap(Optional::stream).findFirst();
    }
  }

  private static boolean tidy(Pool pool, AtomicBoolean done) throws IOException {
    while (!done.get()) {
      pool.checkpoint();
      pool.clean();
    }
    return true;
  }

  private static List<History> histories() {
    return Stream.generate(History::new).limit(BLOCKS).toList();
  }

  /** One thread, and what it saw. */
  private static final class Worker implements Callable<Worker> {
    private final BlockStore store;
    private final int id;
    private final int operations;
    private final Random random;
    private final List<History> histories = histories();
    private int count;

    private Worker(BlockStore store, int id, int operations) {
      this.store = store;
      this.id = id;
      this.operations = operations;
      this.random = new Random(SEED + id);
    }

    private void addTo(List<History> all) {
      for (int block = 0; block < BLOCKS; block++) {
        all.get(block).addAll(histories.get(block));
      }
    }

    @Override
    public Worker call() {
      for (count = 1; count <= operations; count++) {
        int blocks = 1 + random.nextInt(LONGEST);
        int lba = random.nextInt(BLOCKS - blocks);
        switch (random.nextInt(5)) {
          case 0 -> write(lba, data(blocks), true);
          case 1 -> write(lba, data(blocks), false);
          case 2 -> compareAndWrite(lba, Operations.read(store, lba, blocks), data(blocks));
          default -> read(lba, blocks);
        }
      }
      return this;
    }

    /** Blocks that all begin with a value that is written once. */
    private byte[] data(int blocks) {
      byte[] data = new byte[blocks * 512];
      for (int i = 0; i < blocks; i++) {
        ByteBuffer.wrap(data).putLong(i * 512, (long) id << 32 | count);
      }
      return data;
    }

    private static long value(byte[] data, int block) {
      return ByteBuffer.wrap(data).getLong(block * 512);
    }

    private void write(int lba, byte[] data, boolean atomic) {
      long start = System.nanoTime();
      BlockOutcome outcome =
          atomic ? Operations.writeAtomic(store, lba, data) : Operations.write(store, lba, data);
      long end = System.nanoTime();
      assertThat(outcome).isEqualTo(BlockOutcome.DONE);
      for (int i = 0; i < data.length / 512; i++) {
        histories.get(lba + i).wrote(value(data, i), start, end);
      }
    }

    private void read(int lba, int blocks) {
      long start = System.nanoTime();
      byte[] data = Operations.read(store, lba, blocks);
      long end = System.nanoTime();
      for (int i = 0; i < blocks; i++) {
        histories.get(lba + i).read(value(data, i), start, end);
      }
    }

    private void compareAndWrite(int lba, byte[] expected, byte[] data) {
      long start = System.nanoTime();
      BlockOutcome outcome = Operations.compareAndWrite(store, lba, expected, data);
      long end = System.nanoTime();
      if (outcome instanceof BlockOutcome.Miscompare) {
        return;
      }
      assertThat(outcome).isEqualTo(BlockOutcome.DONE);
      for (int i = 0; i < data.length / 512; i++) {
        histories.get(lba + i).replaced(value(expected, i), value(data, i), start, end);
      }
    }
  }
}
