package org.untorn.core;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Executor;

/**
 * The ORWgeneration codes of a disk, and the turns that its ORWRITE commands take because of them
 * (SBC-4 4.27.2): set operations go side by side, a change of the generation has all others done
 * before it and begun after it.
 *
 * <pre>
 *   enter ──► its turn ──► perform, discard or mismatch ──► leave
 *     └─ waits ──┘
 * </pre>
 *
 * <p>Invariants: either some set operations have their turn, or one change, or nobody; turns come
 * in the order of entering. At most as many wait as the task set holds. Safe for many threads.
 */
final class OrwGenerations {

  /**
   * The codes and the policy.
   *
   * @param current the current ORWgeneration code, unsigned
   * @param previous the previous one
   * @param policy the current ORWRITE processing policy, as PREVIOUS GENERATION PROCESSING set it
   * @param resets how often they were reset: a change that a reset overtook is none
   */
  record Codes(long current, long previous, int policy, long resets) {

    /** After power on and a hard reset (4.27.3). */
    static Codes initial(long resets) {
      return new Codes(0, 0, 7, resets);
    }

    /** Those of the next generation. */
    Codes next(long generation, int policyFromThenOn) {
      return new Codes(generation, current, policyFromThenOn, resets);
    }

    /** What to do with a set operation that expects a generation (table 29). */
    Action set(long expected) {
      if (expected == current) {
        return Action.PERFORM;
      }
      boolean isPrevious = expected == previous;
      return switch (policy) {
        case 0 -> isPrevious ? Action.PERFORM : Action.MISMATCH;
        case 2 -> isPrevious ? Action.DISCARD : Action.MISMATCH;
        case 3 -> Action.PERFORM;
        case 5 -> Action.DISCARD;
        default -> Action.MISMATCH;
      };
    }

    /** What to do with a change of the generation (4.27.3). */
    Action change(long expected) {
      return expected == current ? Action.PERFORM : Action.MISMATCH;
    }
  }

  /** What happens to an ORWRITE command. */
  enum Action {
    /** Read, combine, write. */
    PERFORM,
    /** Do nothing, and say GOOD. */
    DISCARD,
    /** ORWRITE GENERATION DOES NOT MATCH. */
    MISMATCH
  }

  /** The policies that table 29 defines. */
  static final int[] POLICIES = {0, 2, 3, 5, 7};

  private record Waiting(boolean alone, Executor own, Runnable turn) {}

  /** All guarded by this object. */
  private final Deque<Waiting> waiting = new ArrayDeque<>();

  private int sets;
  private boolean changing;
  private Codes codes = Codes.initial(0);

  synchronized Codes codes() {
    return codes;
  }

  /** Establishes other codes, unless a reset has come since {@code known} was looked at. */
  synchronized void change(Codes known, Codes next) {
    if (codes.equals(known)) {
      codes = next;
    }
  }

  /** Power on, or a hard reset; a reset of the logical unit alone preserves everything. */
  synchronized void reset() {
    codes = Codes.initial(codes.resets() + 1);
  }

  /**
   * Waits for a turn: {@code turn} is run once, now if nobody is in its way.
   *
   * @param alone whether it changes the generation
   * @param own what runs it otherwise: whoever leaves then has a thread that is not its own
   */
  void enter(boolean alone, Executor own, Runnable turn) {
    synchronized (this) {
      if (!waiting.isEmpty() || !hasTurn(alone)) {
        waiting.add(new Waiting(alone, own, turn));
        return;
      }
      take(alone);
    }
    turn.run();
  }

  /** Gives the turn back. */
  void leave() {
    List<Waiting> turns = new ArrayList<>();
    synchronized (this) {
      if (changing) {
        changing = false;
      } else {
        sets--;
      }
      while (!waiting.isEmpty() && hasTurn(waiting.element().alone())) {
        Waiting next = waiting.remove();
        take(next.alone());
        turns.add(next);
      }
    }
    turns.forEach(next -> next.own().execute(next.turn()));
  }

  private boolean hasTurn(boolean alone) {
    return !changing && (!alone || sets == 0);
  }

  private void take(boolean alone) {
    if (alone) {
      changing = true;
    } else {
      sets++;
    }
  }
}
