package org.untorn.core;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.untorn.core.CommandCounters.Count;

/**
 * What the rows of a command table have come to so far. Any thread may count and look at once; what
 * is looked at is not one moment's.
 */
final class CommandCounts {

  /** What one row has come to. */
  static final class Row {
    final LongAdder commands = new LongAdder();
    final LongAdder blocks = new LongAdder();
    final LongAdder errors = new LongAdder();
    final LongAdder mediumErrors = new LongAdder();
  }

  private final List<Command> commands;
  private final Map<Command, Row> rows = new HashMap<>();

  CommandCounts(CommandTable table) {
    commands = table.rows();
    commands.forEach(command -> rows.put(command, new Row()));
  }

  /** The row of a command of the table. */
  Row row(Command command) {
    Row row = rows.get(command);
    if (row == null) {
      throw new IllegalArgumentException(command + " is not a command of this unit");
    }
    return row;
  }

  /** The counts of all rows, in the table's order. */
  List<Count> snapshot() {
    return commands.stream().map(this::count).toList();
  }

  private Count count(Command command) {
    Row row = row(command);
    return new Count(
        command, row.commands.sum(), row.blocks.sum(), row.errors.sum(), row.mediumErrors.sum());
  }
}
