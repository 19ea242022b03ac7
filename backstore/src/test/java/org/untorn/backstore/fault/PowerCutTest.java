package org.untorn.backstore.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.untorn.backstore.Operations.blocks;
import static org.untorn.backstore.Operations.flush;
import static org.untorn.backstore.Operations.read;
import static org.untorn.backstore.Operations.run;
import static org.untorn.backstore.Operations.status;
import static org.untorn.backstore.Operations.unmap;
import static org.untorn.backstore.Operations.write;
import static org.untorn.backstore.Operations.writeAtomic;
import static org.untorn.backstore.Operations.writeStable;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.untorn.backstore.BlockExtent;
import org.untorn.backstore.BlockOperation;
import org.untorn.backstore.BlockOutcome;
import org.untorn.backstore.BlockOutcome.Mapping.Run;
import org.untorn.backstore.BlockStore;
import org.untorn.backstore.Durability;
import org.untorn.backstore.Geometry;
import org.untorn.backstore.MemoryMedium;
import org.untorn.backstore.Pool;
import org.untorn.backstore.PoolOptions;

class PowerCutTest {

  private static final long SEED = Long.getLong("untorn.seed", 20261122);
  private static final int LIVES = 3000;

  private Optional<Pool> pool = Optional.empty();
  private final List<Runnable> timers = new ArrayList<>();

  @BeforeEach
  void open() throws IOException {
    Pool opened = Pool.open(new MemoryMedium(), PoolOptions.DEFAULT.withSegmentBytes(1 << 20));
    opened.create("volume", new Geometry(CrashModel.BLOCK_LENGTH, CrashModel.BLOCKS));
    pool = Optional.of(opened);
  }

  @AfterEach
  void close() throws IOException {
    pool.orElseThrow().close();
  }

  private PowerSupply supply(long seed, long cacheBytes) {
    return new PowerSupply(seed, cacheBytes, (delay, action) -> timers.add(action));
  }

  private BlockStore volume() {
    return pool.orElseThrow().open("volume");
  }

  @Test
  void after_every_cut_the_volume_holds_a_legal_state() {
    assertThat(firstViolation(UnaryOperator.identity(), 1 << 20, LIVES))
        .as("seed %d", SEED)
        .isEmpty();
  }

  @Test
  void so_it_does_with_a_cache_that_destages_by_itself() {
    assertThat(firstViolation(UnaryOperator.identity(), 12 << 10, LIVES))
        .as("seed %d", SEED)
        .isEmpty();
  }

  @Test
  void a_filter_that_makes_atomic_writes_plain_is_caught() {
    assertThat(firstViolation(store -> rewriting(store, true, false), 1 << 20, LIVES)).isPresent();
  }

  @Test
  void a_filter_that_forgets_fua_is_caught() {
    assertThat(firstViolation(store -> rewriting(store, false, true), 1 << 20, LIVES)).isPresent();
  }

  /** Lives of a disk, each ended by a power cut; what is wrong after the first bad one. */
  private Optional<String> firstViolation(
      UnaryOperator<BlockStore> above, long cacheBytes, int lives) {
    PowerSupply power = supply(SEED, cacheBytes);
    BlockStore store = above.apply(power.protect("volume", volume()));
    CrashModel model = new CrashModel();
    Random random = new Random(SEED);
    Map<Fate.End, Long> ends = new EnumMap<>(Fate.End.class);
    for (int life = 0; life < lives; life++) {
      live(power, store, model, random);
      CutReport report = power.on().isDone() ? power.status().cuts().getLast() : failed();
      assertThat(report.problem()).isEmpty();
      for (Fate.End end : Fate.End.values()) {
        ends.merge(end, report.count(end), Long::sum);
      }
      byte[] content = read(store, 0, CrashModel.BLOCKS);
      Optional<String> wrong = model.violation(content);
      if (wrong.isPresent()) {
        return Optional.of("life " + life + ": " + wrong.get());
      }
      model.begin(content);
    }
    assertThat(ends.values()).allSatisfy(count -> assertThat(count).isGreaterThan(lives / 10));
    return Optional.empty();
  }

  private static CutReport failed() {
    throw new AssertionError("the power does not come back");
  }

  private static void live(PowerSupply power, BlockStore store, CrashModel model, Random random) {
    int cutAt = 1 + random.nextInt(12);
    CutPoint at =
        switch (random.nextInt(5)) {
          case 0 -> new CutPoint.InsideWrite(cutAt, random.nextInt(8));
          case 1 -> new CutPoint.AtFlush(1 + random.nextInt(2));
          case 2 -> new CutPoint.ByChance(0.2);
          default -> new CutPoint.AtWrite(cutAt);
        };
    power.plan(CutPlan.once(at));
    for (int i = 0; i < 40 && power.isOn(); i++) {
      step(store, model, random);
    }
    if (power.isOn()) {
      power.cut().join();
    }
  }

