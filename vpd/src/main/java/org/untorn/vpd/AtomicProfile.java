package org.untorn.vpd;

import java.util.List;
import java.util.Optional;

/**
 * A named preset of {@link AtomicLimits}.
 *
 * @param name what a user writes
 */
public record AtomicProfile(String name, AtomicLimits limits) {

  /**
   * Untorn's own: with blocks of 512 bytes up to 4 MiB in one atomic operation, in units of 4 KiB.
   */
  public static final AtomicProfile DEFAULT =
      new AtomicProfile("default", new AtomicLimits(8192, 8, 8, 8192, 128));

  /** The scsi_debug of Linux 6.11 to 6.15 with {@code atomic_wr=1}. */
  public static final AtomicProfile SCSI_DEBUG_6_11 =
      new AtomicProfile("scsi_debug-6.11", new AtomicLimits(8192, 2, 2, 8192, 128));

  /** The scsi_debug of Linux 6.16 and later with {@code atomic_wr=1}. */
  public static final AtomicProfile SCSI_DEBUG_6_16 =
      new AtomicProfile("scsi_debug-6.16", new AtomicLimits(128, 2, 2, 128, 128));

  /** WRITE ATOMIC is not supported. */
  public static final AtomicProfile NONE = new AtomicProfile("none", AtomicLimits.NONE);

  /** Every profile there is. */
  public static final List<AtomicProfile> ALL =
      List.of(DEFAULT, SCSI_DEBUG_6_11, SCSI_DEBUG_6_16, NONE);

  /** The profile of that name, if there is one. */
  public static Optional<AtomicProfile> named(String name) {
    return ALL.stream().filter(profile -> profile.name.equals(name)).findFirst();
  }
}
