package org.untorn.daemon.verdict;

import java.util.List;
import org.untorn.oracle.Diagnosis;
import org.untorn.oracle.Fate;
import org.untorn.oracle.Judge;
import org.untorn.oracle.Verdict;

/**
 * A recording and what is to be said of it.
 *
 * @param suspicions what such a disk does wrong, the likeliest first; none if it kept its promises
 */
public record Judged(Recording recording, Verdict verdict, List<Diagnosis.Suspicion> suspicions) {

  public Judged {
    suspicions = List.copyOf(suspicions);
  }

  /** Judges a recording. */
  public static Judged of(Recording recording) {
    Verdict verdict = Judge.judge(recording.history());
    return new Judged(recording, verdict, Diagnosis.of(recording.history(), verdict));
  }

  /** Judges all of them. */
  public static List<Judged> all(Evidence evidence) {
    return evidence.recordings().stream().map(Judged::of).toList();
  }

  /** How many cuts left a range with this fate. */
  public long cutsWith(Fate fate) {
    return verdict.cutsWith(fate);
  }
}
