package org.untorn.oracle;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What a history says of a disk.
 *
 * @param cuts what each power cut did, in order
 * @param readFindings what reads saw and should not have
 */
public record Verdict(List<CutVerdict> cuts, List<Finding> readFindings) {

  public Verdict {
    cuts = List.copyOf(cuts);
    readFindings = List.copyOf(readFindings);
  }

  /** Every broken promise, those that reads saw last. */
  public List<Finding> findings() {
    return Stream.concat(
            cuts.stream().flatMap(cut -> cut.findings().stream()), readFindings.stream())
        .toList();
  }

  /** Whether all promises were kept. */
  public boolean kept() {
    return readFindings.isEmpty() && cuts.stream().allMatch(cut -> cut.findings().isEmpty());
  }

  /** How many power cuts there were. */
  public long powerCuts() {
    return cuts.stream().filter(cut -> cut.number() > 0).count();
  }

  /** How many cuts found a write of more than one block at risk. */
  public long hits() {
    return cuts.stream().filter(cut -> cut.number() > 0 && cut.hit()).count();
  }

  /** How many cuts left a range with this fate. */
  public long cutsWith(Fate fate) {
    return cuts.stream().filter(cut -> cut.number() > 0 && cut.has(fate)).count();
  }

  /** How many written ranges have each fate, over all cuts. */
  public Map<Fate, Long> ranges() {
    Map<Fate, Long> count = new EnumMap<>(Fate.class);
    for (Fate fate : Fate.values()) {
      count.put(
          fate,
          cuts.stream()
              .flatMap(cut -> cut.ranges().stream())
              .filter(range -> range.fate() == fate)
              .count());
    }
    return count;
  }
}
