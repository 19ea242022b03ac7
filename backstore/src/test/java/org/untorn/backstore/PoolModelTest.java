package org.untorn.backstore;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.untorn.backstore.fault.PowerLossMedium;

/**
 * A million random steps - everything that a {@link BlockStore} and {@link Volumes} can be asked,
 * reopening after a clean end and after a kill included - against plain arrays. Segments are short,
 * so the pools checkpoint, clean and use segments again all the time.
 */
class PoolModelTest {

  private static final int STEPS = Integer.getInteger("untorn.steps", 250_000);
  private static final int VOLUMES = 5;

  /**
   * What is run.
   *
   * @param forced whether another thread checkpoints and cleans at random moments
   * @param room for so many bytes of blocks
   */
  record Variant(String name, int segmentBytes, List<Geometry> shapes, boolean forced, long room) {

    private StepSource source(Random random) {
      int atomicBytes = Math.min(36 << 10, segmentBytes / 2);
      return new StepSource(random, shapes, VOLUMES, atomicBytes, new StepSource.Mix(12, 3, 8, 30));
    }

    private PoolOptions options() {
      return PoolOptions.DEFAULT.withSegmentBytes(segmentBytes).withRoomFor(room);
    }

    private boolean cramped() {
      return room < VOLUMES * shapes.getFirst().bytes();
    }

    @Override
    public String toString() {
      return name;
    }
  }

  static List<Variant> variants() {
    Geometry shorts = new Geometry(512, 200);
    Geometry longs = new Geometry(4096, 40);
    Geometry middle = new Geometry(1024, 90);
    Geometry protectedShorts = Geometry.ofData(512, 90, 1);
    Geometry protectedLongs = Geometry.ofData(4096, 30, 3);
    return List.of(
        new Variant("blocks of 512", 16 << 10, List.of(shorts), false, VOLUMES * shorts.bytes()),
        new Variant("blocks of 4096", 64 << 10, List.of(longs), false, VOLUMES * longs.bytes()),
        new Variant(
            "all blocks, forced", 64 << 10, List.of(longs, shorts), true, VOLUMES * longs.bytes()),
        new Variant(
            "short segments, forced", 8 << 10, List.of(middle), true, 2 * VOLUMES * middle.bytes()),
        new Variant(
            "protection information, forced",
            64 << 10,
            List.of(protectedShorts, protectedLongs, shorts),
            true,
            2 * VOLUMES * protectedLongs.storedBytes()),
        new Variant("cramped", 16 << 10, List.of(shorts), false, shorts.bytes()));
  }

  @ParameterizedTest
  @Execution(ExecutionMode.CONCURRENT)
  @MethodSource("variants")
  void a_pool_holds_what_plain_arrays_hold(Variant variant) throws Exception {
    long seed = Long.getLong("untorn.seed", 20261122);
    Run run = new Run(variant, seed);
    try {
      run.run(variant.cramped() ? STEPS / 10 : STEPS);
    } catch (AssertionError | IOException | RuntimeException e) {
      throw new AssertionError(variant + " with seed " + seed + ", step " + run.steps, e);
    }
    System.out.printf(
        "model: %d steps of %s from seed %d, %d reopened, %d without space%n",
        run.steps, variant, seed, run.reopened, run.refused);
    assertThat(run.reopened).isPositive();
    assertThat(run.refused > 0).isEqualTo(variant.cramped());
  }

  /** One pool and its model. */
  private static final class Run {

    private final Variant variant;
    private final Random random;
    private final StepSource source;
    private final List<Tidier> tidiers = new ArrayList<>();

    /** Shut while the medium is copied: a process that dies does all its I/O before that moment. */
    private final Semaphore gate = new Semaphore(1);

    private Medium medium = new MemoryMedium(4 << 10);
    private PoolModel model = new PoolModel();
    private Pool pool;
    private int steps;
    private int reopened;
    private int refused;

    private Run(Variant variant, long seed) throws IOException {
      this.variant = variant;
      this.random = new Random(seed);
      this.source = variant.source(random);
      this.pool = open();
    }

    private void run(int count) throws Exception {
      for (steps = 0; steps < count; steps++) {
        int what = random.nextInt(2000);
        if (what == 0) {
          reopen();
        } else if (what == 1) {
          assertThat(PoolModel.of(pool)).isEqualTo(model);
        } else if (what < 20) {
          tidiers.forEach(Tidier::wake);
        }
        take(source.next(model));
      }
      reopen();
      close();
    }

    private void take(Step step) throws IOException {
      if (step.run(pool, store -> store, model)) {
        step.change(model);
        return;
      }
      refused++;
      if (step.mayTear()) {
        PoolModel after = model.copy();
        step.change(after);
        PoolModel found = PoolModel.of(pool);
        assertThat(found.liesBetween(model, after)).as("a part of " + step).isTrue();
        model = found;
      }
    }

    private void reopen() throws Exception {
      reopened++;
      if (random.nextBoolean()) {
        close();
      } else {
        medium = killed();
      }
      pool = open();
      assertThat(PoolModel.of(pool)).isEqualTo(model);
    }

    private Pool open() throws IOException {
      Hooked gated = new Hooked(medium);
      gated.hook(
          (io, file, purpose) -> {
            gate.acquireUninterruptibly();
            gate.release();
          });
      Pool opened = Pool.open(gated, variant.options());
      if (variant.forced()) {
        tidiers.add(new Tidier(opened, random.nextLong()));
      }
      return opened;
    }

    private void close() throws Exception {
      for (Tidier tidier : tidiers) {
        tidier.end();
      }
      tidiers.clear();
      pool.close();
    }

    /** The medium as the death of the process leaves it: with all that was written. */
    private Medium killed() throws Exception {
      gate.acquireUninterruptibly();
      Medium left;
      try {
        left = new PowerLossMedium(medium).imageAfterPowerLoss(new BitSet());
      } finally {
        gate.release();
      }
      close();
      return left;
    }
  }

  /** Checkpoints or cleans a pool whenever it is woken. */
  private static final class Tidier {
    private final Semaphore wanted = new Semaphore(0);
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private final Thread thread;
    private volatile boolean ended;

    private Tidier(Pool pool, long seed) {
      this.thread = Thread.ofPlatform().start(() -> tidy(pool, new Random(seed)));
    }

    private void wake() {
      wanted.release();
    }

    private void tidy(Pool pool, Random random) {
      try {
        wanted.acquire();
        while (!ended) {
          if (random.nextBoolean()) {
            pool.clean();
          } else {
            pool.checkpoint();
          }
          wanted.acquire();
        }
      } catch (IOException | InterruptedException | RuntimeException e) {
        failure.set(e);
      }
    }

    private void end() throws InterruptedException {
      ended = true;
      wanted.release();
      thread.join();
      if (failure.get() != null) {
        throw new AssertionError("tidying failed", failure.get());
      }
    }
  }
}
