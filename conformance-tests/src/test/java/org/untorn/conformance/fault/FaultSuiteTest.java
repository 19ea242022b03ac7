package org.untorn.conformance.fault;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.untorn.oracle.Fate;
import org.untorn.oracle.Finding;
import org.untorn.oracle.Stamp;
import org.untorn.oracle.Verdict;
import org.untorn.testkit.Untorn;
import org.untorn.testkit.UntornExtension;

/**
 * Every class of faults under every kind of work, over the wire, with a verdict each. A power cut
 * may tear plain writes and lose what was not flushed; atomic writes are whole, what FUA or a flush
 * made stable is there, and what ended in an error has changed nothing. A disk that has a defect is
 * found out by all work that does what the disk does wrong, and by no other.
 */
@Timeout(60)
class FaultSuiteTest {

  private static final int ROUNDS = 12;

  /** Every so many rounds the judge is asked whether it has seen enough. */
  private static final int ROUNDS_AT_ONCE = 4;

  private static final int MOST_ROUNDS = 160;

  /** Of the region that the check of snapshots is tried with. */
  private static final long MIXED_SEED = 7;

  /** Of so many units, the last has type 2 protection, for commands of 32 bytes. */
  private static final int UNITS = 3;

  /** Units that are sound, then as many for each defect. */
  @RegisterExtension
  static final UntornExtension untorn = UntornExtension.breakableAs(configuration()).seeded(1);

  private static String configuration() {
    List<String> luns = new ArrayList<>();
    List<String> defects = new ArrayList<>();
    for (int i = 0; i < UNITS; i++) {
      luns.add(lun("sound-" + i, i));
    }
    for (BrokenPromise defect : BrokenPromise.values()) {
      for (int i = 0; i < UNITS; i++) {
        String volume = defect.label() + "-" + i;
        luns.add(lun(volume, i));
        defects.add(defect.label() + "@" + volume);
      }
    }
    return """
        targets:
          - name: iqn.2026-11.org.untorn:faults
            luns: [%s]
        faults: {defects: [%s]}
        """
        .formatted(String.join(", ", luns), String.join(", ", defects));
  }

  private static String lun(String volume, int unit) {
    return "{size: 1MiB, volume: %s, protection: %d}".formatted(volume, unit == UNITS - 1 ? 2 : 0);
  }

  static Stream<Arguments> faultsAndWork() {
    return Arrays.stream(Mischief.values())
        .flatMap(
            mischief -> Arrays.stream(Workload.values()).map(work -> Arguments.of(mischief, work)));
  }

  @ParameterizedTest(name = "{0}; {1}")
  @MethodSource("faultsAndWork")
  void a_sound_disk_keeps_its_promises(Mischief mischief, Workload workload) {
    Untorn disk = untorn.untorn();
    Trial trial = new Trial(disk, workload, firstOf(0, workload), disk.random());

    for (int round = 0; round < ROUNDS; round++) {
      trial.round(mischief);
    }
    trial.restoreSnapshots();

    assertThat(trial.broken()).isEmpty();
    if (mischief != Mischief.CUT_AT_REST) {
      assertThat(trial.mischiefs()).as("times that %s happened", mischief).isPositive();
    }
    assertThat(trial.verdicts().stream().mapToLong(Verdict::hits).sum())
        .as("cuts that hit a write of several blocks")
        .isPositive();
    if (workload == Workload.PLAIN) {
      assertThat(trial.verdicts().stream().mapToLong(one -> one.cutsWith(Fate.TORN)).sum())
          .as("cuts that tore a plain write: what the atomic ones were spared")
          .isPositive();
    }
  }

