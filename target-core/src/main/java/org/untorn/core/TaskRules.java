package org.untorn.core;

/**
 * How the control mode page has a unit's tasks managed (SPC-5 7.5.8).
 *
 * @param perNexus TST 001b: each nexus has a task set of its own; else all share one
 * @param functionsOnly TMF_ONLY: during an ACA no command is taken, whatever its attribute
 * @param restricted QUEUE ALGORITHM MODIFIER 0: a nexus's SIMPLE commands are not reordered
 * @param errorManagement QERR: what a CHECK CONDITION does to other tasks
 * @param interlock UA_INTLCK_CTRL: when a unit attention is cleared, and which statuses make one
 * @param taskAborted TAS: a task that another nexus aborts ends in TASK ABORTED
 */
record TaskRules(
    boolean perNexus,
    boolean functionsOnly,
    boolean restricted,
    int errorManagement,
    int interlock,
    boolean taskAborted) {

  /** QERR: all tasks of the task set end. */
  static final int ABORT_ALL = 0b01;

  /** QERR: the tasks of the nexus that gets the CHECK CONDITION end. */
  static final int ABORT_OF_NEXUS = 0b11;

  private static final int CLEARED = 0b00;
  private static final int ESTABLISHED = 0b11;

  /** Whether reporting a unit attention in a CHECK CONDITION leaves it pending. */
  boolean keepsAttentions() {
    return interlock != CLEARED;
  }

  /** Whether BUSY, TASK SET FULL and RESERVATION CONFLICT establish a unit attention. */
  boolean tellsOfStatus() {
    return interlock == ESTABLISHED;
  }
}
