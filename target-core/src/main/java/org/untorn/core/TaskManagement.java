package org.untorn.core;

/** A task management function (SAM-5 7), asked for by {@code nexus}. */
public sealed interface TaskManagement {

  Nexus nexus();

  /** Ends one task of this nexus. */
  record AbortTask(Nexus nexus, long lun, long tag) implements TaskManagement {}

  /** Ends all tasks of this nexus in a logical unit. */
  record AbortTaskSet(Nexus nexus, long lun) implements TaskManagement {}

  /** Ends all tasks of every nexus in a logical unit. */
  record ClearTaskSet(Nexus nexus, long lun) implements TaskManagement {}

  /** Ends an auto contingent allegiance. */
  record ClearAca(Nexus nexus, long lun) implements TaskManagement {}

  /** Ends all tasks and resets one logical unit. */
  record LogicalUnitReset(Nexus nexus, long lun) implements TaskManagement {}

  /**
   * Resets every logical unit of the target. A cold reset also makes the transport drop its
   * connections.
   */
  record TargetReset(Nexus nexus, boolean cold) implements TaskManagement {}

  /** The service response to a function (SAM-5 7.1). */
  enum Response {
    FUNCTION_COMPLETE,
    FUNCTION_REJECTED,
    INCORRECT_LOGICAL_UNIT_NUMBER
  }
}
