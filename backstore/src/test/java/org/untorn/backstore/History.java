package org.untorn.backstore;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What happened to one block, by many threads at once, and whether a block may behave so: each
 * operation must look as if it happened at one moment between its start and its end.
 *
 * <p>All values that are written differ, so this is quick to tell (Gibbons and Korach, "Testing
 * shared memories", 1997). The operations on a value have a zone:
 *
 * <pre>
 *   write 7   |-----|                      from the first end to the last start: in all of it the
 *   read 7               |---|             block held 7 ("forward"); if the last start is before
 *   zone            [----]                 the first end, somewhere in it ("backward")
 * </pre>
 *
 * No two forward zones may overlap, and no backward one may lie within a forward one. Besides, no
 * value may have been compared and replaced twice.
 *
 * <p>For one thread; each of many keeps its own, and they are put together at the end.
 */
final class History {

  private final List<Operation> operations = new ArrayList<>();

  private enum Kind {
    WRITE,
    READ,
    REPLACE
  }

  private record Operation(Kind kind, long value, long start, long end) {}

  /** The block was given that value, at some moment between {@code start} and {@code end}. */
  void wrote(long value, long start, long end) {
    operations.add(new Operation(Kind.WRITE, value, start, end));
  }

  /** The block held that value. */
  void read(long value, long start, long end) {
    operations.add(new Operation(Kind.READ, value, start, end));
  }

  /** The block held {@code expected} when it was given {@code value}. */
  void replaced(long expected, long value, long start, long end) {
    operations.add(new Operation(Kind.REPLACE, expected, start, end));
    wrote(value, start, end);
  }

  void addAll(History other) {
    operations.addAll(other.operations);
  }

  /** What no block may do, if it did so. At first it held 0. */
  Optional<String> violation() {
    Map<Long, Zone> zones = new HashMap<>();
    zones.put(0L, new Zone(0, Long.MIN_VALUE, Long.MIN_VALUE, Long.MIN_VALUE));
    for (Operation each : operations) {
      if (each.kind == Kind.WRITE) {
        zones.put(each.value, new Zone(each.value, each.start, each.end, each.start));
      }
    }
    Set<Long> replaced = new HashSet<>();
    for (Operation each : operations) {
      Zone zone = zones.get(each.value);
      if (zone == null || each.end < zone.written) {
        return Optional.of(each + " before that was written");
      }
      if (each.kind == Kind.REPLACE && !replaced.add(each.value)) {
        return Optional.of(each + " for the second time");
      }
      zones.put(each.value, zone.with(each));
    }
    return overlap(new ArrayList<>(zones.values()));
  }

  private static Optional<String> overlap(List<Zone> zones) {
    zones.sort(Comparator.comparingLong(Zone::low));
    Zone widest = new Zone(0, Long.MIN_VALUE, Long.MIN_VALUE, Long.MIN_VALUE);
    for (Zone zone : zones) {
      boolean wrong = zone.isForward() ? zone.low() < widest.high() : zone.high() < widest.high();
      if (wrong) {
        return Optional.of(zone + " within " + widest);
      }
      if (zone.isForward()) {
        widest = zone;
      }
    }
    return Optional.empty();
  }

  /**
   * When a block held a value.
   *
   * @param written the start of the write
   */
  private record Zone(long value, long written, long firstEnd, long lastStart) {

    Zone with(Operation operation) {
      return new Zone(
          value, written, Math.min(firstEnd, operation.end), Math.max(lastStart, operation.start));
    }

    boolean isForward() {
      return firstEnd < lastStart;
    }

    long low() {
      return Math.min(firstEnd, lastStart);
    }

    long high() {
      return Math.max(firstEnd, lastStart);
    }
  }
}
