package org.untorn.testkit;

import java.util.stream.Collectors;
import org.assertj.core.api.AbstractAssert;

/** What can be asserted of a target, since the test began. */
public final class UntornAssert extends AbstractAssert<UntornAssert, Untorn> {

  UntornAssert(Untorn actual) {
    super(actual, UntornAssert.class);
  }

  /**
   * Every promise - atomicity, durability, ordering, integrity - was kept in every power cut, of
   * which there was one at least.
   */
  public UntornAssert hasKeptItsPromises() {
    Verdict verdict = whole();
    if (verdict.cuts() == 0) {
      throw failure("Nothing is shown: the power was never cut");
    }
    if (verdict.brokenInAll() > 0) {
      throw failure("The target broke its promises:%n%s", sentences(verdict));
    }
    return this;
  }

  /** No power cut tore a write, not even a plain one, though some were at risk. */
  public UntornAssert hasNoTornWrite() {
    Verdict verdict = atRisk();
    long torn = verdict.disks().stream().mapToLong(Verdict.Disk::cutsThatTore).sum();
    if (torn > 0) {
      throw failure("%d of %d power cuts tore writes", torn, verdict.cuts());
    }
    return hasNoTornAtomicWrite();
  }

  /** No atomic write was found in part, though writes were at risk when the power was cut. */
  public UntornAssert hasNoTornAtomicWrite() {
    Verdict verdict = atRisk();
    boolean torn =
        verdict.broken().stream().anyMatch(broken -> broken.promise().equals("ATOMICITY"));
    if (torn || verdict.brokenInAll() > verdict.broken().size()) {
      throw failure("Atomic writes were torn:%n%s", sentences(verdict));
    }
    return this;
  }

  /** A power cut tore a write: what the test does to the disk is able to. */
  public UntornAssert hasTornWrite() {
    Verdict verdict = whole();
    if (verdict.disks().stream().allMatch(disk -> disk.cutsThatTore() == 0)) {
      throw failure(
          "None of %d power cuts tore a write; %d of them hit one of several blocks",
          verdict.cuts(), verdict.hits());
    }
    return this;
  }

  /** The judge says that the target has a defect: {@code flush-lies}. */
  public UntornAssert isSuspectedOf(String defect) {
    Verdict verdict = whole();
    if (!verdict.suspects().contains(defect)) {
      throw failure(
          "The target is suspected of %s and not of %s:%n%s",
          verdict.suspects(), defect, sentences(verdict));
    }
    return this;
  }

  /** Asserts something of a unit of the first target. */
  public LunAssert lun(int number) {
    return new LunAssert(actual.lun(number));
  }

  private Verdict whole() {
    isNotNull();
    Verdict verdict = actual.verdict();
    if (!verdict.whole()) {
      throw failure("The history cannot be judged: some of it is missing");
    }
    return verdict;
  }

  private Verdict atRisk() {
    Verdict verdict = whole();
    if (verdict.hits() == 0) {
      throw failure(
          "Nothing is shown: no write of several blocks was at risk in %d power cuts",
          verdict.cuts());
    }
    return verdict;
  }

  private static String sentences(Verdict verdict) {
    return verdict.broken().stream()
        .map(broken -> "  " + broken.fate() + ": " + broken.sentence())
        .collect(Collectors.joining(System.lineSeparator()));
  }
}
