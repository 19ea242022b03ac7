package org.untorn.testkit;

import java.util.stream.Collectors;
import org.assertj.core.api.AbstractAssert;

/** What can be asserted of a target, since the test began. */
public final class UntornAssert extends AbstractAssert<UntornAssert, Untorn> {

  UntornAssert(Untorn actual) {
    super(actual, UntornAssert.class);
  }

  /** Every promise - atomicity, durability, ordering, integrity - was kept in every power cut. */
  public UntornAssert hasKeptItsPromises() {
    Verdict verdict = whole();
    if (!verdict.broken().isEmpty()) {
      throw failure("The target broke its promises:%n%s", sentences(verdict));
    }
    return this;
  }

  /** No power cut tore a write, not even a plain one. */
  public UntornAssert hasNoTornWrite() {
    Verdict verdict = whole();
    long torn = verdict.disks().stream().mapToLong(Verdict.Disk::cutsThatTore).sum();
    if (torn > 0) {
      throw failure("%d of %d power cuts tore writes", torn, cuts(verdict));
    }
    return hasNoTornAtomicWrite();
  }

  /** No atomic write was found in part. */
  public UntornAssert hasNoTornAtomicWrite() {
    Verdict verdict = whole();
    boolean torn =
        verdict.broken().stream().anyMatch(broken -> broken.promise().equals("ATOMICITY"));
    if (torn) {
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
          cuts(verdict), verdict.disks().stream().mapToLong(Verdict.Disk::hits).sum());
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
      throw failure("The history is too long to be judged: some of it is missing");
    }
    return verdict;
  }

  private static long cuts(Verdict verdict) {
    return verdict.disks().stream().mapToLong(Verdict.Disk::cuts).max().orElse(0);
  }

  private static String sentences(Verdict verdict) {
    return verdict.broken().stream()
        .map(broken -> "  " + broken.fate() + ": " + broken.sentence())
        .collect(Collectors.joining(System.lineSeparator()));
  }
}
