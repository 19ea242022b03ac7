package org.untorn.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.untorn.core.Bench.ALICE;
import static org.untorn.core.Bench.BOB;
import static org.untorn.core.Bench.hex;

import java.util.List;
import org.junit.jupiter.api.Test;

/** RESERVE and RELEASE of SPC-2, and how they live with persistent reservations. */
class ReserveTest {

  private static final int CONFLICT = 0x18;
  private static final String RESERVE = "16 00 00 00 00 00";
  private static final String RELEASE = "17 00 00 00 00 00";
  private static final String TEST_UNIT_READY = "00 00 00 00 00 00";
  private static final String READ = "28 00 00000000 00 0000 00";
  private static final String READ_KEYS = "5E 00 00 00 00 00 00 0100 00";

  private final Bench bench = new Bench();

  private void expectConflict(TestTask.Result result) {
    assertThat(result.status()).isEqualTo(CONFLICT);
  }

  private TestTask.Result persistent(Nexus nexus, int action, int type, long key, long newKey) {
    byte[] list = hex("%016X %016X 0000000000000000".formatted(key, newKey));
    return bench
        .start(nexus, hex("5F %02X %02X 00 00 00000018 00".formatted(action, type)), list)
        .result();
  }

  @Test
  void the_unit_is_its_holders_until_it_gives_it_back() {
    for (List<String> pair :
        List.of(
            List.of(RESERVE, RELEASE),
            List.of("56 00 00 00 00 00 00 0000 00", "57 00 00 00 00 00 00 0000 00"))) {
      Bench.expectGood(bench.send(ALICE, pair.getFirst()));
      Bench.expectGood(bench.send(ALICE, pair.getFirst()));
      expectConflict(bench.send(BOB, pair.getFirst()));
      expectConflict(bench.send(BOB, TEST_UNIT_READY));
      expectConflict(bench.send(BOB, READ));
      Bench.expectGood(bench.send(ALICE, READ));
      Bench.expectGood(bench.send(BOB, pair.getLast()));
      expectConflict(bench.send(BOB, READ));
      Bench.expectGood(bench.send(ALICE, pair.getLast()));
      Bench.expectGood(bench.send(BOB, READ));
    }
  }

  @Test
  void what_tells_of_the_unit_is_allowed_all_the_same() {
    Bench.expectGood(bench.send(ALICE, RESERVE));
    for (String allowed :
        List.of(
            "12 00 00 0060 00",
            "03 00 00 00 12 00",
            "A0 00 00 000000 00000100 00 00",
            "25 00 00000000 00 00 00 00",
            "1B 00 00 00 01 00")) {
      Bench.expectGood(bench.send(BOB, allowed));
    }
    for (String conflicting : List.of("1A 00 3F 00 FF 00", "1B 00 00 00 00 00", READ_KEYS)) {
      expectConflict(bench.send(BOB, conflicting));
    }
  }

  @Test
  void a_lost_nexus_and_a_reset_end_it() {
    Bench.expectGood(bench.send(ALICE, RESERVE));
    bench.target.nexusLost(BOB);
    bench.target.nexusEstablished(BOB);
    Bench.expect(bench.send(BOB, READ), "06 29 00");
    expectConflict(bench.send(BOB, READ));
    bench.target.nexusLost(ALICE);
    Bench.expectGood(bench.send(BOB, READ));
    bench.target.nexusEstablished(ALICE);
    for (TaskManagement reset :
        List.of(
            new TaskManagement.LogicalUnitReset(BOB, 0),
            new TaskManagement.TargetReset(BOB, false))) {
      while (bench.send(ALICE, RESERVE).status() != 0) {
        bench.send(BOB, TEST_UNIT_READY);
      }
      bench.target.manage(reset, response -> {});
      assertThat(bench.send(BOB, READ).status()).isEqualTo(0x02);
      Bench.expectGood(bench.send(BOB, READ));
    }
  }

  @Test
  void while_it_lasts_persistent_reservations_conflict_even_for_its_holder() {
    Bench.expectGood(bench.send(ALICE, RESERVE));
    expectConflict(bench.send(ALICE, READ_KEYS));
    expectConflict(persistent(ALICE, 0, 0, 0, 1));
    Bench.expectGood(bench.send(ALICE, RELEASE));
    Bench.expectGood(persistent(ALICE, 0, 0, 0, 1));
  }

  @Test
  void with_registrations_it_conflicts_and_for_who_has_access_it_does_nothing() {
    Bench.expectGood(persistent(ALICE, 0, 0, 0, 1));
    expectConflict(bench.send(ALICE, RESERVE));
    expectConflict(bench.send(BOB, RELEASE));
    Bench.expectGood(persistent(ALICE, 1, 1, 1, 0));
    Bench.expectGood(bench.send(ALICE, RESERVE));
    Bench.expectGood(bench.send(ALICE, RELEASE));
    expectConflict(bench.send(BOB, RESERVE));
    Bench.expectGood(persistent(BOB, 0, 0, 0, 2));
    expectConflict(bench.send(BOB, RESERVE));
    Bench.expectGood(persistent(ALICE, 2, 1, 1, 0));
    Bench.expectGood(persistent(ALICE, 1, 5, 1, 0));
    Bench.expectGood(bench.send(BOB, RESERVE));
    Bench.expectGood(bench.send(BOB, RELEASE));
    Bench.expectGood(bench.send(ALICE, READ));
  }
}
