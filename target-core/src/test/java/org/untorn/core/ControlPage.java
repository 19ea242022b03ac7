package org.untorn.core;

import static org.untorn.core.Bench.ALICE;
import static org.untorn.core.Bench.BOB;
import static org.untorn.core.Bench.hex;

/** Changes the control mode page of a bench, and takes the unit attention which that makes. */
final class ControlPage {

  /** TST 001b; unrestricted reordering. */
  static final String SETS_PER_NEXUS = "20 10 00 00";

  private ControlPage() {}

  /** Sets bytes 2 to 5: TST and TMF_ONLY; QUEUE ALGORITHM MODIFIER and QERR; interlock; TAS. */
  static void set(Bench bench, String bytes) {
    byte[] list = hex("00 00 00 00  0A 0A" + bytes + "00 00 FF FF 00 00");
    Bench.expectGood(bench.start(ALICE, hex("15 10 00 00 10 00"), list).result());
    Bench.expect(bench.send(BOB, "00 00 00 00 00 00"), "06 2A 01");
    bench.send(BOB, "03 00 00 00 FC 00"); // with an interlock only this clears it
  }
}
