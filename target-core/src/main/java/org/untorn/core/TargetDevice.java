package org.untorn.core;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import org.untorn.vpd.StandardInquiry;

/**
 * A SCSI target device (SAM-5 4.5): a name and the logical units behind it. What a transport talks
 * to.
 *
 * <pre>
 *  nexusEstablished ──► execute*, manage* ──► nexusLost
 * </pre>
 *
 * <p>Units may be added and removed at any time. Safe for use by many threads: several connections
 * call it at once.
 */
public final class TargetDevice {

  /** UADE DEPTH: how many conditions are pending, 01b one and 10b more (SAM-5 7.9). */
  private static final int ONE_PENDING = 1 << 20;

  private static final int MORE_PENDING = 2 << 20;

  private final String name;
  private final TargetUnits shared;

  /** The numbers that units have here, by the numbers they are seen under; empty: the same ones. */
  private final Optional<SortedMap<Integer, Integer>> view;

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
    this(name, new TargetUnits(units), Optional.empty(), new AbsentUnit(inquiry));
    if (!units.isEmpty() && (units.firstKey() < 0 || units.lastKey() > LunField.MAXIMUM)) {
      throw new IllegalArgumentException(
          name + " has a LUN beyond 0 to " + LunField.MAXIMUM + ": " + units.keySet());
    }
  }

  private TargetDevice(
      String name,
      TargetUnits shared,
      Optional<SortedMap<Integer, Integer>> view,
      LogicalUnit absent) {
    this.name = name;
    this.shared = shared;
    this.view = view;
    this.absent = absent;
    this.inventory =
        new LunInventory() {
          @Override
          public List<Integer> logicalUnitNumbers() {
            return numbers();
          }

          @Override
          public Collection<LogicalUnit> units() {
            return TargetDevice.this.units();
          }

          @Override
          public void reported(Nexus nexus) {
            var _ = signal(TargetDevice.this.units(), new UnitSignal.InventoryReported(nexus));
          }
        };
  }

  /**
   * The device as an initiator sees it that may use some of its units: REPORT LUNS, addressing and
   * target resets are about these. The units themselves are shared.
   *
   * @param luns the numbers that units have here, by the numbers that they are seen under
   */
  public TargetDevice showing(SortedMap<Integer, Integer> luns) {
    return new TargetDevice(name, shared, Optional.of(new TreeMap<>(luns)), absent);
  }

  /** The SCSI device name. */
  public String name() {
    return name;
  }

  /**
   * Adds a unit while the device is in use; it greets every nexus, and the others tell of it.
   *
   * @param number 0 to 16383
   * @return false if there is a unit with that number
   */
  public boolean add(int number, LogicalUnit unit) {
    if (number < 0 || number > LunField.MAXIMUM) {
      throw new IllegalArgumentException(number + " is no LUN: 0 to " + LunField.MAXIMUM);
    }
    return shared.add(number, unit);
  }

  /**
   * Takes a unit away while the device is in use: commands for it end in 05h/25h/00h from now on,
   * and so do those that wait.
   *
   * @return completes, on any thread, when its last task has ended; empty if there is no such unit
   */
  public Optional<CompletableFuture<Void>> remove(int number) {
    return shared.remove(number);
  }

  /** Takes note that an initiator port can send commands from now on. */
  public void nexusEstablished(Nexus nexus) {
    shared.established(nexus, this);
  }

  /**
   * Takes note that a nexus is gone; its tasks end without an answer. What the store still has of
   * them, later task management waits for.
   */
  public void nexusLost(Nexus nexus) {
    shared.lost(nexus);
  }

  /**
   * Carries a command out, and completes it exactly once unless it is terminated: before this
   * returns or later, on any thread.
   */
  public void execute(Task task) {
    LogicalUnit unit = unit(task.lun()).orElse(absent);
    Command command =
        switch (unit.commands().find(task.cdb())) {
          case CommandTable.Lookup.Found(Command found) -> found;
          case CommandTable.Lookup.Refused(SenseData why) -> RefusedCdb.command(task.cdb(), why);
        };
    unit.execute(new CommandTask(task, command, inventory, unit));
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
      case TaskManagement.LogicalUnitReset(Nexus nexus, long lun) ->
          signal(lun, new UnitSignal.Reset(false, Optional.of(nexus)), then);
      case TaskManagement.TargetReset(Nexus nexus, boolean _) ->
          signal(units(), new UnitSignal.Reset(true, Optional.of(nexus)), then);
      case TaskManagement.NexusReset(Nexus nexus) ->
          signal(units(), new UnitSignal.NexusReset(nexus), then);
      case TaskManagement.ClearAca(Nexus nexus, long lun) ->
          ask(
              lun,
              answer ->
                  new UnitSignal.ClearAca(
                      nexus, () -> answer.set(TaskManagement.Response.FUNCTION_REJECTED)),
              then);
      case TaskManagement.QueryTask(Nexus nexus, long lun, long tag) ->
          ask(lun, answer -> new UnitSignal.QueryTask(nexus, tag, succeeds(answer)), then);
      case TaskManagement.QueryTaskSet(Nexus nexus, long lun) ->
          ask(lun, answer -> new UnitSignal.QueryTaskSet(nexus, succeeds(answer)), then);
      case TaskManagement.QueryAsynchronousEvent(Nexus nexus, long lun) ->
          ask(
              lun,
              answer ->
                  new UnitSignal.QueryAsynchronousEvent(
                      nexus, pending -> answer.set(asynchronousEvent(pending))),
              then);
    }
  }

  private static Runnable succeeds(AtomicReference<TaskManagement.Response> answer) {
    return () -> answer.set(TaskManagement.Response.FUNCTION_SUCCEEDED);
  }

  /**
   * The answer to QUERY ASYNCHRONOUS EVENT (SAM-5 7.9).
   *
   * <pre>
   *  byte 0   reserved | UADE DEPTH, bits 5-4 | SENSE KEY
   *  byte 1   ADDITIONAL SENSE CODE
   *  byte 2   ADDITIONAL SENSE CODE QUALIFIER
   * </pre>
   */
  private static TaskManagement.Response asynchronousEvent(List<AdditionalSense> pending) {
    if (pending.isEmpty()) {
      return TaskManagement.Response.FUNCTION_COMPLETE;
    }
    AdditionalSense first = pending.getFirst();
    return new TaskManagement.Response(
        TaskManagement.Service.FUNCTION_SUCCEEDED,
        (pending.size() == 1 ? ONE_PENDING : MORE_PENDING)
            | SenseKey.UNIT_ATTENTION.value() << 16
            | first.code() << 8
            | first.qualifier());
  }

  /** Asks a unit, which answers before it returns; FUNCTION COMPLETE if it says nothing. */
  private void ask(
      long lun,
      Function<AtomicReference<TaskManagement.Response>, UnitSignal> question,
      Consumer<TaskManagement.Response> then) {
    AtomicReference<TaskManagement.Response> answer =
        new AtomicReference<>(TaskManagement.Response.FUNCTION_COMPLETE);
    Optional<LogicalUnit> unit = unit(lun);
    unit.ifPresent(
        found -> {
          var _ = found.signal(question.apply(answer));
        });
    then.accept(
        unit.isPresent() ? answer.get() : TaskManagement.Response.INCORRECT_LOGICAL_UNIT_NUMBER);
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

  /** The units that can be seen here. */
  Collection<LogicalUnit> units() {
    Map<Integer, LogicalUnit> all = shared.all();
    return view.isEmpty()
        ? all.values()
        : view.get().values().stream().filter(all::containsKey).map(all::get).distinct().toList();
  }

  /** Whether the unit that has a number can be seen here. */
  boolean shows(int number) {
    return view.isEmpty() || view.get().containsValue(number);
  }

  private List<Integer> numbers() {
    Map<Integer, LogicalUnit> all = shared.all();
    return view.isEmpty()
        ? List.copyOf(all.keySet())
        : view.get().entrySet().stream()
            .filter(seen -> all.containsKey(seen.getValue()))
            .map(Map.Entry::getKey)
            .toList();
  }

  private Optional<LogicalUnit> unit(long lun) {
    OptionalInt number = LunField.decode(lun);
    if (number.isEmpty()) {
      return Optional.empty();
    }
    return view.isEmpty()
        ? shared.find(number.getAsInt())
        : Optional.ofNullable(view.get().get(number.getAsInt())).flatMap(shared::find);
  }
}
