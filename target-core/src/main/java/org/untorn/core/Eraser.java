package org.untorn.core;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import org.untorn.backstore.BlockOutcome;
import org.untorn.backstore.BlockStore;

/**
 * Carries out what SANITIZE and FORMAT UNIT ask for, in the background.
 *
 * <pre>
 *            begin             all blocks erased, and that is durable
 *   IDLE ───────────► RUNNING ─────────────────────────────────────► IDLE
 *    ▲                 │    ▲
 *    │ leave           │    │ begin; power on, a new process: from the beginning again
 *    └───── FAILED ◄───┘────┘
 * </pre>
 *
 * <p>Invariants:
 *
 * <ol>
 *   <li>Before the first block is touched it is durable that an erasure is under way, and with
 *       what; what was kept goes only after the last block is erased durably. So whenever the
 *       process, or the power, goes, the next one erases all of it again or fails to, and never
 *       serves a medium of which a part is as it was.
 *   <li>What a command changes is on the medium before the first block is erased, or never ({@link
 *       MediumGate}).
 *   <li>One erasure is under way at a time, and the task that waits for it is completed once.
 * </ol>
 *
 * <p>No task management function ends an erasure (SBC-4, sanitize operations): the task that waits
 * ends, the erasure goes on.
 */
final class Eraser {

  /** The name that it is kept under. */
  static final String NAME = "erasure";

  private static final byte[] NOTHING = {};

  private sealed interface State {

    record Idle() implements State {}

    record Running(Erasure erasure, ErasureRun run) implements State {}

    record Failed(Erasure erasure) implements State {}
  }

  private static final State IDLE = new State.Idle();

  private final BlockStore store;
  private final MediumGate gate;
  private final UnitMemory memory;
  private final Executor background;
  private final LongSupplier nanoTime;
  private final long rate;

  /** Who hears how it ends. Replaced under this object's lock, read without it. */
  private volatile Optional<CommandTask> waiting = Optional.empty();

  /** Replaced under this object's lock, read without it. */
  private volatile State state = IDLE;

  /** Called when all blocks are erased, before commands reach them again. */
  private final Runnable erased;

  Eraser(BlockStore store, MediumGate gate, UnitSurroundings surroundings, Runnable erased) {
    this.store = store;
    this.gate = gate;
    this.memory = surroundings.memory();
    this.background = surroundings.background();
    this.nanoTime = surroundings.nanoTime();
    this.rate = surroundings.eraseRate();
    this.erased = erased;
  }

  /** Why the medium cannot be reached, if an erasure is the reason. */
  Optional<SenseData> condition() {
    return switch (state) {
      case State.Idle _ -> Optional.empty();
      case State.Running(Erasure erasure, ErasureRun run) ->
          Optional.of(erasure.kind().inProgress(run.progress()));
      case State.Failed(Erasure erasure) -> Optional.of(erasure.kind().afterFailure());
    };
  }

  /** Whether, and why, a command is not carried out because of an erasure. */
  Optional<SenseData> refusal(Command command) {
    return switch (state) {
      case State.Idle _ -> Optional.empty();
      case State.Running _ ->
          command.is(Command.Trait.DURING_ERASURE) ? Optional.empty() : condition();
      case State.Failed(Erasure erasure) ->
          passes(erasure.kind(), command) ? Optional.empty() : condition();
    };
  }

  /** After SANITIZE failed nearly nothing is allowed; after FORMAT UNIT what needs no medium is. */
  private static boolean passes(Erasure.Kind failed, Command command) {
    return command.is(Command.Trait.DURING_ERASURE)
        || switch (failed) {
          case SANITIZE -> command.is(Command.Trait.MENDS_SANITIZE);
          case FORMAT_UNIT ->
              command.is(Command.Trait.MENDS_FORMAT) || !command.is(Command.Trait.MEDIUM_ACCESS);
        };
  }

  /** Why next to nothing is carried out, if that is so: after FORMAT UNIT failed more is. */
  Optional<SenseData> exclusive() {
    boolean corrupted =
        failed().filter(failed -> failed.kind() == Erasure.Kind.FORMAT_UNIT).isPresent();
    return corrupted ? Optional.empty() : condition();
  }

  /** What has failed, if the unit suffers from it. */
  Optional<Erasure> failed() {
    return state instanceof State.Failed(Erasure erasure) ? Optional.of(erasure) : Optional.empty();
  }

