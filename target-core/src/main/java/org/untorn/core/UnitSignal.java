package org.untorn.core;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** What can happen to a logical unit beside its commands (SAM-5 6 and 7). */
public sealed interface UnitSignal {

  /** What only the task set minds. */
  sealed interface OfTasks extends UnitSignal {}

  /** A nexus came to be; the unit owes it a unit attention. */
  record NexusEstablished(Nexus nexus) implements UnitSignal {}

  /** A nexus is gone; its tasks end without an answer, and nothing is owed to it any more. */
  record NexusLost(Nexus nexus) implements UnitSignal {}

  /** A nexus lost all that it had here, as if it were gone, and is told; it goes on. */
  record NexusReset(Nexus nexus) implements UnitSignal {}

  /** One task of a nexus ends without an answer. */
  record AbortTask(Nexus nexus, long tag) implements OfTasks {}

  /** All tasks of a nexus end without an answer. */
  record AbortTaskSet(Nexus nexus) implements OfTasks {}

  /** All tasks of every nexus end; the others are told. With TST 001b it is this nexus's alone. */
  record ClearTaskSet(Nexus nexus) implements OfTasks {}

  /**
   * The auto contingent allegiance of a nexus ends.
   *
   * @param refused is run if there is one, but another nexus's
   */
  record ClearAca(Nexus nexus, Runnable refused) implements OfTasks {}

  /**
   * Is a task there?
   *
   * @param found is run if it is
   */
  record QueryTask(Nexus nexus, long tag, Runnable found) implements OfTasks {}

  /**
   * Has a nexus any task?
   *
   * @param found is run if it has
   */
  record QueryTaskSet(Nexus nexus, Runnable found) implements OfTasks {}

  /**
   * What would a nexus hear?
   *
   * @param pending gets the nexus's unit attention conditions, the first first
   */
  record QueryAsynchronousEvent(Nexus nexus, Consumer<List<AdditionalSense>> pending)
      implements UnitSignal {}

  /** Tasks were terminated: whoever keeps one ({@link CommandTask#isTerminated}) lets it go. */
  record Terminated() implements OfTasks {}

  /** The unit is not what it was: every nexus is told so. Tasks go on. */
  record Changed(AdditionalSense condition) implements UnitSignal {}

  /** A nexus has heard which units there are, by another unit perhaps: it need not be told. */
  record InventoryReported(Nexus nexus) implements UnitSignal {}

  /**
   * The unit is gone. What waits ends in 05h/25h/00h, as does what still comes; what the device
   * server has completes, and then the signal's future is done.
   */
  record Removed() implements UnitSignal {}

  /**
   * Nexuses lost their registration to PREEMPT AND ABORT; their tasks end, but for that command
   * itself.
   *
   * @param nexuses whose tasks end
   * @param by the nexus that sent the command
   * @param tag the command's
   */
  record Preempted(Set<Nexus> nexuses, Nexus by, long tag) implements OfTasks {

    public Preempted {
      nexuses = Set.copyOf(nexuses);
    }
  }

  /**
   * All tasks end, mode parameters go back to their defaults, every nexus is told.
   *
   * @param hard whether the whole target was reset, and not only this unit
   * @param by the nexus that asked for it
   */
  record Reset(boolean hard, Optional<Nexus> by) implements UnitSignal {}

  /**
   * The device was without power, and has it again: what a reset does, and whatever does not
   * persist through the loss of power is gone (SAM-5 6.3.1, power on).
   */
  record PowerOn() implements UnitSignal {}
}
