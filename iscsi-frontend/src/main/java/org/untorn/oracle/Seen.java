package org.untorn.oracle;

import java.util.List;
import java.util.Optional;

/**
 * What one block was found to hold, in terms of the writes that may have put it there.
 *
 * <p>Contents of one run differ, so that there is one candidate; where a host writes the same bytes
 * twice there are several, and nothing is held against a disk that one of them would excuse.
 *
 * @param writers those that wrote exactly this to the block
 * @param before whether the block held this before all writes since the last cut
 * @param origin where the content comes from if neither
 */
record Seen(long lba, List<Issued> writers, boolean before, Optional<Origins.Origin> origin) {

  /** Whether what is there can only be of this write. */
  boolean isCertainly(Issued write) {
    return !before && writers.size() == 1 && writers.getFirst() == write;
  }

  /** Whether it can be of this write. */
  boolean mayBe(Issued write) {
    return writers.contains(write);
  }

  /** Whether all that it can be was there before a write began. */
  boolean isOlderThan(Issued write) {
    return !isForeign() && writers.stream().allMatch(writer -> writer.isBefore(write));
  }

  /** Whether it belongs here, but to a time before the last cut. */
  boolean isStale() {
    return isAlien() && origin.isPresent() && origin.get().lba() == lba;
  }

  /** Whether it was written for another block. */
  boolean isMisdirected() {
    return isAlien() && origin.isPresent() && origin.get().lba() != lba;
  }

  /** Whether nobody wrote it. */
  boolean isCorrupt() {
    return isAlien() && origin.isEmpty();
  }

  /** Whether it is no content of this block, of any time. */
  boolean isForeign() {
    return isMisdirected() || isCorrupt();
  }

  private boolean isAlien() {
    return writers.isEmpty() && !before;
  }
}
