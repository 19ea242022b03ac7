package org.untorn.oracle;

import java.util.List;

/** A read that was answered, with its moments. */
record ReadDone(int id, long lba, List<Long> contents, int sentAt, int answeredAt) {

  boolean covers(long block) {
    return block >= lba && block < lba + contents.size();
  }

  long contentAt(long block) {
    return contents.get((int) (block - lba));
  }
}
