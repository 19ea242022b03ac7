package org.untorn.oracle;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Blocks of a picture that hold what nobody wrote there. */
final class ForeignBlocks {

  private final List<Finding> findings = new ArrayList<>();
  private final Map<Integer, Long> misdirected = new HashMap<>();

  ForeignBlocks(int cut, Picture picture) {
    for (Seen seen : picture.blocks()) {
      if (seen.isCorrupt()) {
        findings.add(corrupt(cut, seen, picture.covering(seen.lba())));
      } else if (seen.isMisdirected()) {
        Origins.Origin origin = seen.origin().orElseThrow();
        misdirected.put(origin.id(), seen.lba());
        findings.add(misdirected(cut, seen, origin));
      }
    }
  }

  List<Finding> findings() {
    return findings;
  }

  /** The numbers of the writes whose data is elsewhere, and where. */
  Map<Integer, Long> misdirected() {
    return misdirected;
  }

  private static Finding corrupt(int cut, Seen seen, List<Issued> covering) {
    return new Finding(
        Promise.INTEGRITY,
        Fate.CORRUPT,
        cut,
        seen.lba(),
        1,
        covering.isEmpty() ? List.of(0) : List.of(covering.getLast().id()),
        "block %d holds what nobody wrote%s"
            .formatted(
                seen.lba(),
                covering.isEmpty() ? "" : "; write " + covering.getLast() + " was there last"));
  }

  private static Finding misdirected(int cut, Seen seen, Origins.Origin origin) {
    return new Finding(
        Promise.INTEGRITY,
        Fate.MISDIRECTED,
        cut,
        seen.lba(),
        1,
        List.of(origin.id()),
        "block %d holds what %s put into block %d"
            .formatted(
                seen.lba(),
                origin.id() == 0 ? "was there from the beginning" : "write " + origin.id(),
                origin.lba()));
  }
}
