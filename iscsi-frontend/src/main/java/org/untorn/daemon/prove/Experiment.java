package org.untorn.daemon.prove;

import org.untorn.vpd.AtomicLimits;

/**
 * What is to be tried.
 *
 * @param seed where all choices come from
 * @param cuts how often the power is cut in each run
 * @param blockLength bytes per block
 * @param limits of the disks' atomic writes, which must be supported
 * @param units how many disks the device has; its blocks are counted through all of them
 * @param snapshots whether snapshots are taken under the load
 */
public record Experiment(
    long seed, int cuts, int blockLength, AtomicLimits limits, int units, boolean snapshots) {

  private static final int LONGEST = 256;
  private static final int REGION = 512;

  /** Blocks that a length is a multiple of. */
  int granularity() {
    return (int) Math.max(1, limits.granularity());
  }

  /** Blocks that an LBA is a multiple of. */
  int alignment() {
    return (int) Math.max(1, limits.alignment());
  }

  /** The longest write, in blocks. */
  int longest() {
    long maximum = limits.maximumTransferLength();
    long most = Math.max(granularity(), Math.min(LONGEST, maximum));
    return (int) (most - most % granularity());
  }

  /** How many blocks from 0 on are written to and looked at, of each disk. */
  public int region() {
    return Math.max(REGION, 2 * Math.max(longest(), alignment()));
  }
}
