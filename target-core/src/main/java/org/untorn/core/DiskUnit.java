package org.untorn.core;

import org.untorn.backstore.BlockStore;

/**
 * A disk with everything around it that SAM-5 asks for: the way to make a logical unit for a {@link
 * TargetDevice}.
 *
 * @param profile what the disk says of itself
 * @param unit the outermost filter: what a target device takes
 * @param counters what the unit was asked so far
 */
public record DiskUnit(UnitProfile profile, LogicalUnit unit, CommandCounters counters) {

  /** How many tasks a unit's task set holds. */
  public static final int TASK_SET_CAPACITY = 4096;

  /** A disk that shares what it is kept in with nobody. */
  public static DiskUnit over(BlockStore store, UnitProfile profile) {
    return over(store, profile, Provisioning.of(store.geometry()));
  }

  /** A disk over a store, started, with its mode parameters at their defaults. */
  public static DiskUnit over(BlockStore store, UnitProfile profile, Provisioning provisioning) {
    UnitAttentions attentions = new UnitAttentions();
    Reservations reservations = new Reservations(attentions);
    Disk disk = new Disk(profile, store, provisioning, attentions, reservations);
    LogicalUnit told = new UnitAttentionFilter(disk, attentions);
    LogicalUnit admitted = new ReservationFilter(told, reservations, attentions);
    CommandCounters counters = new CommandCounters(admitted, disk.counts());
    return new DiskUnit(profile, new TaskSet(counters, attentions, TASK_SET_CAPACITY), counters);
  }
}
