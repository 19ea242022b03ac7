package org.untorn.daemon.verdict;

import java.util.List;
import org.untorn.oracle.Diagnosis;
import org.untorn.oracle.Fate;
import org.untorn.oracle.Finding;

/** A verdict for people, as lines. */
public final class VerdictText {

  /** So many findings are told; all of them are counted. */
  private static final int MOST_FINDINGS = 10;

  private static final List<Fate> COLUMNS =
      List.of(Fate.TORN, Fate.LOST, Fate.REORDERED, Fate.MISDIRECTED, Fate.CORRUPT);

  private VerdictText() {}

  /**
   * Tables and findings.
   *
   * <pre>
   *                  cuts  that hit a write  torn  lost  reordered  misdirected  corrupt  promises broken
   *   plain writes   1000               987   803     0          0            0        0                0
   *   atomic writes  1000               987     0     0          0            0        0                0
   * </pre>
   */
  public static String of(List<Judged> all) {
    StringBuilder text = new StringBuilder();
    int width = all.stream().mapToInt(one -> one.recording().name().length()).max().orElse(0);
    text.append(" ".repeat(width)).append("   cuts  that hit a write");
    COLUMNS.forEach(fate -> text.append("  ").append(fate));
    text.append("  promises broken\n");
    for (Judged one : all) {
      text.append(("%-" + width + "s").formatted(one.recording().name()))
          .append("%7d%19d".formatted(one.verdict().powerCuts(), one.verdict().hits()));
      for (Fate fate : COLUMNS) {
        text.append(("%" + (fate.toString().length() + 2) + "d").formatted(one.cutsWith(fate)));
      }
      text.append("%17d%n".formatted(one.verdict().findings().size()));
    }
    all.forEach(one -> findings(text, one));
    return text.toString();
  }

  private static void findings(StringBuilder text, Judged one) {
    List<Finding> findings = one.verdict().findings();
    if (findings.isEmpty()) {
      return;
    }
    text.append('\n').append(one.recording().name()).append(":\n");
    for (Diagnosis.Suspicion suspicion : one.suspicions()) {
      text.append(
          "  this looks like the defect %s: %s%n".formatted(suspicion.defect(), suspicion.why()));
    }
    for (Finding finding : findings.subList(0, Math.min(MOST_FINDINGS, findings.size()))) {
      text.append("  %s: %s: %s%n".formatted(where(finding), finding.fate(), finding.sentence()));
    }
    if (findings.size() > MOST_FINDINGS) {
      text.append("  and %d more%n".formatted(findings.size() - MOST_FINDINGS));
    }
  }

  /** Behind which cut. */
  static String where(Finding finding) {
    return finding.cut() == 0 ? "while it ran" : "cut " + finding.cut();
  }
}
