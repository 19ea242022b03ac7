package org.untorn.oracle;

import java.util.List;

/**
 * What one power cut did.
 *
 * @param number from 1 on; 0 for what was found without a cut
 * @param ranges each write since the cut before, in the order they were sent
 * @param findings what was promised and not kept
 */
public record CutVerdict(int number, List<RangeVerdict> ranges, List<Finding> findings) {

  public CutVerdict {
    ranges = List.copyOf(ranges);
    findings = List.copyOf(findings);
  }

  /** Whether a write of more than one block was at risk: sent and not yet stable. */
  public boolean hit() {
    return ranges.stream().anyMatch(range -> !range.promised() && range.write().blocks() > 1);
  }

  /** Whether a range has this fate. */
  public boolean has(Fate fate) {
    return ranges.stream().anyMatch(range -> range.fate() == fate);
  }
}