  @Test
  void a_snapshot_that_mixes_two_moments_is_found() {
    List<Map<Integer, Integer>> states = List.of(slots(1, 1), slots(2, 1), slots(2, 3));
    SnapshotCheck.Moment moment = new SnapshotCheck.Moment("mixed", MIXED_SEED, states);

    assertThat(states).allSatisfy(state -> assertThat(moment.violation(region(state))).isEmpty());
    assertThat(Stream.of(slots(1, 3), slots(0, 1), slots(2, 4)))
        .allSatisfy(
            state ->
                assertThat(moment.violation(region(state)).orElse("")).contains("should hold one"));

    byte[] part = region(slots(1, 1));
    System.arraycopy(region(slots(2, 1)), 0, part, 0, DiskSession.BLOCK);
    assertThat(moment.violation(part).orElse("")).contains("a part of an atomic write at 0");
  }

  /** The first slot and all others, by the number of the write that each is of. */
  private static Map<Integer, Integer> slots(int first, int others) {
    return IntStream.range(0, Workload.REGION / Workload.SLOT)
        .boxed()
        .collect(Collectors.toMap(i -> i * Workload.SLOT, i -> i == 0 ? first : others));
  }

  private static byte[] region(Map<Integer, Integer> slots) {
    byte[] region = new byte[Workload.REGION * DiskSession.BLOCK];
    int length = Workload.SLOT * DiskSession.BLOCK;
    slots.forEach(
        (lba, write) -> {
          byte[] data = Stamp.data(MIXED_SEED, write, lba, Workload.SLOT, DiskSession.BLOCK);
          System.arraycopy(data, 0, region, lba * DiskSession.BLOCK, length);
        });
    return region;
  }

  static Stream<Arguments> defectsThatShow() {
    return defects(true);
  }

  static Stream<Arguments> defectsThatDoNot() {
    return defects(false);
  }

  private static Stream<Arguments> defects(boolean shown) {
    return Arrays.stream(BrokenPromise.values())
        .flatMap(
            defect ->
                Arrays.stream(Workload.values())
                    .filter(workload -> defect.isShownBy(workload) == shown)
                    .map(workload -> Arguments.of(defect, workload)));
  }

  @ParameterizedTest(name = "{0}; {1}")
  @MethodSource("defectsThatShow")
  void a_disk_with_a_defect_is_found_out(BrokenPromise defect, Workload workload) {
    Untorn disk = untorn.untorn();
    Random random = disk.random();
    Trial trial = new Trial(disk, workload, firstLun(defect, workload), random);

    for (int round = 0; round < MOST_ROUNDS && !isFoundOut(trial, defect, workload); ) {
      for (int i = 0; i < ROUNDS_AT_ONCE; i++, round++) {
        trial.round(Mischief.anyCut(random));
      }
    }

    assertThat(trial.broken(Finding::promise)).containsAnyElementsOf(defect.promises());
    if (defect.isNamedBy(workload)) {
      assertThat(trial.suspects()).as("what it looks like").contains(defect.label());
    }
  }

  private static boolean isFoundOut(Trial trial, BrokenPromise defect, Workload workload) {
    return defect.isNamedBy(workload)
        ? trial.suspects().contains(defect.label())
        : trial.broken(Finding::promise).stream().anyMatch(defect.promises()::contains);
  }

  @ParameterizedTest(name = "{0}; {1}")
  @MethodSource("defectsThatDoNot")
  void work_that_does_not_meet_a_defect_accuses_nobody(BrokenPromise defect, Workload workload) {
    Untorn disk = untorn.untorn();
    Random random = disk.random();
    Trial trial = new Trial(disk, workload, firstLun(defect, workload), random);

    for (int round = 0; round < ROUNDS; round++) {
      trial.round(Mischief.anyCut(random));
    }

    assertThat(List.copyOf(trial.broken())).isEmpty();
    assertThat(trial.suspects()).isEmpty();
    assertThat(trial.verdicts().stream().mapToLong(Verdict::hits).sum())
        .as("cuts that hit a write of several blocks")
        .isPositive();
  }

  private static int firstLun(BrokenPromise defect, Workload workload) {
    return firstOf(UNITS * (1 + List.of(BrokenPromise.values()).indexOf(defect)), workload);
  }

  /** The first unit for a workload of those from one on. */
  private static int firstOf(int lun, Workload workload) {
    return workload.hasLongCdbs() ? lun + UNITS - 1 : lun;
  }
}
