package org.untorn.core;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.untorn.core.CommandCounters.Count;

/**
 * What a unit's commands have come to so far. A command that its table has no more keeps its
 * counts. Any thread may count and look at once; what is looked at is not one moment's.
 */
final class CommandCounts {

  /** What one command has come to. */
  static final class Row {
    private final Command command;
    final LongAdder commands = new LongAdder();
    final LongAdder blocks = new LongAdder();
    final LongAdder errors = new LongAdder();
    final LongAdder mediumErrors = new LongAdder();

    private Row(Command command) {
      this.command = command;
    }

    private Count count() {
      return new Count(command, commands.sum(), blocks.sum(), errors.sum(), mediumErrors.sum());
    }
  }

  /** By the command's name: a table that replaces another has rows of its own. */
  private final Map<String, Row> rows = new ConcurrentHashMap<>();

  /** Makes room for the commands of a table; what is counted already goes on. */
  void add(CommandTable table) {
    table.rows().forEach(command -> rows.computeIfAbsent(command.name(), name -> new Row(command)));
  }

  /** The row of a command of a table that was added. */
  Row row(Command command) {
    Row row = rows.get(command.name());
    if (row == null) {
      throw new IllegalArgumentException(command + " is not a command of this unit");
    }
    return row;
  }

  /** The counts of all rows, in the order of the tables. */
  List<Count> snapshot() {
    return rows.values().stream()
        .sorted(Comparator.comparing(row -> row.command, DiskCommands.ORDER))
        .map(Row::count)
        .toList();
  }
}
