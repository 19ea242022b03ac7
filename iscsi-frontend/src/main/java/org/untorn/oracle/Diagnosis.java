package org.untorn.oracle;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Guesses from what a disk broke what is wrong with it.
 *
 * <p>A guess that says more ("only above 16 blocks") is made where the writes that it excuses were
 * at risk often enough, and stayed whole.
 */
public final class Diagnosis {

  /** How many writes have to have stayed whole, before their kind is taken for safe. */
  private static final int ENOUGH = 5;

  /**
   * What such a disk may do wrong.
   *
   * @param defect its name
   * @param why what speaks for it
   */
  public record Suspicion(String defect, String why) {}

  private final Map<Integer, Operation> operations = new HashMap<>();
  private final Verdict verdict;
  private final List<Suspicion> suspicions = new ArrayList<>();

  private Diagnosis(History history, Verdict verdict) {
    this.verdict = verdict;
    for (Event event : history.events()) {
      if (event instanceof Event.Sent(int id, Operation operation)) {
        operations.put(id, operation);
      }
    }
  }

  /** The suspicions, the most telling first; none if all promises were kept. */
  public static List<Suspicion> of(History history, Verdict verdict) {
    Diagnosis diagnosis = new Diagnosis(history, verdict);
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
    int shortest = torn.stream().mapToInt(Operation.Write::unit).min().orElseThrow();
    long shorter = whole.stream().filter(write -> write.unit() < shortest).count();
    long aligned = whole.stream().filter(Diagnosis::isAligned).count();
    long single = whole.stream().filter(write -> write.unit() == write.blocks()).count();
    if (torn.stream().allMatch(write -> write.unit() < write.blocks()) && single >= ENOUGH) {
      suspect(
          "ignores the boundary",
          "%d atomic writes with a boundary were torn inside it, and of %d without none"
              .formatted(torn.size(), single));
    } else if (torn.stream().noneMatch(Diagnosis::isAligned) && aligned >= ENOUGH) {
      suspect(
          "is atomic only when aligned",
          ("%d atomic writes were torn, none of them at a multiple of its length; %d that were"
                  + " stayed whole")
              .formatted(torn.size(), aligned));
    } else if (shorter >= ENOUGH) {
      suspect(
          "tears atomic writes above a size",
          "%d atomic writes of %d blocks or more were torn, and of %d shorter ones none"
              .formatted(torn.size(), shortest, shorter));
    } else {
      suspect(
          "tears atomic writes on power loss",
          "%d atomic writes of all kinds were torn by power cuts".formatted(torn.size()));
    }
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

  private static boolean isAligned(Operation.Write write) {
    return write.lba() % write.blocks() == 0;
  }

  private void losses() {
    List<Finding> gone =
        findings(f -> f.promise() == Promise.DURABILITY || f.promise() == Promise.ORDERING);
    List<Finding> byFlush =
        gone.stream().filter(f -> madeStableBy(f) instanceof Operation.Flush).toList();
    long byFua = gone.stream().filter(f -> madeStableBy(f) instanceof Operation.Write).count();
    long outlived = byFlush.stream().filter(f -> f.fate() == Fate.REORDERED).count();
    if (!byFlush.isEmpty() && outlived == byFlush.size()) {
      suspect(
          "reorders across flushes",
          "%d writes that a flush had made stable are gone, and each time later ones are there"
              .formatted(outlived));
    } else if (!byFlush.isEmpty()) {
      suspect(
          "lies about flush",
          "%d writes that a flush had made stable are gone".formatted(byFlush.size()));
    }
    if (byFua > 0) {
      suspect(
          "lies about FUA",
          "%d writes with FUA are gone, though they were answered".formatted(byFua));
    }
    long others = gone.size() - byFlush.size() - byFua;
    if (others > 0) {
      suspect("forgets", "%d ranges that were there for sure are gone".formatted(others));
    }
  }

  private Operation madeStableBy(Finding finding) {
    int by = finding.operations().size() > 1 ? finding.operations().get(1) : 0;
    return operations.getOrDefault(by, new Operation.Read(0, 0));
  }

  private void foreign() {
    long corrupt = findings(f -> f.fate() == Fate.CORRUPT).size();
    if (corrupt > 0) {
      suspect("silently corrupts", "%d blocks hold what nobody wrote".formatted(corrupt));
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
