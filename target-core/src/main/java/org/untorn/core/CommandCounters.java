package org.untorn.core;

import io.netty.buffer.ByteBuf;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts a unit's commands, row by row of its table. A command counts when it completes; one that
 * is terminated does not count.
 */
public final class CommandCounters implements LogicalUnit {

  /**
   * What one row of the command table has come to.
   *
   * @param commands how many completed, with whatever status
   * @param blocks how many logical blocks those that ended in GOOD asked for
   * @param errors how many ended in a status other than GOOD
   */
  public record Count(Command command, long commands, long blocks, long errors) {}

  private static final class Row {
    private final LongAdder commands = new LongAdder();
    private final LongAdder blocks = new LongAdder();
    private final LongAdder errors = new LongAdder();
  }

  private final LogicalUnit next;
  private final Map<Command, Row> rows = new HashMap<>();

  CommandCounters(LogicalUnit next) {
    this.next = next;
    next.commands().rows().forEach(command -> rows.put(command, new Row()));
  }

  /** The counts of all rows, in the table's order. */
  public List<Count> snapshot() {
    return commands().rows().stream().map(this::count).toList();
  }

  private Count count(Command command) {
    Row row = row(command);
    return new Count(command, row.commands.sum(), row.blocks.sum(), row.errors.sum());
  }

  private Row row(Command command) {
    Row row = rows.get(command);
    if (row == null) {
      throw new IllegalArgumentException(command + " is not a command of this unit");
    }
    return row;
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
    Row row = row(task.command());
    next.execute(
        task.answering(
            outcome -> {
              row.commands.increment();
              switch (outcome) {
                case Outcome.Good(ByteBuf _) -> row.blocks.add(task.blocks());
                case Outcome.CheckCondition _,
                    Outcome.Busy _,
                    Outcome.ReservationConflict _,
                    Outcome.TaskSetFull _ ->
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
