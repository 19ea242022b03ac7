package org.untorn.conformance.fault;

/** One command of a workload; units are counted from 0 within the workload. */
sealed interface Step {

  int lun();

  /** {@code boundary} is 0, or what an atomic write may be cut at. */
  record Write(int lun, int lba, int blocks, boolean atomic, int boundary, boolean fua)
      implements Step {

    /** How many blocks are whole or absent together. */
    int unit() {
      if (!atomic) {
        return 1;
      }
      return boundary == 0 ? blocks : boundary;
    }
  }

  record Flush(int lun) implements Step {}

  record Read(int lun, int lba, int blocks) implements Step {}
}
