package org.untorn.core;

import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/**
 * The logical units of a target device, and who can reach them. Units may come and go; every nexus
 * that sees the number hears of it: a new unit greets it, the others say REPORTED LUNS DATA HAS
 * CHANGED (SPC-5, REPORT LUNS).
 *
 * <p>Who establishes, adds and removes does so under this object's monitor; who looks a unit up
 * takes no lock.
 */
final class TargetUnits {

  private final Map<Nexus, TargetDevice> nexuses = new HashMap<>();

  /** Replaced under this object's monitor, read without it; never changed. */
  private volatile SortedMap<Integer, LogicalUnit> units;

  TargetUnits(SortedMap<Integer, LogicalUnit> units) {
    this.units = Collections.unmodifiableSortedMap(new TreeMap<>(units));
  }

  SortedMap<Integer, LogicalUnit> all() {
    return units;
  }

  Optional<LogicalUnit> find(int number) {
    return Optional.ofNullable(units.get(number));
  }

  /** A nexus sees the units from now on that its view of the device shows. */
  synchronized void established(Nexus nexus, TargetDevice seen) {
    nexuses.put(nexus, seen);
    seen.units().forEach(unit -> tell(unit, new UnitSignal.NexusEstablished(nexus)));
  }

  synchronized void lost(Nexus nexus) {
    nexuses.remove(nexus);
    units.values().forEach(unit -> tell(unit, new UnitSignal.NexusLost(nexus)));
  }

  /** Adds a unit; false if there is one with the number. */
  synchronized boolean add(int number, LogicalUnit unit) {
    if (units.containsKey(number)) {
      return false;
    }
    units.values().forEach(TargetUnits::inventoryChanged);
    TreeMap<Integer, LogicalUnit> more = new TreeMap<>(units);
    more.put(number, unit);
    units = Collections.unmodifiableSortedMap(more);
    nexuses.forEach(
        (nexus, seen) -> {
          if (seen.shows(number)) {
            tell(unit, new UnitSignal.NexusEstablished(nexus));
          }
        });
    return true;
  }

  /**
   * Takes a unit away, if there is one with the number.
   *
   * @return completes when its last task has ended
   */
  synchronized Optional<CompletableFuture<Void>> remove(int number) {
    Optional<LogicalUnit> found = find(number);
    if (found.isPresent()) {
      TreeMap<Integer, LogicalUnit> fewer = new TreeMap<>(units);
      fewer.remove(number);
      units = Collections.unmodifiableSortedMap(fewer);
      units.values().forEach(TargetUnits::inventoryChanged);
    }
    return found.map(unit -> unit.signal(new UnitSignal.Removed()));
  }

  private static void inventoryChanged(LogicalUnit unit) {
    tell(unit, new UnitSignal.Changed(AdditionalSense.REPORTED_LUNS_DATA_HAS_CHANGED));
  }

  private static void tell(LogicalUnit unit, UnitSignal signal) {
    var _ = unit.signal(signal);
  }
}
