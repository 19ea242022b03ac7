package org.untorn.conformance.bench;

import java.util.Map;
import java.util.OptionalDouble;
import org.untorn.conformance.bench.Cell.Client;

/**
 * What Untorn is to reach: commands a second over those of tgt's better backing store, by row, with
 * libiscsi's client and with the lean one. They were set from a prototype that had no store and no
 * checks.
 */
final class Goals {

  private static final Map<String, double[]> BY_ROW =
      Map.ofEntries(
          goal("4k QD1 read", 2.0, 2.0),
          goal("4k QD1 write", 2.0, 2.0),
          goal("4k QD32 read", 2.2, 3.3),
          goal("4k QD32 write", 1.3, 3.5),
          goal("4k QD32 x4 read", 2.0, 4),
          goal("4k QD32 x4 write", 1.2, 4),
          goal("64k QD1 read", 2.2, 2.2),
          goal("64k QD1 write", 2.7, 2.1),
          goal("64k QD32 read", 2.1, 2.1),
          goal("64k QD32 write", 2.8, 2.8),
          goal("1M QD1 read", 1.9, 1.2),
          goal("1M QD1 write", 3.5, 2.0),
          goal("1M QD32 read", 3.5, 2.8),
          goal("1M QD32 write", 3.3, 3.5),
          goal("4k QD1 write FUA", 1.5, 1.5),
          goal("4k QD32 write FUA", 5, 5));

  private Goals() {}

  private static Map.Entry<String, double[]> goal(String row, double libiscsi, double raw) {
    return Map.entry(row, new double[] {libiscsi, raw});
  }

  /** The goal of a cell, where it has one. */
  static OptionalDouble of(Cell cell) {
    double[] goals = BY_ROW.getOrDefault(cell.row(), new double[0]);
    return goals.length == 0
        ? OptionalDouble.empty()
        : OptionalDouble.of(goals[cell.client() == Client.LIBISCSI ? 0 : 1]);
  }
}
