package org.untorn.daemon.limits;

import org.untorn.core.DiskUnit;
import org.untorn.vpd.LinuxAtomicLimits;

/**
 * A logical unit whose limits can be set.
 *
 * @param target the name of its target
 * @param blockSize bytes per logical block
 * @param physicalBlockSize bytes per physical block
 */
public record LimitedUnit(
    String target, int lun, String volume, int blockSize, int physicalBlockSize, DiskUnit disk) {

  /** The type of protection information with which Linux uses no atomic writes. */
  private static final int NO_ATOMICS = 2;

  /** What a Linux initiator will make of the atomic limits of now. */
  public LinuxAtomicLimits linux() {
    if (disk.protection() == NO_ATOMICS) {
      return new LinuxAtomicLimits.Dropped("its protection information is of type 2");
    }
    return LinuxAtomicLimits.of(
        disk.profile().atomic(), blockSize, physicalBlockSize, LinuxAtomicLimits.Host.OPEN_ISCSI);
  }
}
