package org.untorn.backstore;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.untorn.backstore.fault.PowerLossMedium;

/**
 * Cuts the power after every single write, sync and removal of a run - of the steps, of the pool's
 * own threads, and of opening - in the ways that {@link PowerCuts} names, and looks at what a pool
 * makes of what is left.
 *
 * <pre>
 *   steps     | write | write, stable | snapshot | ...        what was done is known as states:
 *   medium    w w     w s             w s                     [durable ... newest]
 *             ^ ^     ^ ^             ^ ^   at each: all subsets of what is unsynced
 * </pre>
 *
 * The pool must open, and hold exactly one of the states from the last durable one to the one that
 * was under way. Only a step that may tear may be there in part. Now and then the power is cut
 * while that pool opens, too, which must change nothing.
 *
 * <p>The run itself goes on in all ways that a pool's life can: closed and opened; killed, with all
 * that was written still there; after a power failure; after a failed sync.
 */
final class CrashSweep {

  /** Of so many images one is looked at more closely. */
  private static final int CLOSE_LOOKS = 128;

  /** After so many images the heap is collected: the maps' memory beside it is not freed before. */
  private static final int COLLECTED = 1000;

  private static final int KINDS = Step.class.getPermittedSubclasses().length;

  private final SweepSetup setup;
  private final Random random;
  private final PowerCuts cuts;
  private final List<State> states = new ArrayList<>();
  private final Map<String, Integer> swept = new TreeMap<>();
  private boolean watching;
  private int known = -1;
  private long images;
  private Optional<AssertionError> violation = Optional.empty();

  /** Its monitor also guards all that is changed here while a pool runs. */
  private PowerLossMedium power = new PowerLossMedium(new MemoryMedium());

  private Hooked process = new Hooked(power);

  /** What the pool held, and whether the step that led there may tear. */
  private record State(PoolModel model, boolean mayTear) {}

  /**
   * What came of it.
   *
   * @param swept how often each kind of step was swept
   */
  record Result(long images, Map<String, Integer> swept, Optional<AssertionError> violation) {}

  CrashSweep(SweepSetup setup) throws IOException {
    this.setup = setup;
    this.random = new Random(setup.seed());
    this.cuts = new PowerCuts(new Random(setup.seed()));
  }

  /** Makes runs of so many steps until a violation is found, or so many images were tried. */
  Result run(int steps, long enough) {
    while (images < enough && violation.isEmpty()) {
      states.clear();
      states.add(new State(new PoolModel(), false));
      try {
        runOnce(steps);
      } catch (IOException | RuntimeException | AssertionError e) {
        violate("in the run itself", e);
      }
    }
    return new Result(images, swept, violation);
  }

  private void runOnce(int steps) throws IOException {
    Pool pool = start(new MemoryMedium(8 << 10));
    for (int i = 0; i < steps && violation.isEmpty(); i++) {
      pool =
          switch (random.nextInt(60)) {
            case 0 -> afterClose(pool);
            case 1 -> afterKill(pool);
            case 2 -> afterPowerLoss(pool);
            case 3 -> afterFailedSync(pool);
            default -> {
              step(pool);
              yield pool;
            }
          };
    }
    pool.close();
    end(pool);
  }

  /** Opens a pool on a medium of which everything is stable. */
  private Pool start(Medium medium) throws IOException {
    power = new PowerLossMedium(medium, this::changed);
    return open();
  }

  /** Opens a pool on what the one before has left, synced or not. */
  private Pool open() throws IOException {
    process = new Hooked(power);
    known = -1;
    watching = true;
    return Pool.open(setup.aboveMedium().apply(process), setup.options());
  }

  /** What a pool does from here on does not reach the medium. */
  private void end(Pool pool) {
    PowerLossMedium current = power;
    synchronized (current) {
      watching = false;
      process.hook(
          (io, file, purpose) -> {
            throw new IOException("the process has ended");
          });
    }
    try {
      pool.close();
    } catch (IOException e) {
      // It cannot write its checkpoint any more.
    }
  }