  private static void step(BlockStore store, CrashModel model, Random random) {
    int count = 1 + random.nextInt(8);
    int lba = random.nextInt(24);
    Durability durability = random.nextInt(6) == 0 ? Durability.STABLE : Durability.APPENDED;
    BlockOutcome outcome;
    switch (random.nextInt(10)) {
      case 0 -> {
        if (run(store, new BlockOperation.Flush()) instanceof BlockOutcome.Done) {
          model.flushed();
        }
        return;
      }
      case 1 -> {
        model.unmap(lba, count);
        outcome =
            run(store, new BlockOperation.Unmap(List.of(new BlockExtent(lba, count)), durability));
      }
      case 2, 3, 4, 5 -> {
        ByteBuffer data = ByteBuffer.wrap(model.write(lba, count, true));
        outcome = run(store, new BlockOperation.AtomicWrite(lba, List.of(data), durability));
      }
      default -> {
        ByteBuffer data = ByteBuffer.wrap(model.write(lba, count, false));
        outcome = run(store, new BlockOperation.Write(lba, List.of(data), durability));
      }
    }
    if (outcome instanceof BlockOutcome.Done && durability == Durability.STABLE) {
      model.newestIsDurable();
    }
  }

  private static BlockStore rewriting(BlockStore below, boolean plain, boolean appended) {
    return new BlockStore() {
      @Override
      public Geometry geometry() {
        return below.geometry();
      }

      @Override
      public void submit(BlockOperation operation, Completion completion) {
        if (operation
            instanceof BlockOperation.AtomicWrite(var lba, var data, Durability durability)) {
          Durability changed = appended ? Durability.APPENDED : durability;
          below.submit(
              plain
                  ? new BlockOperation.Write(lba, data, changed)
                  : new BlockOperation.AtomicWrite(lba, data, changed),
              completion);
        } else {
          below.submit(operation, completion);
        }
      }
    };
  }

  @Test
  void a_seed_replays() {
    assertThat(fates(7)).isEqualTo(fates(7)).isNotEqualTo(fates(8));
  }

  private String fates(long seed) {
    PowerSupply power = supply(seed, 1 << 20);
    BlockStore store = power.protect("volume", volume());
    write(store, 0, new byte[CrashModel.BLOCKS * CrashModel.BLOCK_LENGTH]);
    flush(store);
    for (int i = 1; i < 6; i++) {
      write(store, 3L * i, blocks(store, 8, i));
    }
    return power.cut().join().fates().toString();
  }

  @Test
  void a_cut_inside_a_write_leaves_exactly_its_first_blocks() {
    PowerSupply power = supply(1, 1 << 20);
    BlockStore store = power.protect("volume", volume());
    write(store, 0, blocks(store, 8, 1));
    flush(store);
    power.plan(CutPlan.once(new CutPoint.InsideWrite(1, 3)));
    assertThat(write(store, 0, blocks(store, 8, 2))).isInstanceOf(BlockOutcome.Stopped.class);
    power.on().join();
    assertThat(read(store, 0, 3)).containsOnly(2);
    assertThat(read(store, 3, 5)).containsOnly(1);
    Fate fate = power.status().cuts().getLast().fates().values().iterator().next().getFirst();
    assertThat(fate.end()).isEqualTo(Fate.End.TORN);
    assertThat(fate.acknowledged()).isFalse();
  }

  @Test
  void what_was_not_mapped_before_is_not_mapped_after_what_mapped_it_vanished() {
    PowerSupply power = supply(1, 1 << 20);
    BlockStore store = power.protect("volume", volume());
    writeStable(store, 0, blocks(store, 4, 1));
    boolean came = false;
    boolean went = false;
    for (int i = 0; i < 100; i++) {
      writeAtomic(store, 4, blocks(store, 2, 2));
      power.cut().join();
      power.on().join();
      boolean mapped = status(store, 0, 6).getFirst().count() == 6;
      came |= mapped;
      went |= status(store, 0, 6).equals(List.of(new Run(0, 4, true), new Run(4, 2, false)));
      unmap(store, new BlockExtent(4, 2));
      flush(store);
    }
    assertThat(came).isTrue();
    assertThat(went).isTrue();
  }

