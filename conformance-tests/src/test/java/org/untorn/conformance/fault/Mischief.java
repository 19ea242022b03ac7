package org.untorn.conformance.fault;

import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.untorn.testkit.Fault;
import org.untorn.testkit.Power;
import org.untorn.testkit.Untorn;

/** What is done to a disk during a round; each round ends with a power cut in any case. */
enum Mischief {
  CUT_AT_REST("power cut when all is answered"),
  CUT_IN_A_WRITE("power cut at block k of write n"),
  CUT_AT_A_FLUSH("power cut at a flush"),
  MEDIUM_ERRORS("errors of the medium"),
  WIRE_FAULTS("connections that break");

  private static final int LONGEST = 64;

  private final String words;

  Mischief(String words) {
    this.words = words;
  }

  /** One of those that do nothing but cut the power. */
  static Mischief anyCut(Random random) {
    return List.of(CUT_AT_REST, CUT_IN_A_WRITE, CUT_AT_A_FLUSH).get(random.nextInt(3));
  }

  /** What is planned for a round: a cut at a moment, or what rules do. */
  record Plan(Optional<String> moment, List<Long> rules) {

    private static Plan cut(Untorn disk, String moment) {
      disk.power().cutAt(moment);
      return new Plan(Optional.of(moment), List.of());
    }

    private static Plan rules(Untorn disk, Fault... faults) {
      return new Plan(Optional.empty(), Stream.of(faults).map(disk.faults()::add).toList());
    }

    /**
     * How often it has happened: the last cut is the one that was planned, the rules have acted.
     */
    private long happened(Untorn disk) {
      List<Power.Cut> cuts = disk.power().cuts();
      boolean isCut = !cuts.isEmpty() && moment.equals(Optional.of(cuts.getLast().at()));
      return (isCut ? 1 : 0) + rules.stream().mapToLong(disk.faults()::fired).sum();
    }
  }

  /** Plans it for the round that begins. */
  Plan begin(Untorn disk, Random random) {
    return switch (this) {
      case CUT_AT_REST -> new Plan(Optional.empty(), List.of());
      case CUT_IN_A_WRITE ->
          Plan.cut(
              disk,
              "write %d block %d".formatted(1 + random.nextInt(5), random.nextInt(LONGEST + 1)));
      case CUT_AT_A_FLUSH -> Plan.cut(disk, "flush " + (1 + random.nextInt(2)));
      case MEDIUM_ERRORS ->
          Plan.rules(
              disk,
              Fault.on("read").chance(0.2).does("read-error"),
              Fault.on("write", "write-atomic").chance(0.2).does("write-error"));
      case WIRE_FAULTS ->
          Plan.rules(
              disk,
              Fault.onPdu("scsi-command").chance(0.05).does("reset-connection"),
              Fault.onPdu("scsi-response").chance(0.05).does("reset-connection"));
    };
  }

  /**
   * Ends it, before the power is cut and all is looked at.
   *
   * @return how often what was planned has happened
   */
  long end(Untorn disk, Plan plan) {
    long happened = plan.happened(disk);
    if (!plan.rules().isEmpty()) {
      disk.faults().clear();
    }
    return happened;
  }

  /** Whether connections end without a power cut. */
  boolean breaksConnections() {
    return this == WIRE_FAULTS;
  }

  @Override
  public String toString() {
    return words;
  }
}
