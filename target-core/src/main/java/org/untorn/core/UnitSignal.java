package org.untorn.core;

import java.util.Set;

/** What can happen to a logical unit beside its commands (SAM-5 6 and 7). */
public sealed interface UnitSignal {

  /** A nexus came to be; the unit owes it a unit attention. */
  record NexusEstablished(Nexus nexus) implements UnitSignal {}

  /** A nexus is gone; its tasks end without an answer, and nothing is owed to it any more. */
  record NexusLost(Nexus nexus) implements UnitSignal {}

  /** One task of a nexus ends without an answer. */
  record AbortTask(Nexus nexus, long tag) implements UnitSignal {}

  /** All tasks of a nexus end without an answer. */
  record AbortTaskSet(Nexus nexus) implements UnitSignal {}

  /** All tasks of every nexus end without an answer; the others are told. */
  record ClearTaskSet(Nexus nexus) implements UnitSignal {}

  /** The unit is not what it was: every nexus is told so. Tasks go on. */
  record Changed(AdditionalSense condition) implements UnitSignal {}

  /**
   * Nexuses lost their registration to PREEMPT AND ABORT; their tasks end without an answer, but
   * for that command itself.
   *
   * @param nexuses whose tasks end
   * @param by the nexus that sent the command
   * @param tag the command's
   */
  record Preempted(Set<Nexus> nexuses, Nexus by, long tag) implements UnitSignal {

    public Preempted {
      nexuses = Set.copyOf(nexuses);
    }
  }

  /**
   * All tasks end, mode parameters go back to their defaults, every nexus is told.
   *
   * @param hard whether the whole target was reset, and not only this unit
   */
  record Reset(boolean hard) implements UnitSignal {}

  /**
   * The device was without power, and has it again: what a reset does, and whatever does not
   * persist through the loss of power is gone (SAM-5 6.3.1, power on).
   */
  record PowerOn() implements UnitSignal {}
}
