package org.untorn.core;

import io.netty.buffer.ByteBuf;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Counts a unit's commands, row by row of its table. A command counts when it completes; one that
 * is terminated does not count, nor does what is no command of the table.
 */
public final class CommandCounters implements LogicalUnit {

  /**
   * What one row of the command table has come to.
   *
   * @param commands how many completed, with whatever status
   * @param blocks how many logical blocks those that ended in GOOD asked for
   * @param errors how many ended in a status other than GOOD
   * @param mediumErrors how many of these the medium is to blame for
   */
  public record Count(
      Command command, long commands, long blocks, long errors, long mediumErrors) {}

  private final LogicalUnit next;
  private final CommandCounts counts;

  CommandCounters(LogicalUnit next, CommandCounts counts) {
    this.next = next;
    this.counts = counts;
  }

  /** The counts of all rows, in the table's order. */
  public List<Count> snapshot() {
    return counts.snapshot();
  }

  @Override
  public CommandTable commands() {
    return next.commands();
  }

  @Override
  public boolean descriptorSense() {
    return next.descriptorSense();
  }

  @Override
  public void execute(CommandTask task) {
    if (task.command().is(Command.Trait.REFUSED)) {
      next.execute(task);
      return;
    }
    CommandCounts.Row row = counts.row(task.command());
    next.execute(
        task.answering(
            outcome -> {
              row.commands.increment();
              switch (outcome) {
                case Outcome.Good(ByteBuf _) -> row.blocks.add(task.blocks());
                case Outcome.CheckCondition(ByteBuf senseData) -> {
                  row.errors.increment();
                  if (SenseData.key(senseData) == SenseKey.MEDIUM_ERROR.value()) {
                    row.mediumErrors.increment();
                  }
                }
                case Outcome.Busy _,
                    Outcome.ReservationConflict _,
                    Outcome.TaskSetFull _,
                    Outcome.AcaActive _,
                    Outcome.TaskAborted _,
                    Outcome.Other _ ->
                    row.errors.increment();
              }
              task.complete(outcome);
            }));
  }

  @Override
  public CompletableFuture<Void> signal(UnitSignal signal) {
    return next.signal(signal);
  }
}