  /**
   * Begins an erasure, and completes the task: as soon as it is sure to be carried out, or with how
   * it ends.
   */
  void begin(CommandTask task, Erasure erasure, boolean immediate) {
    Optional<SenseData> busy;
    synchronized (this) {
      busy = state instanceof State.Running ? condition() : Optional.empty();
      if (busy.isEmpty()) {
        State before = state;
        ErasureRun run = run(erasure);
        state = new State.Running(erasure, run);
        gate.shut();
        waiting = Optional.of(task);
        background.execute(() -> begin(erasure, run, before, immediate));
      }
    }
    busy.ifPresent(task::refuse);
  }

  private void begin(Erasure erasure, ErasureRun run, State before, boolean immediate) {
    try {
      memory.keep(NAME, erasure.encode(false));
    } catch (IOException cannotBeKept) {
      if (move(run, before)) {
        answer(Optional.of(erasure.kind().failed()));
      }
      return;
    }
    if (immediate) {
      answer(Optional.empty());
    }
    carryOut(erasure, run);
  }

  private void carryOut(Erasure erasure, ErasureRun run) {
    BlockOutcome outcome = run.carryOut();
    if (run.isAbandoned()) {
      return; // the one that goes on in its place ends it
    }
    boolean done = outcome instanceof BlockOutcome.Done;
    // A store that has stopped says nothing about its blocks: the next process tries again.
    boolean verdict = done || !(outcome instanceof BlockOutcome.Stopped);
    try {
      if (done) {
        erased.run();
      }
      if (verdict) {
        memory.keep(NAME, done ? NOTHING : erasure.encode(true));
      }
    } catch (IOException cannotBeKept) {
      done = false;
    }
    if (move(run, done ? IDLE : new State.Failed(erasure))) {
      answer(done ? Optional.empty() : Optional.of(erasure.kind().failed()));
    }
  }

  /** Leaves a run for another state; false if it was left already. */
  private synchronized boolean move(ErasureRun run, State to) {
    boolean moved = state instanceof State.Running running && running.run() == run;
    if (moved) {
      state = to;
      if (to instanceof State.Idle) {
        gate.open();
      }
    }
    return moved;
  }

  private void answer(Optional<SenseData> failure) {
    take()
        .ifPresent(
            task -> failure.ifPresentOrElse(task::refuse, () -> task.complete(Outcome.GOOD)));
  }

  private synchronized Optional<CommandTask> take() {
    Optional<CommandTask> task = waiting;
    waiting = Optional.empty();
    return task;
  }

  /**
   * Leaves a failure behind: EXIT FAILURE MODE. Completes the task.
   *
   * @param failure of an erasure that may be left so
   */
  void leave(CommandTask task, Erasure failure) {
    background.execute(
        () -> {
          try {
            memory.keep(NAME, NOTHING);
          } catch (IOException cannotBeKept) {
            task.refuse(failure.kind().failed());
            return;
          }
          synchronized (this) {
            if (failed().filter(failure::equals).isPresent()) {
              state = IDLE;
              gate.open();
            }
          }
          task.complete(Outcome.GOOD);
        });
  }

  /** Goes on with what was under way when the last process, or the power, went. */
  void resume() {
    Optional<Erasure.Kept> kept;
    try {
      kept = memory.load(NAME).flatMap(Erasure::decode);
    } catch (IOException problem) {
      throw new UncheckedIOException("what the unit kept cannot be read", problem);
    }
    kept.ifPresent(this::resume);
  }

  private synchronized void resume(Erasure.Kept kept) {
    Erasure erasure = kept.erasure();
    gate.shut();
    if (state instanceof State.Running(Erasure _, ErasureRun old)) {
      old.abandon();
    }
    if (kept.failed()) {
      state = new State.Failed(erasure);
    } else {
      ErasureRun run = run(erasure);
      state = new State.Running(erasure, run);
      background.execute(() -> carryOut(erasure, run));
    }
  }

  private ErasureRun run(Erasure erasure) {
    return new ErasureRun(erasure, store, gate, nanoTime, rate);
  }

  /**
   * The task that waits ends without the erasure; the power's loss interrupts that, too. Of a unit
   * that is gone it goes on when somebody serves the volume again.
   */
  void signal(UnitSignal signal) {
    boolean removed = signal instanceof UnitSignal.Removed;
    if (removed) {
      abandon();
      answer(Optional.of(AbsentUnit.NOT_SUPPORTED));
    } else if (waiting.filter(CommandTask::isTerminated).isPresent()) {
      answer(Optional.empty()); // nobody hears this
    }
    if (signal instanceof UnitSignal.PowerOn) {
      background.execute(this::resume);
    }
  }

  private synchronized void abandon() {
    if (state instanceof State.Running(Erasure _, ErasureRun run)) {
      run.abandon();
    }
  }
}
