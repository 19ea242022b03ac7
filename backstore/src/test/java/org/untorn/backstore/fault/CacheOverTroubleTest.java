package org.untorn.backstore.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.untorn.backstore.Operations.blocks;
import static org.untorn.backstore.Operations.buffers;
import static org.untorn.backstore.Operations.flush;
import static org.untorn.backstore.Operations.read;
import static org.untorn.backstore.Operations.write;
import static org.untorn.backstore.Operations.writeAtomic;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
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

  /** A filter that keeps the ends of flushes back, and of writes. */
  private static final class Slow implements BlockStore {
    private final BlockStore below;
    private volatile boolean slow = false;
    private volatile boolean slowReads = false;
    private final BlockingQueue<Runnable> kept = new LinkedBlockingQueue<>();

    Slow(BlockStore below) {
      this.below = below;
    }

    @Override
    public Geometry geometry() {
      return below.geometry();
    }

    @Override
    public void submit(BlockOperation operation, Completion completion) {
      boolean keeps =
          operation instanceof BlockOperation.Flush || operation instanceof BlockOperation.Write;
      if ((slow && keeps) || (slowReads && operation instanceof BlockOperation.Read)) {
        below.submit(operation, outcome -> kept.add(() -> completion.completed(outcome)));
      } else {
        below.submit(operation, completion);
      }
    }
  }

  @Test
  void a_read_that_outlives_a_cut_tells_nothing_of_what_the_cut_left() throws InterruptedException {
    Slow slow = new Slow(volume());
    PowerSupply power = supply(1);
    BlockStore store = power.protect("volume", slow);
    write(store, 0, blocks(store, 1, 1));
    slow.slowReads = true;
    List<BlockOutcome> outcomes = new ArrayList<>();
    ByteBuffer into = ByteBuffer.allocate(store.geometry().blockLength());
    for (int i = 0; i < 2; i++) {
      store.submit(new BlockOperation.Read(0, into.duplicate()), outcomes::add);
    }
    Runnable before = slow.kept.take();
    Runnable after = slow.kept.take();
    slow.slowReads = false;
    before.run();
    assertThat(outcomes).containsExactly(BlockOutcome.DONE);
    power.cut().join();
    power.on().join();
    after.run();
    assertThat(outcomes).hasSize(2).last().isInstanceOf(BlockOutcome.Stopped.class);
  }

  @Test
  void what_outlives_a_cut_and_the_return_of_the_power_is_never_told_that_it_is_done()
      throws InterruptedException {
    Slow slow = new Slow(volume());
    PowerSupply power = supply(1);
    BlockStore store = power.protect("volume", slow);
    List<BlockOutcome> outcomes = new ArrayList<>();
    slow.slow = true;
    store.submit(
        new BlockOperation.Write(0, buffers(blocks(store, 1, 1)), Durability.STABLE),
        outcomes::add);
    slow.kept.take().run();
    Runnable endOfWrite = slow.kept.take();
    store.submit(new BlockOperation.Flush(), outcomes::add);
    Runnable endOfFlush = slow.kept.take();
    slow.slow = false;
    power.cut().join();
    power.on().join();
    endOfWrite.run();
    endOfFlush.run();
    assertThat(outcomes)
        .hasSize(2)
        .allSatisfy(outcome -> assertThat(outcome).isInstanceOf(BlockOutcome.Stopped.class));
  }

  @Test
  void a_block_that_became_durable_while_it_was_written_again_holds_one_or_the_other()
      throws InterruptedException {
    for (int seed = 0; seed < 20; seed++) {
      Slow slow = new Slow(volume());
      PowerSupply power = supply(seed);
      BlockStore store = power.protect("volume", slow);
      write(store, 0, blocks(store, 1, 1));
      slow.slow = true;
      store.submit(new BlockOperation.Flush(), _ -> {});
      Runnable flush = slow.kept.take();
      store.submit(
          new BlockOperation.Write(0, buffers(blocks(store, 1, 2)), Durability.APPENDED), _ -> {});
      Runnable write = slow.kept.take();
      flush.run();
      write.run();
      slow.slow = false;
      power.cut().join();
      power.on().join();
      assertThat(read(store, 0, 1)).as("seed %d", seed).doesNotContain(0);
    }
  }

  @Test
  void a_plain_write_that_failed_and_did_nothing_is_not_at_risk() {
    BlockStore failing =
        new BlockFaults(
            volume(),
            operation ->
                operation instanceof BlockOperation.Write
                    ? Optional.of(new BlockFault.NoSpace())
                    : Optional.empty());
    PowerSupply power = supply(1);
    BlockStore store = power.protect("volume", failing);
    for (int i = 0; i < 20; i++) {
      writeAtomic(store, 0, blocks(store, 4, 2 * i + 1));
      assertThat(write(store, 0, blocks(store, 2, 2 * i + 2)))
          .isInstanceOf(BlockOutcome.OutOfSpace.class);
      assertThat(power.status().atRisk()).isEqualTo(1);
      flush(store);
      power.cut().join();
      power.on().join();
      assertThat(read(store, 0, 4)).containsOnly(2 * i + 1);
    }
  }

  @Test
  void what_a_plain_write_that_failed_has_left_is_at_risk_and_nothing_else_is() {
    for (int seed = 0; seed < 20; seed++) {
      BlockStore volume = volume();
      PowerSupply power = supply(seed);
      BlockStore store = power.protect("volume", new HalfWrites(volume));
      writeAtomic(volume, 0, blocks(store, 4, 1));
      write(store, 0, blocks(store, 4, 2));
      assertThat(read(store, 0, 2)).containsOnly(2);
      assertThat(power.status().atRisk()).isEqualTo(1);
      Fate fate = power.cut().join().fates().values().iterator().next().getFirst();
      assertThat(fate.blocks()).isEqualTo(2);
      power.on().join();
      assertThat(read(store, 0, 4)).as("seed %d", seed).doesNotContain(0);
      assertThat(read(store, 2, 2)).containsOnly(1);
    }
  }

  @Test
  void what_a_write_that_is_too_long_for_the_cache_has_left_when_it_failed_is_durable() {
    for (int seed = 0; seed < 20; seed++) {
      BlockStore volume = volume();
      PowerSupply power = new PowerSupply(seed, 4096, (delay, action) -> {});
      BlockStore store = power.protect("volume", new HalfWrites(volume));
      writeAtomic(volume, 0, blocks(store, 4, 0));
      write(store, 0, blocks(store, 1, 1));
      write(store, 3, blocks(store, 1, 1));
      assertThat(write(store, 0, blocks(store, 4, 2))).isInstanceOf(BlockOutcome.WriteFailed.class);
      assertThat(power.status().atRisk()).as("block 3, of which it wrote nothing").isEqualTo(1);
      power.cut().join();
      power.on().join();
      assertThat(read(store, 0, 2)).as("seed %d", seed).containsOnly(2);
    }
  }

  /** A filter that carries out the first half of plain writes of four blocks, and fails them. */
  private record HalfWrites(BlockStore below) implements BlockStore {
    @Override
    public Geometry geometry() {
      return below.geometry();
    }

    @Override
    public void submit(BlockOperation operation, Completion completion) {
      if (operation instanceof BlockOperation.Write(var lba, var data, var durability)
          && BlockOperation.length(data) == 4L * geometry().blockLength()) {
        byte[] half = new byte[Math.toIntExact(BlockOperation.length(data) / 2)];
        Arrays.fill(half, data.getFirst().get(data.getFirst().position()));
        below.submit(
            new BlockOperation.Write(lba, List.of(ByteBuffer.wrap(half)), durability),
            _ -> completion.completed(new BlockOutcome.WriteFailed("half of it")));
      } else {
        below.submit(operation, completion);
      }
    }
  }

  @Test
  void a_block_that_cannot_be_read_is_healed_by_a_write() {
    BlockStore unreadable =
        new BlockFaults(
            volume(),
            operation ->
                operation instanceof BlockOperation.Read
                    ? Optional.of(new BlockFault.ReadError(0))
                    : Optional.empty());
    writeAtomic(volume(), 0, blocks(volume(), 1, 1));
    PowerSupply power = supply(1);
    BlockStore store = power.protect("volume", unreadable);
    assertThat(write(store, 0, blocks(store, 1, 2))).isEqualTo(BlockOutcome.DONE);
    assertThat(read(volume(), 0, 1)).containsOnly(2);
    assertThat(power.status().atRisk()).isZero();
  }

  @Test
  void a_wish_for_the_power_that_came_in_one_cut_does_not_end_the_next_one() {
    CompletableFuture<Void> gone = new CompletableFuture<>();
    List<String> told = new ArrayList<>();
    PowerSupply power = supply(1);
    power.listener(
        new PowerListener() {
          @Override
          public CompletableFuture<Void> lost() {
            told.add("lost");
            return gone;
          }

          @Override
          public void restored() {
            if (power.status().cuts().size() == 1) {
              var _ = power.cut(); // in the middle of being told
            }
            told.add("restored");
          }
        });
    var _ = power.cut();
    CompletableFuture<Void> first = power.on();
    CompletableFuture<Void> second = power.on();
    gone.complete(null);
    first.join();
    second.join();
    assertThat(told).containsExactly("lost", "restored", "lost");
    assertThat(power.isOn()).isFalse();
    power.on().join();
    assertThat(power.isOn()).isTrue();
  }
}
