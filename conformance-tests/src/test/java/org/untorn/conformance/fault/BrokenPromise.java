package org.untorn.conformance.fault;

import java.util.Set;
import org.untorn.oracle.Promise;

/** The defects of a disk: what each breaks, and which work shows it. */
enum BrokenPromise {
  TEARS_LONG_ATOMIC_WRITES("tears-long-atomic-writes"),
  ATOMIC_ONLY_WHEN_ALIGNED("atomic-only-when-aligned"),
  IGNORES_BOUNDARY("ignores-boundary"),
  FUA_LIES("fua-lies"),
  FLUSH_LIES("flush-lies"),
  REORDERS_ACROSS_FLUSHES("reorders-across-flushes"),
  TEARS_ON_POWER_LOSS("tears-on-power-loss"),
  FORGETS_GRANULARITY("forgets-granularity"),
  CORRUPTS_SILENTLY("corrupts-silently");

  private final String label;

  BrokenPromise(String label) {
    this.label = label;
  }

  /** As {@code --defect} has it. */
  String label() {
    return label;
  }

  /** One of these is found broken. */
  Set<Promise> promises() {
    return switch (this) {
      case TEARS_LONG_ATOMIC_WRITES,
          ATOMIC_ONLY_WHEN_ALIGNED,
          IGNORES_BOUNDARY,
          TEARS_ON_POWER_LOSS,
          FORGETS_GRANULARITY ->
          Set.of(Promise.ATOMICITY);
      case FUA_LIES, FLUSH_LIES, REORDERS_ACROSS_FLUSHES ->
          Set.of(Promise.DURABILITY, Promise.ORDERING);
      case CORRUPTS_SILENTLY -> Set.of(Promise.INTEGRITY);
    };
  }

  /** Whether a workload does what such a disk does wrong. */
  boolean isShownBy(Workload workload) {
    return switch (this) {
      case TEARS_LONG_ATOMIC_WRITES, TEARS_ON_POWER_LOSS -> workload.writesAtomically();
      case ATOMIC_ONLY_WHEN_ALIGNED -> workload.writesAnywhere();
      case FORGETS_GRANULARITY -> workload.writesAnywhere() && workload != Workload.WITH_BOUNDARY;
      case IGNORES_BOUNDARY -> workload == Workload.WITH_BOUNDARY;
      case FUA_LIES, FLUSH_LIES, REORDERS_ACROSS_FLUSHES, CORRUPTS_SILENTLY -> true;
    };
  }

  /**
   * Whether the judge names it, and does not only see it. Of an atomic write with a boundary it
   * looks at the place of the whole, such a disk at that of each part.
   */
  boolean isNamedBy(Workload workload) {
    boolean partsAreAligned =
        this == ATOMIC_ONLY_WHEN_ALIGNED && workload == Workload.WITH_BOUNDARY;
    return workload.tellsDefectsApart() && !partsAreAligned;
  }

  @Override
  public String toString() {
    return label;
  }
}
