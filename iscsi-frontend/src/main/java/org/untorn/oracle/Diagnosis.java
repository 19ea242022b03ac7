package org.untorn.oracle;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Guesses from what a disk broke what is wrong with it.
 *
 * <p>Of the kinds of writes that all torn ones are of, it names the one that leaves out the most
 * that were at risk and stayed whole.
 */
public final class Diagnosis {

  /** How often something has to be seen before it is taken for a rule. */
  private static final int ENOUGH = 5;

  private static final int FLUSHES = 4;

  /**
   * What such a disk may do wrong.
   *
   * @param defect what {@code --defect} calls it
   * @param why what speaks for it
   */
  public record Suspicion(String defect, String why) {}

  private final Map<Integer, Operation> operations = new HashMap<>();
  private final Verdict verdict;
  private final int granularity;
  private final List<Suspicion> suspicions = new ArrayList<>();

  private Diagnosis(History history, Verdict verdict, int granularity) {
    this.verdict = verdict;
    this.granularity = granularity;
    for (Event event : history.events()) {
      if (event instanceof Event.Sent(int id, Operation operation)) {
        operations.put(id, operation);
      }
    }
  }

  /**
   * The suspicions; none if all promises were kept.
   *
   * @param granularity what the disk says that an atomic write's length is a multiple of, in blocks
   */
  public static List<Suspicion> of(History history, Verdict verdict, int granularity) {
    Diagnosis diagnosis = new Diagnosis(history, verdict, granularity);
    diagnosis.tears();
    diagnosis.losses();
    diagnosis.foreign();
    diagnosis.reads();
    return List.copyOf(diagnosis.suspicions);
  }

  private void suspect(String defect, String why) {
    suspicions.add(new Suspicion(defect, why));
  }

  private List<Finding> findings(Predicate<Finding> which) {
    return verdict.findings().stream().filter(which).toList();
  }

  /** A kind of write that a disk may tear, while it leaves others whole. */
  private record Kind(String defect, String words, Predicate<Operation.Write> torn) {}

  private void tears() {
    List<Operation.Write> torn = new ArrayList<>();
    for (Finding finding : findings(f -> f.promise() == Promise.ATOMICITY && f.cut() > 0)) {
      if (operations.get(finding.operations().getFirst()) instanceof Operation.Write write) {
        torn.add(write);
      }
    }
    if (torn.isEmpty()) {
      return;
    }
    List<Operation.Write> whole = whole();
    Kind closest = new Kind("tears-on-power-loss", "of all kinds", _ -> true);
    for (Kind kind : kinds(torn)) {
      boolean all = torn.stream().allMatch(kind.torn());
      if (all && spared(kind, whole) >= Math.max(ENOUGH, spared(closest, whole) + 1)) {
        closest = kind;
      }
    }
    long spared = spared(closest, whole);
    suspect(
        closest.defect(),
        "%d atomic writes %s were torn%s"
            .formatted(
                torn.size(),
                closest.words(),
                spared == 0 ? "" : ", and of " + spared + " others none"));
  }

  /** The kinds that leave out something, if what was torn is of them. */
  private List<Kind> kinds(List<Operation.Write> torn) {
    int shortest = torn.stream().mapToInt(Operation.Write::unit).min().orElseThrow();
    return List.of(
        new Kind(
            "forgets-granularity",
            "whose length is no multiple of the granularity",
            write -> write.blocks() % granularity != 0),
        new Kind("ignores-boundary", "with a boundary", write -> write.unit() < write.blocks()),
        new Kind(
            "atomic-only-when-aligned",
            "that begin at no multiple of their length",
            write -> write.lba() % write.blocks() != 0),
        new Kind(
            "tears-long-atomic-writes",
            "of " + shortest + " blocks or more",
            write -> write.unit() >= shortest));
  }

  /** How many writes of other kinds stayed whole. */
  private static long spared(Kind kind, List<Operation.Write> whole) {
    return whole.stream().filter(kind.torn().negate()).count();
  }

  /** The atomic writes that were at risk in a cut and are whole, there or not. */
  private List<Operation.Write> whole() {
    return verdict.cuts().stream()
        .filter(cut -> cut.number() > 0)
        .flatMap(cut -> cut.ranges().stream())
        .filter(range -> range.write().atomic() && !range.promised() && range.write().blocks() > 1)
        .filter(range -> range.fate() == Fate.NEW || range.fate() == Fate.OLD)
        .map(RangeVerdict::write)
        .toList();
  }

  private void losses() {
    List<Finding> gone =
        findings(f -> f.promise() == Promise.DURABILITY || f.promise() == Promise.ORDERING);
    List<Finding> byFlush =
        gone.stream().filter(f -> madeStableBy(f) instanceof Operation.Flush).toList();
    long byFua = gone.stream().filter(f -> madeStableBy(f) instanceof Operation.Write).count();
    if (!byFlush.isEmpty()) {
      boolean outlived = byFlush.stream().anyMatch(f -> f.fate() == Fate.REORDERED);
      if (outlived && onlyEveryOther(byFlush)) {
        suspect(
            "reorders-across-flushes",
            "%d writes that every other flush had made stable are gone, and later ones are there"
                .formatted(byFlush.size()));
      } else {
        suspect(
            "flush-lies",
            "%d writes that a flush had made stable are gone".formatted(byFlush.size()));
      }
    }
    if (byFua > 0) {
      suspect(
          "fua-lies", "%d writes with FUA are gone, though they were answered".formatted(byFua));
    }
    long others = gone.size() - byFlush.size() - byFua;
    if (others > 0) {
      suspect("forgets", "%d ranges that were there for sure are gone".formatted(others));
    }
  }

  /** Whether all flushes that did not hold are odd, or all are even, and there are enough. */
  private boolean onlyEveryOther(List<Finding> byFlush) {
    List<Integer> flushes =
        operations.entrySet().stream()
            .filter(entry -> entry.getValue() instanceof Operation.Flush)
            .map(Map.Entry::getKey)
            .sorted()
            .toList();
    List<Integer> broken =
        byFlush.stream()
            .map(finding -> Collections.binarySearch(flushes, finding.operations().get(1)))
            .distinct()
            .toList();
    return broken.size() >= FLUSHES
        && broken.stream().map(place -> place % 2).distinct().count() == 1;
  }

  private Operation madeStableBy(Finding finding) {
    int by = finding.operations().size() > 1 ? finding.operations().get(1) : 0;
    return operations.getOrDefault(by, new Operation.Read(0, 0));
  }

  private void foreign() {
    long corrupt = findings(f -> f.fate() == Fate.CORRUPT).size();
    if (corrupt > 0) {
      suspect("corrupts-silently", "%d blocks hold what nobody wrote".formatted(corrupt));
    }
    long misdirected = findings(f -> f.fate() == Fate.MISDIRECTED).size();
    if (misdirected > 0) {
      suspect(
          "misdirects", "%d blocks hold what was written for other ones".formatted(misdirected));
    }
  }

  private void reads() {
    long halves = findings(f -> f.promise() == Promise.ATOMICITY && f.cut() == 0).size();
    if (halves > 0) {
      suspect("shows halves", "%d reads saw an atomic write in part".formatted(halves));
    }
    long stale = findings(f -> f.promise() == Promise.LINEARISABILITY).size();
    if (stale > 0) {
      suspect("shows old data", "%d reads saw what had been overwritten".formatted(stale));
    }
  }
}
