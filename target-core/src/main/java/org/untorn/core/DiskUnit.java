package org.untorn.core;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.untorn.backstore.BlockStore;
import org.untorn.vpd.BlockLimits;

/**
 * A disk with everything around it that SAM-5 asks for: the way to make a logical unit for a {@link
 * TargetDevice}.
 */
public final class DiskUnit {

  /** How many tasks a unit's task set holds. */
  public static final int TASK_SET_CAPACITY = 4096;

  private final Disk disk;
  private final LogicalUnit unit;
  private final CommandCounters counters;

  private DiskUnit(Disk disk, LogicalUnit unit, CommandCounters counters) {
    this.disk = disk;
    this.unit = unit;
    this.counters = counters;
  }

  /** A disk that shares what it is kept in with nobody. */
  public static DiskUnit over(BlockStore store, UnitProfile profile) {
    return over(store, profile, Provisioning.of(store.geometry()));
  }

  /** A disk over a store, started, with its mode parameters at their defaults. */
  public static DiskUnit over(BlockStore store, UnitProfile profile, Provisioning provisioning) {
    return over(store, profile, provisioning, UnitSurroundings.usual());
  }

  /** The same with something between the task set and the rest. */
  static DiskUnit over(
      BlockStore store,
      UnitProfile profile,
      Provisioning provisioning,
      UnaryOperator<LogicalUnit> faults) {
    return over(store, profile, provisioning, faults, UnitSurroundings.usual());
  }

  /** The same, somewhere; what was under way there goes on. */
  static DiskUnit over(
      BlockStore store,
      UnitProfile profile,
      Provisioning provisioning,
      UnitSurroundings surroundings) {
    return over(store, profile, provisioning, UnaryOperator.identity(), surroundings);
  }

  /** The same with both. */
  static DiskUnit over(
      BlockStore store,
      UnitProfile profile,
      Provisioning provisioning,
      UnaryOperator<LogicalUnit> faults,
      UnitSurroundings surroundings) {
    ReservationStore forgotten = ReservationStore.inMemory();
    return over(store, profile, provisioning, faults, surroundings, forgotten, Optional.empty());
  }

  /**
   * The same, whose persistent reservations are kept elsewhere, and begin with what is kept there.
   *
   * @param faults makes what breaks the unit
   * @throws IOException that says in one line what is wrong with what is kept
   */
  public static DiskUnit over(
      BlockStore store,
      UnitProfile profile,
      Provisioning provisioning,
      UnaryOperator<LogicalUnit> faults,
      UnitSurroundings surroundings,
      ReservationStore reservations)
      throws IOException {
    Optional<byte[]> saved = reservations.load();
    Optional<PersistentReservations> kept =
        saved.isPresent() ? Optional.of(SavedReservations.decode(saved.get())) : Optional.empty();
    return over(store, profile, provisioning, faults, surroundings, reservations, kept);
  }

  private static DiskUnit over(
      BlockStore store,
      UnitProfile profile,
      Provisioning provisioning,
      UnaryOperator<LogicalUnit> faults,
      UnitSurroundings surroundings,
      ReservationStore reservationStore,
      Optional<PersistentReservations> kept) {
    UnitAttentions attentions = new UnitAttentions();
    Reservations reservations = new Reservations(attentions, reservationStore, kept);
    TargetPortGroups groups = new TargetPortGroups(profile.ports());
    Disk disk =
        new Disk(profile, store, provisioning, attentions, reservations, groups, surroundings);
    disk.medium().eraser().resume();
    Supplier<TaskRules> rules = () -> disk.state().mode().taskRules();
    LogicalUnit reached = new AccessStateFilter(disk, groups);
    LogicalUnit told = new UnitAttentionFilter(reached, attentions, rules);
    LogicalUnit admitted = new ReservationFilter(told, reservations, attentions);
    CommandCounters counters = new CommandCounters(admitted, disk.counts());
    LogicalUnit unit = new TaskSet(faults.apply(counters), attentions, rules, TASK_SET_CAPACITY);
    return new DiskUnit(disk, unit, counters);
  }

  /** What the disk says of itself now. */
  public UnitProfile profile() {
    return disk.profile();
  }

  /** The type of protection information that its blocks carry, 1 to 3; 0: none. */
  public int protection() {
    return disk.geometry().protection();
  }

  /** The outermost filter: what a target device takes. */
  public LogicalUnit unit() {
    return unit;
  }

  /** What the unit was asked so far. */
  public CommandCounters counters() {
    return counters;
  }

  /**
   * Gives the disk other limits, and every nexus a unit attention condition, INQUIRY DATA HAS
   * CHANGED. A command under way keeps to the limits of before or to these, and INQUIRY shows those
   * that are kept to.
   *
   * @return why it cannot have them, a sentence each, and then nothing has changed; empty if it has
   *     them now
   */
  public List<String> limit(BlockLimits limits) {
    List<String> violations = UnitProfile.violations(limits);
    if (violations.isEmpty() && !limits.equals(profile().limits())) {
      disk.limit(limits);
      var _ = unit.signal(new UnitSignal.Changed(AdditionalSense.INQUIRY_DATA_HAS_CHANGED));
    }
    return violations;
  }

  /** The asymmetric access state of each target port group that the unit is reached through. */
  public SortedMap<Integer, AccessState> accessStates() {
    SortedMap<Integer, AccessState> states = new TreeMap<>();
    disk.groups().all().forEach(group -> states.put(group.tag(), group.state()));
    return states;
  }

  /**
   * Puts a target port group into another state by the device's own decision (SPC-5 5.16.2.6,
   * implicit): every nexus gets ASYMMETRIC ACCESS STATE CHANGED if it was in another one.
   *
   * @param group one of {@link #accessStates}
   */
  public void access(int group, AccessState state) {
    if (disk.groups().set(Map.of(group, state), TargetPortGroups.Status.CHANGED_IMPLICITLY)) {
      disk.attentions().raise(AdditionalSense.ASYMMETRIC_ACCESS_STATE_CHANGED);
    }
  }

  /** Has every nexus hear that a change of the device's own did not succeed; nothing changes. */
  public void accessChangeFailed() {
    disk.attentions().raise(AdditionalSense.IMPLICIT_ASYMMETRIC_ACCESS_STATE_TRANSITION_FAILED);
  }
}
