package org.untorn.daemon.fault;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
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
import org.untorn.backstore.fault.PowerSupply;
import org.untorn.daemon.config.Parsed;

/** Each defect of the store breaks its own promise within fifty cuts; without it none is broken. */
class DefectTest {

  private static final int CUTS = 50;

  private Pool pool = open();

  private static Pool open() {
    try {
      Pool opened = Pool.open(new MemoryMedium(), PoolOptions.DEFAULT.withSegmentBytes(1 << 20));
      opened.create("volume", new Geometry(512, 256));
      return opened;
    } catch (IOException e) {
      throw new AssertionError("a pool in memory", e);
    }
  }

  @BeforeEach
  void begin() throws IOException {
    pool.close();
    pool = open();
  }

  @AfterEach
  void close() throws IOException {
    pool.close();
  }

  /** Does something with a store, on which the number n is new, and says whether a cut broke it. */
  private interface Life {
    boolean isBroken(BlockStore store, PowerSupply power, int n);
  }

  /** In how many of the lives the promise was broken, with and without the defect. */
  private void breaks(Defect defect, Life life) throws IOException {
    assertThat(broken(life, defect)).as(defect.label()).isPositive();
    begin();
    assertThat(broken(life)).as("without %s", defect.label()).isZero();
  }

  private int broken(Life life, Defect... defects) {
    PowerSupply power = new PowerSupply(1, 1 << 20, (delay, action) -> {});
    BlockStore store = power.protect("volume", pool.open("volume"));
    for (Defect defect : defects) {
      store = defect.over(store, 1);
    }
    int broken = 0;
    for (int n = 1; n <= CUTS; n++) {
      broken += life.isBroken(store, power, n) ? 1 : 0;
    }
    return broken;
  }

  private static BlockOutcome run(BlockStore store, BlockOperation operation) {
    CompletableFuture<BlockOutcome> outcome = new CompletableFuture<>();
    store.submit(operation, outcome::complete);
    return outcome.join();
  }

  private static ByteBuffer data(int blocks, int n) {
    byte[] data = new byte[blocks * 512];
    Arrays.fill(data, (byte) n);
    return ByteBuffer.wrap(data);
  }

  private static void write(BlockStore store, long lba, int blocks, int n, Durability durability) {
    assertThat(run(store, new BlockOperation.Write(lba, List.of(data(blocks, n)), durability)))
        .isEqualTo(BlockOutcome.DONE);
  }

  private static void writeAtomic(BlockStore store, long lba, int blocks, int n) {
    assertThat(
            run(
                store,
                new BlockOperation.AtomicWrite(lba, List.of(data(blocks, n)), Durability.APPENDED)))
        .isEqualTo(BlockOutcome.DONE);
  }

  /** How many of the blocks hold n. */
  private static int count(BlockStore store, long lba, int blocks, int n) {
    ByteBuffer into = ByteBuffer.allocate(blocks * 512);
    assertThat(run(store, new BlockOperation.Read(lba, into))).isEqualTo(BlockOutcome.DONE);
    int count = 0;
    for (int i = 0; i < blocks; i++) {
      count += into.slice(i * 512, 512).equals(data(1, n)) ? 1 : 0;
    }
    return count;
  }

  private static void cut(PowerSupply power) {
    assertThat(power.cut().join().problem()).isEmpty();
    power.on().join();
  }

  private static Life tearing(long lba, int blocks) {
    return (store, power, n) -> {
      writeAtomic(store, lba, blocks, n);
      cut(power);
      return count(store, lba, blocks, n) % blocks != 0;
    };
  }

  @Test
  void long_atomic_writes_tear_and_short_ones_do_not() throws IOException {
    breaks(Defect.TEARS_LONG_ATOMIC_WRITES, tearing(0, 16));
    assertThat(broken(tearing(0, 8), Defect.TEARS_LONG_ATOMIC_WRITES)).isZero();
  }

  @Test
  void unaligned_atomic_writes_tear_and_aligned_ones_do_not() throws IOException {
    breaks(Defect.ATOMIC_ONLY_WHEN_ALIGNED, tearing(12, 8));
    assertThat(broken(tearing(8, 8), Defect.ATOMIC_ONLY_WHEN_ALIGNED)).isZero();
  }

  @Test
  void atomic_writes_tear_in_a_power_cut() throws IOException {
    breaks(Defect.TEARS_ON_POWER_LOSS, tearing(0, 8));
  }

  @Test
  void fua_lies() throws IOException {
    breaks(
        Defect.FUA_LIES,
        (store, power, n) -> {
          write(store, 0, 1, n, Durability.STABLE);
          cut(power);
          return count(store, 0, 1, n) == 0;
        });
  }

  @Test
  void flush_lies() throws IOException {
    breaks(
        Defect.FLUSH_LIES,
        (store, power, n) -> {
          write(store, 0, 1, n, Durability.APPENDED);
          run(store, new BlockOperation.Flush());
          cut(power);
          return count(store, 0, 1, n) == 0;
        });
  }

  @Test
  void what_came_after_a_flush_survives_what_came_before() throws IOException {
    breaks(
        Defect.REORDERS_ACROSS_FLUSHES,
        (store, power, n) -> {
          write(store, 0, 1, n, Durability.APPENDED);
          run(store, new BlockOperation.Flush());
          write(store, 1, 1, n, Durability.APPENDED);
          cut(power);
          return count(store, 0, 1, n) == 0 && count(store, 1, 1, n) == 1;
        });
  }

  @Test
  void a_write_in_a_hundred_is_corrupt() throws IOException {
    breaks(
        Defect.CORRUPTS_SILENTLY,
        (store, power, n) -> {
          for (int i = 0; i < 20; i++) {
            write(store, i, 1, n, Durability.APPENDED);
          }
          return count(store, 0, 20, n) < 20;
        });
  }

  @Test
  void a_defect_is_known_by_its_label() {
    for (Defect defect : Defect.values()) {
      assertThat(Defect.parse(defect.label())).isEqualTo(Parsed.value(defect));
    }
    assertThat(Defect.parse("explodes"))
        .isEqualTo(
            Parsed.wrong(
                "there is no defect 'explodes'; there are tears-long-atomic-writes,"
                    + " atomic-only-when-aligned, ignores-boundary, fua-lies, flush-lies,"
                    + " reorders-across-flushes, tears-on-power-loss, forgets-granularity,"
                    + " corrupts-silently"));
  }
}
