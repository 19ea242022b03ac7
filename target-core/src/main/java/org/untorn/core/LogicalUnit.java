package org.untorn.core;

import java.util.concurrent.CompletableFuture;

/**
 * The waist of the SCSI device: a command in, an outcome out. A device server such as {@link Disk}
 * ends it; what decides beforehand whether a command gets there is a filter of the same interface
 * around the next one. From the outside in, which is SAM-5's order of checks:
 *
 * <pre>
 *  {@link TargetDevice}       routes by LUN; finds the command's row; refuses reserved bits
 *    {@link TaskSet}          TASK SET FULL; the order of tasks; abort, reset and ACA
 *      {@link CommandCounters}    counts what was asked, and what came of it
 *        {@link ReservationFilter}    RESERVATION CONFLICT if another nexus has reserved
 *          {@link UnitAttentionFilter}  CHECK CONDITION if an attention is pending
 *            {@link AccessStateFilter}    NOT READY if the port's group is not active
 *              {@link Disk}                 the command's own checks, then the store
 * </pre>
 *
 * <p>Filters that inject faults to commands belong into the task set, around all else: what they
 * hold is a task like others.
 *
 * <p>Logical units are safe for use by many threads. A unit completes each task exactly once, on
 * any thread, and never blocks the calling one.
 */
public interface LogicalUnit {

  /** The commands that this unit has. */
  CommandTable commands();

  /** Whether sense data goes out in descriptor format now (the D_SENSE bit; SPC-5 7.5.10). */
  boolean descriptorSense();

  /** Carries a command out. */
  void execute(CommandTask task);

  /**
   * Takes note of something that happened to the unit, beside its commands. Never blocks.
   *
   * @return completes, on any thread, when no task that was terminated so far can change the medium
   *     any more
   */
  CompletableFuture<Void> signal(UnitSignal signal);
}
