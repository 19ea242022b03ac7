package org.untorn.backstore;

import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.untorn.backstore.fault.PowerLossMedium;

/**
 * Cuts the power after every single write, sync and removal of a run, in every way that the medium
 * allows, and looks at what a pool makes of what is left.
 *
 * <pre>
 *   steps     | write | write, stable | snapshot | ...        what was done is known as states:
 *   medium    w w     w s             w s                     [durable ... newest]
 *             ^ ^     ^ ^             ^ ^   at each: all subsets of what is unsynced
 * </pre>
 *
 * The pool must open, and hold exactly one of the states from the last durable one to the one that
 * was under way. Only a step that may tear may be there in part.
 *
 * <p>Up to {@value #EXHAUSTIVE} unsynced sectors every subset is tried; beyond that all prefixes,
 * all single losses, all single survivors, and random subsets.
 */
final class CrashSweep {

  static final int EXHAUSTIVE = 12;
  private static final int RANDOM_SUBSETS = 100;

  private final Setup setup;
  private final Random random;
  private final List<State> states = new ArrayList<>();
  private boolean watching;
  private long images;
  private Optional<String> violation = Optional.empty();
  private PowerLossMedium power = new PowerLossMedium(new MemoryMedium());

  /**
   * What is swept, and where a canary sits.
   *
   * @param aboveMedium between the pool and the medium that loses its power
   * @param aboveStore between the steps and the pool's volumes
   * @param aboveImage between the recovering pool and what the power failure left
   */
  record Setup(
      long seed,
      PoolOptions options,
      Geometry geometry,
      UnaryOperator<Medium> aboveMedium,
      UnaryOperator<BlockStore> aboveStore,
      UnaryOperator<Medium> aboveImage) {
    static Setup honest(long seed) {
      PoolOptions options =
          PoolOptions.DEFAULT.withSegmentBytes(8 << 10).withCapacityBytes(20 * (8L << 10));
      return new Setup(
          seed, options, new Geometry(512, 20), medium -> medium, store -> store, medium -> medium);
    }

    Setup withAboveMedium(UnaryOperator<Medium> filter) {
      return new Setup(seed, options, geometry, filter, aboveStore, aboveImage);
    }

    Setup withAboveStore(UnaryOperator<BlockStore> filter) {
      return new Setup(seed, options, geometry, aboveMedium, filter, aboveImage);
    }

    Setup withAboveImage(UnaryOperator<Medium> filter) {
      return new Setup(seed, options, geometry, aboveMedium, aboveStore, filter);
    }
  }

  /** What the pool held, and the step that led there. */
  private record State(PoolModel model, boolean mayTear) {}

  /** What came of it. */
  record Result(long images, Optional<String> violation) {}

  CrashSweep(Setup setup) throws IOException {
    this.setup = setup;
    this.random = new Random(setup.seed());
  }

  /** Runs until a violation is found, or {@code runs} times {@code steps} steps are done. */
  Result run(int runs, int steps) throws IOException {
    for (int run = 0; run < runs && violation.isEmpty(); run++) {
      runOnce(steps);
    }
    return new Result(images, violation);
  }

  private void runOnce(int steps) throws IOException {
    states.clear();
    states.add(new State(new PoolModel(), false));
    Pool pool = open(new MemoryMedium(8 << 10));
    for (int i = 0; i < steps && violation.isEmpty(); i++) {
      int what = random.nextInt(40);
      if (what == 0) {
        pool = crash(pool);
      } else if (what == 1) {
        pool.close();
        states.subList(0, states.size() - 1).clear();
        pool = open(power.imageAfterPowerLoss(all()));
      } else {
        step(pool);
      }
    }
    pool.close();
    watching = false;
  }

  private Pool open(Medium medium) throws IOException {
    watching = false;
    power = new PowerLossMedium(medium, this::changed);
    watching = true;
    return Pool.open(setup.aboveMedium().apply(power), setup.options());
  }

  private void step(Pool pool) throws IOException {
    PoolModel next = states.getLast().model().copy();
    StepSource source =
        new StepSource(
            random, List.of(setup.geometry()), 5, 2560, new StepSource.Mix(160, 40, 40, 200));
    Step step = source.next(next);
    step.change(next);
    synchronized (states) {
      states.add(new State(next, step.mayTear()));
    }
    step.run(pool, setup.aboveStore(), states.get(states.size() - 2).model());
    synchronized (states) {
      if (step.isDurable()) {
        states.subList(0, states.size() - 1).clear();
      }
    }
  }

  /** Goes on with one of the images: a later recovery must not take up what this one dropped. */
  private Pool crash(Pool pool) throws IOException {
    BitSet survivors = subset(power.unsynced());
    MemoryMedium image = power.imageAfterPowerLoss(survivors);
    watching = false;
    pool.close();
    Pool again = open(image);
    PoolModel found = PoolModel.of(again);
    if (!isLegal(found)) {
      violation = Optional.of("after going on with " + survivors + ": " + found);
    }
    states.clear();
    states.add(new State(found, false));
    return again;
  }

  private void changed(PowerLossMedium medium) {
    if (!watching || violation.isPresent()) {
      return;
    }
    int unsynced = medium.unsynced();
    if (unsynced <= EXHAUSTIVE) {
      for (long bits = 0; bits < 1L << unsynced; bits++) {
        check(medium, BitSet.valueOf(new long[] {bits}));
      }
      return;
    }
    for (int i = 0; i < unsynced; i++) {
      BitSet prefix = new BitSet();
      prefix.set(0, i);
      check(medium, prefix);
      BitSet loss = all();
      loss.clear(i);
      check(medium, loss);
      BitSet survivor = new BitSet();
      survivor.set(i);
      check(medium, survivor);
    }
    for (int i = 0; i < RANDOM_SUBSETS; i++) {
      check(medium, subset(unsynced));
    }
    check(medium, all());
  }

  private BitSet all() {
    BitSet all = new BitSet();
    all.set(0, power.unsynced());
    return all;
  }

  private BitSet subset(int size) {
    BitSet subset = new BitSet();
    for (int i = 0; i < size; i++) {
      subset.set(i, random.nextBoolean());
    }
    return subset;
  }

  private void check(PowerLossMedium medium, BitSet survivors) {
    images++;
    try {
      Medium image = setup.aboveImage().apply(medium.imageAfterPowerLoss(survivors));
      PoolModel found = PoolModel.of(Pool.open(image, setup.options()));
      if (!isLegal(found)) {
        violate(survivors, "holds " + found);
      }
    } catch (IOException | RuntimeException | AssertionError e) {
      violate(survivors, e.toString());
    }
  }

  private void violate(BitSet survivors, String what) {
    violation =
        Optional.of(
            "seed %d, image %d, survivors %s of %d: %s; legal were %s"
                .formatted(setup.seed(), images, survivors, power.unsynced(), what, states));
  }

  private boolean isLegal(PoolModel found) {
    synchronized (states) {
      for (int i = 0; i < states.size(); i++) {
        State state = states.get(i);
        boolean inPart =
            i > 0 && state.mayTear() && found.liesBetween(states.get(i - 1).model(), state.model());
        if (inPart || found.equals(state.model())) {
          return true;
        }
      }
      return false;
    }
  }
}
