package org.untorn.conformance.fault;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** What is asked of a disk while it fails. */
enum Workload {
  PLAIN("plain writes", 1, 1),
  ATOMIC("atomic writes", 1, 1),
  WITH_BOUNDARY("atomic writes with a boundary", 1, 1),
  SEVERAL_LUNS("two units", 2, 1),
  SEVERAL_SESSIONS("three sessions", 1, 3),
  SNAPSHOTS("snapshots under load", 1, 1),
  LONG_CDBS("CDBs of 32 bytes", 1, 1);

  /** So many blocks from 0 on are written to. */
  static final int REGION = 256;

  /** What {@link #SNAPSHOTS} writes, always as a whole. */
  static final int SLOT = 16;

  private static final int GRANULARITY = 8;
  private static final int LONGEST = 64;

  private final String words;
  private final int luns;
  private final int sessions;

  Workload(String words, int luns, int sessions) {
    this.words = words;
    this.luns = luns;
    this.sessions = sessions;
  }

  int luns() {
    return luns;
  }

  int sessions() {
    return sessions;
  }

  /**
   * Whether it writes and reads by commands of 32 bytes, WRITE ATOMIC(32) among them, which only a
   * unit with type 2 protection has.
   */
  boolean hasLongCdbs() {
    return this == LONG_CDBS;
  }

  /** Whether some of its writes are atomic. */
  boolean writesAtomically() {
    return this != PLAIN;
  }

  /** Whether its atomic writes are of all lengths and at all places that the limits allow. */
  boolean writesAnywhere() {
    return this != PLAIN && this != SNAPSHOTS;
  }

  /** Whether the defect of a disk is named, and not only seen: one thing is done at a time. */
  boolean tellsDefectsApart() {
    return sessions == 1 && this != SNAPSHOTS;
  }

  /** What one session does in a round. */
  List<Step> steps(Random random) {
    List<Step> steps = new ArrayList<>();
    int count = 4 + random.nextInt(5);
    for (int i = 0; i < count; i++) {
      int lun = random.nextInt(luns);
      double kind = i == 0 ? 0 : random.nextDouble();
      if (kind < 0.7) {
        steps.add(this == SNAPSHOTS ? slot(lun, random) : write(lun, random));
      } else if (kind < 0.92) {
        steps.add(new Step.Flush(lun));
      } else {
        steps.add(new Step.Read(lun, random.nextInt(REGION - LONGEST + 1), LONGEST));
      }
    }
    return steps;
  }

  private static Step slot(int lun, Random random) {
    int lba = SLOT * random.nextInt(REGION / SLOT);
    return new Step.Write(lun, lba, SLOT, true, 0, random.nextInt(5) == 0);
  }

  private Step write(int lun, Random random) {
    boolean atomic =
        switch (this) {
          case PLAIN -> false;
          case ATOMIC, WITH_BOUNDARY, SNAPSHOTS -> true;
          case SEVERAL_LUNS, SEVERAL_SESSIONS, LONG_CDBS -> random.nextInt(3) > 0;
        };
    // Short ones are as frequent as long ones.
    int magnitude = random.nextInt(4);
    int granules =
        Math.min(LONGEST / GRANULARITY, (1 << magnitude) + random.nextInt(1 << magnitude));
    boolean natural = random.nextInt(3) == 0;
    int blocks = (natural ? Integer.highestOneBit(granules) : granules) * GRANULARITY;
    int place = natural ? blocks : GRANULARITY;
    int lba = place * random.nextInt((REGION - blocks) / place + 1);
    boolean unruly = atomic && this != WITH_BOUNDARY && random.nextInt(10) == 0;
    int boundary =
        this == WITH_BOUNDARY && blocks > GRANULARITY && random.nextBoolean()
            ? GRANULARITY * (1 + random.nextInt(blocks / GRANULARITY - 1))
            : 0;
    // One with a boundary is several changes, whose ends with FUA race with a cut inside.
    boolean fua = boundary == 0 && random.nextInt(5) == 0;
    int length = unruly ? blocks - 1 - random.nextInt(GRANULARITY - 1) : blocks;
    return new Step.Write(lun, lba, length, atomic, boundary, fua);
  }

  @Override
  public String toString() {
    return words;
  }
}