  private void step(Pool pool) throws IOException {
    Step step = nextStep();
    PoolModel before = begin(step);
    if (!step.run(pool, setup.aboveStore(), before)) {
      PowerLossMedium current = power;
      synchronized (current) {
        states.removeLast();
        states.add(new State(PoolModel.of(pool), step.mayTear()));
      }
    } else if (step.isDurable()) {
      durable();
    }
  }

  /** At first such as were not swept yet, if one comes up. */
  private Step nextStep() {
    PoolModel model = states.getLast().model();
    int atomicBytes = setup.options().segmentBytes() / 3;
    StepSource.Mix mix = new StepSource.Mix(200, 50, 50, 250);
    StepSource source = new StepSource(random, setup.shapes(), 4, atomicBytes, mix);
    Step next = source.next(model);
    for (int i = 0; i < 50 && swept.size() < KINDS && swept.containsKey(kind(next)); i++) {
      next = source.next(model);
    }
    return next;
  }

  private static String kind(Step step) {
    return step.getClass().getSimpleName();
  }

  /** From here on what the step does may be there; it was not before. */
  private PoolModel begin(Step step) {
    PoolModel before = states.getLast().model();
    PoolModel next = before.copy();
    step.change(next);
    PowerLossMedium current = power;
    synchronized (current) {
      states.add(new State(next, step.mayTear()));
      swept.merge(kind(step), 1, Integer::sum);
    }
    return before;
  }

  /** From here on nothing but the newest state may be there: all power cuts are tried again. */
  private void durable() {
    PowerLossMedium current = power;
    synchronized (current) {
      states.subList(0, states.size() - 1).clear();
      known = -1;
      changed(power);
    }
  }

  private Pool afterClose(Pool pool) throws IOException {
    pool.close();
    durable();
    end(pool);
    return mustHold(open(), "after a clean end");
  }

  private Pool afterKill(Pool pool) throws IOException {
    end(pool);
    Pool again = mustHold(open(), "after a kill");
    durable();
    return again;
  }

  /** What was answered is there, if only the process has ended. */
  private Pool mustHold(Pool pool, String when) {
    PoolModel found = PoolModel.of(pool);
    if (!found.equals(states.getLast().model())) {
      violate(when, new AssertionError("holds " + found));
    }
    return pool;
  }

  /** Goes on with one of the images: a later recovery must not take up what this one dropped. */
  private Pool afterPowerLoss(Pool pool) throws IOException {
    PowerCuts.Cut cut;
    MemoryMedium image;
    PowerLossMedium current = power;
    synchronized (current) {
      cut = cuts.any(power.unsynced());
      image = power.imageAfterPowerLoss(cut.survivors(), cut.torn(), random);
    }
    end(pool);
    return settle(start(image), "after going on with " + cut);
  }

  /** A sync fails under a step; then the process goes on, in a pool that was opened again. */
  private Pool afterFailedSync(Pool pool) throws IOException {
    boolean ofCheckpoint = random.nextInt(3) == 0;
    Step step = ofCheckpoint ? new Step.Tidy(false) : nextStep();
    PoolModel before = begin(step);
    PowerLossMedium current = power;
    synchronized (current) {
      power.failNextSync(ofCheckpoint ? Purpose.MAP : Purpose.COMMIT);
      known = -1;
    }
    try {
      if (step.run(pool, setup.aboveStore(), before) && step.isDurable()) {
        durable();
      }
    } catch (AssertionError | IOException stopped) {
      // Whether the step was done is open.
    }
    end(pool);
    return settle(openAtLast(), "after a failed sync");
  }

  /** If the step needed no sync, it is that of the opening pool that fails. */
  private Pool openAtLast() throws IOException {
    try {
      return open();
    } catch (IOException failed) {
      return open();
    }
  }

