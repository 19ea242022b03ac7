package org.untorn.daemon.verdict;

import java.util.List;
import org.untorn.oracle.Diagnosis;
import org.untorn.oracle.Fate;
import org.untorn.oracle.Judge;
import org.untorn.oracle.Verdict;

/**
 * A recording and what is to be said of it.
 *
 * @param suspicions what such a disk does wrong; none if it kept its promises
 */
public record Judged(Recording recording, Verdict verdict, List<Diagnosis.Suspicion> suspicions) {

  public Judged {
    suspicions = List.copyOf(suspicions);
  }

  /**
   * Judges a recording.
   *
   * @param granularity of the disk's atomic writes, in blocks
   */
  public static Judged of(Recording recording, int granularity) {
    Verdict verdict = Judge.judge(recording.history());
    return new Judged(recording, verdict, Diagnosis.of(recording.history(), verdict, granularity));
  }

  /** Judges all of them. */
  public static List<Judged> all(Evidence evidence) {
    String said = evidence.facts().getOrDefault(Evidence.GRANULARITY, "1");
    int granularity = said.matches("[1-9]\\d{0,8}") ? Integer.parseInt(said) : 1;
    return evidence.recordings().stream().map(one -> of(one, granularity)).toList();
  }

  /** How many cuts left a range with this fate. */
  public long cutsWith(Fate fate) {
    return verdict.cutsWith(fate);
  }
}
