package org.untorn.daemon.prove;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.untorn.daemon.verdict.Evidence;
import org.untorn.daemon.verdict.EvidenceFile;
import org.untorn.daemon.verdict.Judged;
import org.untorn.daemon.verdict.Recording;
import org.untorn.oracle.CutVerdict;
import org.untorn.oracle.Fate;
import org.untorn.vpd.AtomicLimits;

/**
 * An experiment that was carried out: the same with plain and with atomic writes.
 *
 * @param snapshots what became of those that were taken meanwhile
 * @param seconds how long it took
 */
public record Proof(
    Experiment experiment,
    Judged plain,
    Judged atomic,
    List<Judged> snapshots,
    EvidenceFile.Text evidence,
    long seconds) {

  /** Of how many cuts that hit a plain write one at least has to tear it, to show something. */
  private static final int TORN_OF = 10;

  private static final String UNITS = "units";
  private static final String SNAPSHOTS = "snapshots under load";

  public Proof {
    snapshots = List.copyOf(snapshots);
  }

  /** Carries an experiment out. */
  public static Proof of(
      Experiment experiment, Rig.Builder bench, Map<String, String> facts, Run.Progress progress)
      throws IOException {
    long begun = System.nanoTime();
    List<Recording> plain = run(experiment, false, bench, progress);
    List<Recording> atomic =
        run(experiment, true, bench, done -> progress.done(experiment.cuts() + done));
    EvidenceFile.Text evidence =
        EvidenceFile.text(
            new Evidence(
                facts(experiment, facts), Stream.concat(plain.stream(), atomic.stream()).toList()));
    return new Proof(
        experiment,
        Judged.of(plain.getFirst(), experiment.granularity()),
        Judged.of(atomic.getFirst(), experiment.granularity()),
        Stream.concat(plain.stream().skip(1), atomic.stream().skip(1))
            .map(recording -> Judged.of(recording, 1))
            .toList(),
        evidence,
        (System.nanoTime() - begun) / 1_000_000_000);
  }

  private static List<Recording> run(
      Experiment experiment, boolean atomic, Rig.Builder bench, Run.Progress progress)
      throws IOException {
    try (Rig rig = bench.build()) {
      return Run.of(experiment, atomic, rig, progress);
    }
  }

  private static Map<String, String> facts(Experiment experiment, Map<String, String> others) {
    AtomicLimits limits = experiment.limits();
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("seed", Long.toString(experiment.seed()));
    facts.put("cuts", Integer.toString(experiment.cuts()));
    facts.put("block length", Integer.toString(experiment.blockLength()));
    facts.put("atomic max", Long.toString(limits.maximumTransferLength()));
    facts.put("atomic alignment", Long.toString(limits.alignment()));
    facts.put(Evidence.GRANULARITY, Long.toString(limits.granularity()));
    facts.put(
        "atomic max with boundary", Long.toString(limits.maximumTransferLengthWithBoundary()));
    facts.put("atomic boundary max", Long.toString(limits.maximumBoundarySize()));
    if (experiment.units() > 1) {
      facts.put(UNITS, Integer.toString(experiment.units()));
    }
    if (experiment.snapshots()) {
      facts.put(SNAPSHOTS, "true");
    }
    facts.putAll(others);
    return facts;
  }

  /** The experiment that evidence is of. */
  public static Experiment experimentOf(Evidence evidence) {
    return new Experiment(
        number(evidence, "seed"),
        Math.toIntExact(number(evidence, "cuts")),
        Math.toIntExact(number(evidence, "block length")),
        new AtomicLimits(
            number(evidence, "atomic max"),
            number(evidence, "atomic alignment"),
            number(evidence, Evidence.GRANULARITY),
            number(evidence, "atomic max with boundary"),
            number(evidence, "atomic boundary max")),
        evidence.facts().containsKey(UNITS) ? Math.toIntExact(number(evidence, UNITS)) : 1,
        evidence.facts().containsKey(SNAPSHOTS));
  }

  private static long number(Evidence evidence, String fact) {
    String text = evidence.facts().getOrDefault(fact, "");
    if (!text.matches("-?\\d{1,19}")) {
      throw new IllegalArgumentException("it is not of a proof: it does not say its " + fact);
    }
    return Long.parseLong(text);
  }

  /** Both runs, and the snapshots of each. */
  public List<Judged> runs() {
    return Stream.concat(Stream.of(plain, atomic), snapshots.stream()).toList();
  }

  /** Whether the disk kept every promise. */
  public boolean kept() {
    return runs().stream().allMatch(run -> run.verdict().kept());
  }

  /**
   * Whether cuts hit writes of both kinds, and tore plain ones often enough for whole atomic ones
   * to mean something.
   */
  public boolean tells() {
    return plain.verdict().hits() > 0
        && atomic.verdict().hits() > 0
        && plain.cutsWith(Fate.TORN) * TORN_OF >= plain.verdict().hits();
  }

  /** Whether it shows what it is to show. */
  public boolean holds() {
    return kept() && tells();
  }

  /** What it shows, in a sentence or two. */
  public String conclusion() {
    long hits = plain.verdict().hits();
    long torn = plain.cutsWith(Fate.TORN);
    String shown =
        "Plain writes were torn by %d of the %d cuts that hit one (%d %%), atomic writes by %d of %d."
            .formatted(
                torn,
                hits,
                hits == 0 ? 0 : torn * 100 / hits,
                atomic.verdict().cuts().stream().filter(Proof::tornAtomically).count(),
                atomic.verdict().hits());
    if (!kept()) {
      return shown + " The disk broke its promises.";
    }
    return tells()
        ? shown + " Every promise was kept."
        : shown + " Cuts that tear next to nothing prove nothing.";
  }

  private static boolean tornAtomically(CutVerdict cut) {
    return cut.findings().stream().anyMatch(finding -> finding.fate() == Fate.TORN);
  }
}
