package org.untorn.core;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.untorn.vpd.StandardInquiry;

/**
 * A SCSI target device (SAM-5 4.5): a name and the logical units behind it. What a transport talks
 * to.
 *
 * <pre>
 *  nexusEstablished ──► execute*, manage* ──► nexusLost
 * </pre>
 *
 * <p>Which units there are does not change. Safe for use by many threads: several connections call
 * it at once.
 */
public final class TargetDevice {

  private final String name;
  private final SortedMap<Integer, LogicalUnit> units;
  private final LogicalUnit absent;
  private final LunInventory inventory;

  /**
   * A target device.
   *
   * @param name its SCSI device name (iSCSI: the iSCSI name)
   * @param units by logical unit number, 0 to 16383
   * @param inquiry what INQUIRY returns, but for the peripheral qualifier, where there is no unit
   */
  public TargetDevice(String name, SortedMap<Integer, LogicalUnit> units, StandardInquiry inquiry) {
    if (!units.isEmpty() && (units.firstKey() < 0 || units.lastKey() > LunField.MAXIMUM)) {
      throw new IllegalArgumentException(
          name + " has a LUN beyond 0 to " + LunField.MAXIMUM + ": " + units.keySet());
    }
    this(name, units, new AbsentUnit(inquiry));
  }

  private TargetDevice(String name, SortedMap<Integer, LogicalUnit> units, LogicalUnit absent) {
    this.name = name;
    this.units = new TreeMap<>(units);
    this.absent = absent;
    List<Integer> numbers = List.copyOf(this.units.keySet());
    this.inventory = () -> numbers;
  }

  /**
   * The device as an initiator sees it that may use some of its units: REPORT LUNS, addressing and
   * target resets are about these. The units themselves are shared.
   *
   * @param luns the numbers that units have here, by the numbers that they are seen under
   */
  public TargetDevice showing(SortedMap<Integer, Integer> luns) {
    TreeMap<Integer, LogicalUnit> seen = new TreeMap<>();
    luns.forEach(
        (number, here) ->
            Optional.ofNullable(units.get(here)).ifPresent(unit -> seen.put(number, unit)));
    return new TargetDevice(name, seen, absent);
  }

  /** The SCSI device name. */
  public String name() {
    return name;
  }

  /** Takes note that an initiator port can send commands from now on. */
  public void nexusEstablished(Nexus nexus) {
    var _ = signal(units.values(), new UnitSignal.NexusEstablished(nexus));
  }

  /**
   * Takes note that a nexus is gone; its tasks end without an answer. What the store still has of
   * them, later task management waits for.
   */
  public void nexusLost(Nexus nexus) {
    var _ = signal(units.values(), new UnitSignal.NexusLost(nexus));
  }

  /**
   * Carries a command out, and completes it exactly once unless it is terminated: before this
   * returns or later, on any thread.
   */
  public void execute(Task task) {
    LogicalUnit unit = unit(task.lun()).orElse(absent);
    switch (unit.commands().find(task.cdb())) {
      case CommandTable.Lookup.Found(Command command) ->
          unit.execute(new CommandTask(task, command, inventory, unit));
      case CommandTable.Lookup.Refused(SenseData why) ->
          task.complete(Outcome.checkCondition(why, unit.descriptorSense()));
    }
  }

  /**
   * Carries a task management function out. {@code then} is called once, on any thread, when no
   * task that was terminated by then, by this function or earlier, can change the medium any more
   * (SAM-5 has a function complete no sooner); the tasks themselves end before this returns.
   */
  public void manage(TaskManagement function, Consumer<TaskManagement.Response> then) {
    switch (function) {
      case TaskManagement.AbortTask(Nexus nexus, long lun, long tag) ->
          signal(lun, new UnitSignal.AbortTask(nexus, tag), then);
      case TaskManagement.AbortTaskSet(Nexus nexus, long lun) ->
          signal(lun, new UnitSignal.AbortTaskSet(nexus), then);
      case TaskManagement.ClearTaskSet(Nexus nexus, long lun) ->
          signal(lun, new UnitSignal.ClearTaskSet(nexus), then);
      case TaskManagement.LogicalUnitReset(Nexus _, long lun) ->
          signal(lun, new UnitSignal.Reset(false), then);
      case TaskManagement.TargetReset _ -> signal(units.values(), new UnitSignal.Reset(true), then);
      case TaskManagement.ClearAca _ -> then.accept(TaskManagement.Response.FUNCTION_REJECTED);
    }
  }

  private void signal(long lun, UnitSignal signal, Consumer<TaskManagement.Response> then) {
    unit(lun)
        .ifPresentOrElse(
            unit -> signal(List.of(unit), signal, then),
            () -> then.accept(TaskManagement.Response.INCORRECT_LOGICAL_UNIT_NUMBER));
  }

  private static void signal(
      Collection<LogicalUnit> units, UnitSignal signal, Consumer<TaskManagement.Response> then) {
    var _ =
        signal(units, signal).thenRun(() -> then.accept(TaskManagement.Response.FUNCTION_COMPLETE));
  }

  private static CompletableFuture<Void> signal(Collection<LogicalUnit> units, UnitSignal signal) {
    return CompletableFuture.allOf(
        units.stream().map(unit -> unit.signal(signal)).toArray(CompletableFuture<?>[]::new));
  }

  private Optional<LogicalUnit> unit(long lun) {
    OptionalInt number = LunField.decode(lun);
    return number.isPresent()
        ? Optional.ofNullable(units.get(number.getAsInt()))
        : Optional.empty();
  }
}
