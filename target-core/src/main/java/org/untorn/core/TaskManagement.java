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

  /** Ends all tasks of this nexus in every unit, and what else it has there. */
  record NexusReset(Nexus nexus) implements TaskManagement {}

  /** Says whether a task is there: FUNCTION SUCCEEDED if it is. */
  record QueryTask(Nexus nexus, long lun, long tag) implements TaskManagement {}

  /** Says whether this nexus has any task in a logical unit: FUNCTION SUCCEEDED if it has. */
  record QueryTaskSet(Nexus nexus, long lun) implements TaskManagement {}

  /** Says whether a unit attention is pending for this nexus: FUNCTION SUCCEEDED if one is. */
  record QueryAsynchronousEvent(Nexus nexus, long lun) implements TaskManagement {}

  /**
   * The service response to a function (SAM-5 7.1).
   *
   * @param additional the additional response information, 24 bits (SAM-5 7.9); 0 if there is none
   */
  record Response(Service service, int additional) {

    public static final Response FUNCTION_COMPLETE = of(Service.FUNCTION_COMPLETE);
    public static final Response FUNCTION_SUCCEEDED = of(Service.FUNCTION_SUCCEEDED);
    public static final Response FUNCTION_REJECTED = of(Service.FUNCTION_REJECTED);
    public static final Response INCORRECT_LOGICAL_UNIT_NUMBER =
        of(Service.INCORRECT_LOGICAL_UNIT_NUMBER);

    private static Response of(Service service) {
      return new Response(service, 0);
    }
  }

  /** What became of a function. */
  enum Service {
    FUNCTION_COMPLETE,
    FUNCTION_SUCCEEDED,
    FUNCTION_REJECTED,
    INCORRECT_LOGICAL_UNIT_NUMBER
  }
}
