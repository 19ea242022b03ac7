package org.untorn.daemon.prove;

/** What the workload does next; ranges in blocks. */
sealed interface Step {

  /**
   * Writes, plainly or atomically, as the run has it.
   *
   * @param boundary the ATOMIC BOUNDARY of an atomic write; 0: one operation
   */
  record Write(long lba, int blocks, int boundary, boolean fua) implements Step {

    /** How many blocks at a time an atomic run promises to be whole. */
    int unit() {
      return boundary == 0 ? blocks : Math.min(boundary, blocks);
    }

    /** Of how many changes of the store it consists. */
    int changes(boolean atomic) {
      return atomic ? (blocks - 1) / unit() + 1 : 1;
    }
  }

  /** SYNCHRONIZE CACHE of everything. */
  record Flush() implements Step {}

  /** Takes a snapshot of a unit. */
  record Snapshot(int unit) implements Step {}

  /** Reads what was written. */
  record Read(long lba, int blocks) implements Step {}
}
