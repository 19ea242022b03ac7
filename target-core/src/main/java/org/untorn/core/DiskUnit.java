package org.untorn.core;

import java.util.List;
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

  /**
   * The same with both.
   *
   * @param faults makes what breaks the unit
   */
  public static DiskUnit over(
      BlockStore store,
      UnitProfile profile,
      Provisioning provisioning,
      UnaryOperator<LogicalUnit> faults,
      UnitSurroundings surroundings) {
    UnitAttentions attentions = new UnitAttentions();
    Reservations reservations = new Reservations(attentions);
    Disk disk = new Disk(profile, store, provisioning, attentions, reservations, surroundings);
    disk.medium().eraser().resume();
    Supplier<TaskRules> rules = () -> disk.state().mode().taskRules();
    LogicalUnit told = new UnitAttentionFilter(disk, attentions, rules);
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
}
