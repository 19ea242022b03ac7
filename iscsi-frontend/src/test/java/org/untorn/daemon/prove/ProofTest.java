package org.untorn.daemon.prove;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.untorn.daemon.verdict.Evidence;
import org.untorn.daemon.verdict.EvidenceFile;
import org.untorn.daemon.verdict.Judged;
import org.untorn.daemon.verdict.Recording;
import org.untorn.oracle.History;
import org.untorn.oracle.Operation;
import org.untorn.vpd.AtomicProfile;

/** What two runs have to show before they prove something. */
class ProofTest {

  /** What a cut does to a write of two blocks. */
  private enum Cut {
    BEHIND_A_FLUSH,
    WHOLE,
    TORN
  }

  private static Judged run(boolean atomic, Cut... cuts) {
    History.Recorder recorder = new History.Recorder();
    recorder.found(0, List.of(0L, 0L));
    long content = 1;
    long second = 0;
    for (Cut cut : cuts) {
      List<Long> contents = List.of(content, content + 1);
      int unit = atomic ? 2 : 1;
      recorder.answered(recorder.sent(new Operation.Write(0, contents, atomic, unit, false)));
      if (cut == Cut.BEHIND_A_FLUSH) {
        recorder.answered(recorder.sent(new Operation.Flush()));
      }
      second = cut == Cut.TORN ? second : content + 1;
      recorder.cut();
      recorder.found(0, List.of(content, second));
      content += 2;
    }
    return Judged.of(new Recording("a run", 512, OptionalLong.empty(), recorder.history()), 1);
  }

  private static Proof proof(Judged plain, Judged atomic, Judged... snapshots) throws IOException {
    return new Proof(
        new Experiment(1, 1, 512, AtomicProfile.DEFAULT.limits(), 1, false),
        plain,
        atomic,
        List.of(snapshots),
        EvidenceFile.text(new Evidence(Map.of(), List.of(plain.recording()))),
        0);
  }

  @Test
  void cuts_that_tear_plain_writes_and_no_atomic_one_prove_it() throws IOException {
    Proof proof = proof(run(false, Cut.TORN, Cut.WHOLE), run(true, Cut.WHOLE));
    assertThat(proof.holds()).isTrue();
    assertThat(proof.conclusion())
        .isEqualTo(
            "Plain writes were torn by 1 of the 2 cuts that hit one (50 %), atomic writes by 0 of 1."
                + " Every promise was kept.");
  }

  @Test
  void runs_without_a_cut_that_hits_a_write_prove_nothing() throws IOException {
    Judged missed = run(true, Cut.BEHIND_A_FLUSH, Cut.BEHIND_A_FLUSH);
    assertThat(missed.verdict().kept()).isTrue();
    assertThat(proof(run(false, Cut.TORN), missed).holds()).isFalse();
    assertThat(proof(run(false, Cut.BEHIND_A_FLUSH), run(true, Cut.WHOLE)).holds()).isFalse();
    assertThat(proof(run(false, Cut.TORN), missed).conclusion())
        .endsWith("Cuts that tear next to nothing prove nothing.");
  }

  @Test
  void plain_writes_that_hardly_ever_tear_prove_nothing() throws IOException {
    Cut[] cuts = new Cut[11];
    Arrays.fill(cuts, Cut.WHOLE);
    cuts[3] = Cut.TORN;
    assertThat(proof(run(false, cuts), run(true, Cut.WHOLE)).holds()).isFalse();
    cuts[5] = Cut.TORN;
    assertThat(proof(run(false, cuts), run(true, Cut.WHOLE)).holds()).isTrue();
  }

  @Test
  void a_torn_atomic_write_or_a_broken_snapshot_proves_the_opposite() throws IOException {
    Judged torn = run(true, Cut.TORN);
    Judged plain = run(false, Cut.TORN);
    assertThat(proof(plain, torn).kept()).isFalse();
    assertThat(proof(plain, run(true, Cut.WHOLE), torn).kept()).isFalse();
    assertThat(proof(plain, torn).conclusion()).endsWith("The disk broke its promises.");
  }
}
