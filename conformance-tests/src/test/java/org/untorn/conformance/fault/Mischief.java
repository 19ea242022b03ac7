package org.untorn.conformance.fault;

import java.util.List;
import java.util.Random;
import org.untorn.testkit.Fault;
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

  /** Plans it for the round that begins. */
  void begin(Untorn disk, Random random) {
    switch (this) {
      case CUT_AT_REST -> {}
      case CUT_IN_A_WRITE ->
          disk.power()
              .cutAt(
                  "write %d block %d"
                      .formatted(1 + random.nextInt(5), random.nextInt(LONGEST + 1)));
      case CUT_AT_A_FLUSH -> disk.power().cutAt("flush " + (1 + random.nextInt(2)));
      case MEDIUM_ERRORS -> {
        disk.faults().add(Fault.on("read").chance(0.2).does("read-error"));
        disk.faults().add(Fault.on("write", "write-atomic").chance(0.2).does("write-error"));
      }
      case WIRE_FAULTS -> {
        disk.faults().add(Fault.onPdu("scsi-command").chance(0.05).does("reset-connection"));
        disk.faults().add(Fault.onPdu("scsi-response").chance(0.05).does("reset-connection"));
      }
    }
  }

  /** Ends it, before the power is cut and all is looked at. */
  void end(Untorn disk) {
    switch (this) {
      case CUT_AT_REST, CUT_IN_A_WRITE, CUT_AT_A_FLUSH -> {}
      case MEDIUM_ERRORS, WIRE_FAULTS -> disk.faults().clear();
    }
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