  /** Takes what a pool holds as the one state that there is, if it is a legal one. */
  private Pool settle(Pool pool, String when) {
    PoolModel found = PoolModel.of(pool);
    PowerLossMedium current = power;
    synchronized (current) {
      if (!isLegal(found)) {
        violate(when, new AssertionError("holds " + found));
      }
      states.clear();
      states.add(new State(found, false));
      known = -1;
      changed(power);
    }
    return pool;
  }

  private void changed(PowerLossMedium medium) {
    int unsynced = medium.unsynced();
    if (watching && violation.isEmpty() && unsynced != known) {
      cuts.forEach(unsynced, unsynced < known ? -1 : known, cut -> check(medium, cut));
      known = unsynced;
    }
  }

  private void check(PowerLossMedium medium, PowerCuts.Cut cut) {
    if (violation.isPresent()) {
      return;
    }
    images++;
    if (images % COLLECTED == 0) {
      System.gc();
    }
    try {
      MemoryMedium image =
          medium.imageAfterPowerLoss(cut.survivors(), cut.torn(), new Random(images));
      if (images % CLOSE_LOOKS == 0) {
        look(image);
      } else {
        try (Pool pool = Pool.open(setup.aboveImage().apply(image), setup.options())) {
          checkIsLegal(PoolModel.of(pool));
        }
      }
    } catch (IOException | RuntimeException | Error e) {
      violate("image %d, %s of %d".formatted(images, cut, medium.unsynced()), e);
    }
  }

  private void checkIsLegal(PoolModel found) {
    if (!isLegal(found)) {
      throw new AssertionError("holds " + found);
    }
  }

  /** Cuts the power while a pool opens, and closes, on what the first failure left. */
  private void look(MemoryMedium image) throws IOException {
    checkFindsNothing(image);
    List<PoolModel> seen = new ArrayList<>();
    PowerCuts cutsWhileOpening = new PowerCuts(new Random(images));
    PowerLossMedium again =
        new PowerLossMedium(
            setup.aboveImage().apply(image),
            medium -> {
              PowerCuts.Cut cut = cutsWhileOpening.any(medium.unsynced());
              seen.add(afterSecondCut(medium, cut));
            });
    PoolModel found;
    try (Pool pool = Pool.open(again, setup.options())) {
      found = PoolModel.of(pool);
      checkIsLegal(found);
    }
    try (Pool pool = Pool.open(again, setup.options())) {
      seen.add(PoolModel.of(pool));
    }
    images += seen.size() - 1;
    for (PoolModel each : seen) {
      if (!each.equals(found)) {
        throw new AssertionError("a second failure made " + each + " of " + found);
      }
    }
  }

  /** A superblock is torn where the power failed while it was written. */
  private static void checkFindsNothing(MemoryMedium image) throws IOException {
    PoolCheck.Listener listener =
        new PoolCheck.Listener() {
          @Override
          public void found(Finding finding) {
            if (!finding.what().startsWith(Superblock.FILE)) {
              throw new AssertionError("a check found " + finding);
            }
          }

          @Override
          public void noted(String what) {}

          @Override
          public void progress(long done, long total) {}
        };
    if (!image.files().isEmpty()) {
      PoolCheck.run(image, listener);
    }
  }

  private PoolModel afterSecondCut(PowerLossMedium medium, PowerCuts.Cut cut) {
    try (Pool pool =
        Pool.open(
            medium.imageAfterPowerLoss(cut.survivors(), cut.torn(), new Random(images)),
            setup.options())) {
      return PoolModel.of(pool);
    } catch (IOException e) {
      throw new AssertionError("the power failed again while the pool opened: " + e, e);
    }
  }

  private void violate(String where, Throwable what) {
    String text = "seed %d, %s: %s; legal were %s".formatted(setup.seed(), where, what, states);
    violation = violation.or(() -> Optional.of(new AssertionError(text, what)));
  }

  private boolean isLegal(PoolModel found) {
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
