package org.untorn.oracle;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Looks for units of a write of which some is there, and elsewhere what was there before it. */
final class Tears {

  /**
   * A torn unit.
   *
   * @param shownAt a block that holds the write
   * @param missingAt the first block that holds something older
   * @param missing how many do
   */
  record Tear(Contradictions.Unit unit, long shownAt, long missingAt, int missing) {}

  private Tears() {}

  /** The torn units of one write. */
  static List<Tear> of(Issued issued, Picture picture) {
    Operation.Write write = issued.write();
    if (write.unit() == 1) {
      return List.of();
    }
    List<Tear> tears = new ArrayList<>();
    for (long from = write.lba(); from < write.end(); from += write.unit()) {
      long end = Math.min(write.end(), from + write.unit());
      tear(issued, from, end, picture).ifPresent(tears::add);
    }
    return tears;
  }

  private static Optional<Tear> tear(Issued issued, long from, long end, Picture picture) {
    List<Long> shown = new ArrayList<>();
    List<Long> missing = new ArrayList<>();
    for (Seen seen : picture.blocks(from, end)) {
      if (seen.isCertainly(issued)) {
        shown.add(seen.lba());
      } else if (seen.isOlderThan(issued)) {
        missing.add(seen.lba());
      }
    }
    return shown.isEmpty() || missing.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Tear(
                new Contradictions.Unit(issued, issued.write().unitAt(from)),
                shown.getFirst(),
                missing.getFirst(),
                missing.size()));
  }
}