  @Test
  void nothing_is_done_and_nothing_answered_while_initiators_can_hear_and_power_is_off() {
    PowerSupply power = supply(1, 1 << 20);
    CompletableFuture<Void> gone = new CompletableFuture<>();
    power.listener(
        new PowerListener() {
          @Override
          public CompletableFuture<Void> lost() {
            return gone;
          }

          @Override
          public void restored() {}
        });
    BlockStore store = power.protect("volume", volume());
    writeStable(store, 0, blocks(store, 1, 1));
    power.plan(CutPlan.once(new CutPoint.AtWrite(1)));
    List<BlockOutcome> outcomes = new ArrayList<>();
    BlockOperation.Write write =
        new BlockOperation.Write(
            0, List.of(ByteBuffer.wrap(blocks(store, 1, 2))), Durability.STABLE);
    store.submit(write, outcomes::add);
    store.submit(new BlockOperation.Read(0, ByteBuffer.allocate(512)), outcomes::add);
    store.submit(new BlockOperation.Flush(), outcomes::add);
    assertThat(outcomes).isEmpty();
    gone.complete(null);
    assertThat(outcomes)
        .hasSize(3)
        .allSatisfy(outcome -> assertThat(outcome).isInstanceOf(BlockOutcome.Stopped.class));
    assertThat(run(store, write)).isInstanceOf(BlockOutcome.Stopped.class);
    power.on().join();
    assertThat(run(store, write)).isEqualTo(BlockOutcome.DONE);
  }

  @Test
  void the_power_comes_back_after_a_delay_and_a_plan_may_begin_anew() {
    PowerSupply power = supply(1, 1 << 20);
    BlockStore store = power.protect("volume", volume());
    power.plan(new CutPlan(new CutPoint.AtWrite(2), Optional.of(Duration.ofSeconds(1)), true));
    for (int i = 0; i < 3; i++) {
      assertThat(write(store, 0, blocks(store, 1, 1))).isEqualTo(BlockOutcome.DONE);
      assertThat(write(store, 0, blocks(store, 1, 1))).isInstanceOf(BlockOutcome.Stopped.class);
      assertThat(power.isOn()).isFalse();
      timers.removeFirst().run();
      assertThat(power.isOn()).isTrue();
    }
    assertThat(power.status().cuts()).hasSize(3);
    power.clear();
    for (int i = 0; i < 5; i++) {
      assertThat(write(store, 0, blocks(store, 1, 1))).isEqualTo(BlockOutcome.DONE);
    }
    assertThat(power.status().atRisk()).isPositive();
    flush(store);
    assertThat(power.status().atRisk()).isZero();
  }

  @Test
  void a_cut_beside_a_plan_leaves_the_plan_and_lasts_as_long_as_it_says() {
    PowerSupply power = supply(1, 1 << 20);
    BlockStore store = power.protect("volume", volume());
    CutPlan plan = new CutPlan(new CutPoint.AtWrite(2), Optional.of(Duration.ofSeconds(1)), true);
    power.plan(plan);
    power.cutAsWell();
    assertThat(power.isOn()).isFalse();
    power.cutAsWell();
    assertThat(power.status().plan()).contains(plan);
    timers.removeFirst().run();
    assertThat(power.isOn()).isTrue();
    assertThat(power.status().cuts())
        .extracting(CutReport::cause)
        .containsExactly(new CutPoint.Now());
    assertThat(write(store, 0, blocks(store, 1, 1))).isEqualTo(BlockOutcome.DONE);
    assertThat(write(store, 0, blocks(store, 1, 1))).isInstanceOf(BlockOutcome.Stopped.class);
  }

  @Test
  void a_cut_beside_no_plan_lasts_until_the_power_is_brought_back() {
    PowerSupply power = supply(1, 1 << 20);
    var _ = power.protect("volume", volume());
    power.cutAsWell();
    assertThat(power.isOn()).isFalse();
    assertThat(timers).isEmpty();
    power.on().join();
    assertThat(power.isOn()).isTrue();
    assertThat(power.status().plan()).isEmpty();
  }

  @Test
  void what_was_changed_by_other_means_is_durable() {
    PowerSupply power = supply(1, 1 << 20);
    VolatileCache store = power.protect("volume", volume());
    for (int i = 0; i < 20; i++) {
      writeAtomic(store, 0, blocks(store, 4, 1));
      write(volume(), 0, blocks(store, 4, 2));
      store.settle();
      power.cut().join();
      power.on().join();
      assertThat(read(store, 0, 4)).containsOnly(2);
    }
  }
}
