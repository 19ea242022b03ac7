package org.untorn.conformance.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What all contestants are asked to do, in turns.
 *
 * @param client which load generator asks
 * @param block bytes of one command, in the client's spelling
 * @param depth commands in flight for each session
 * @param fua whether each write is to be on stable storage when it is answered
 */
record Cell(
    Client client, String block, int depth, int sessions, Operation operation, boolean fua) {

  /** The load generators. */
  enum Client {
    LIBISCSI,
    RAW;

    String program() {
      return "load-" + name().toLowerCase(Locale.ROOT);
    }
  }

  /** What a command does. */
  enum Operation {
    READ,
    WRITE,
    ATOMIC
  }

  Cell with(Operation other) {
    return new Cell(client, block, depth, sessions, other, fua);
  }

  /** The name by which cells are chosen: {@code raw 4k QD32 x4 write}. */
  String name() {
    return "%s %s".formatted(client.name().toLowerCase(Locale.ROOT), row());
  }

  /** The same without the client. */
  String row() {
    return "%s QD%d%s %s%s"
        .formatted(
            block,
            depth,
            sessions == 1 ? "" : " x" + sessions,
            operation.name().toLowerCase(Locale.ROOT),
            fua ? " FUA" : "");
  }

  /** The client's options. */
  List<String> options() {
    List<String> options = new ArrayList<>();
    options.addAll(List.of("-b", block, "-q", "" + depth, "-c", "" + sessions));
    options.addAll(List.of("-r", operation.name().toLowerCase(Locale.ROOT)));
    if (fua) {
      options.add("-F");
    }
    return options;
  }

  /** Every cell of the main tables, and with them the cells of writes that ask for FUA. */
  static List<Cell> all() {
    List<Cell> cells = new ArrayList<>();
    for (Client client : Client.values()) {
      for (String block : List.of("4k", "64k", "1M")) {
        for (int depth : List.of(1, 32)) {
          for (int sessions : List.of(1, 4)) {
            cells.add(new Cell(client, block, depth, sessions, Operation.READ, false));
            cells.add(new Cell(client, block, depth, sessions, Operation.WRITE, false));
          }
        }
      }
    }
    for (int depth : List.of(1, 32)) {
      cells.add(new Cell(Client.LIBISCSI, "4k", depth, 1, Operation.WRITE, true));
    }
    return cells;
  }
}
