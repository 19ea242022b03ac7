package org.untorn.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.untorn.core.Bench.ALICE;
import static org.untorn.core.Bench.BOB;
import static org.untorn.core.Bench.hex;

import org.junit.jupiter.api.Test;

class UnitAttentionTest {

  private static final String TEST_UNIT_READY = "00 00 00 00 00 00";
  private static final byte[] NO_CACHE =
      hex("00 00 00 00  08 12 00 00 00000000 00000000 00000000 00000000");

  private final Bench bench = new Bench();

  private void changeModeParameters(Nexus nexus, byte[] list) {
    TestTask task = bench.start(nexus, hex("15 10 00 00 %02X 00".formatted(list.length)), list);
    Bench.expectGood(task.result());
  }

  @Test
  void a_new_nexus_is_told_of_the_power_on_once() {
    Nexus carol = new Nexus("carol", "target");
    bench.target.nexusEstablished(carol);
    Bench.expect(bench.send(carol, TEST_UNIT_READY), "06 29 00");
    Bench.expectGood(bench.send(carol, TEST_UNIT_READY));
    Bench.expectGood(bench.send(ALICE, TEST_UNIT_READY));
  }

  @Test
  void inquiry_and_report_luns_are_carried_out_and_leave_it_pending() {
    bench.target.nexusEstablished(ALICE);
    bench.data("12 00 00 0060 00");
    bench.data("A0 00 00 00 00 00 00000010 00 00");
    Bench.expect(bench.send(TEST_UNIT_READY), "06 29 00");
  }

  @Test
  void request_sense_returns_it_as_data_and_clears_it() {
    bench.target.nexusEstablished(ALICE);
    assertThat(bench.data("03 00 00 00 FC 00"))
        .isEqualTo(hex("70 00 06 00000000 0A 00000000 29 00 00 000000"));
    assertThat(bench.data("03 01 00 00 FC 00")).isEqualTo(hex("72 00 00 00 00 00 00 00"));
    Bench.expectGood(bench.send(TEST_UNIT_READY));
  }

  @Test
  void a_change_from_outside_is_told_to_every_nexus_once() {
    var _ =
        bench.disk.unit().signal(new UnitSignal.Changed(AdditionalSense.CAPACITY_DATA_HAS_CHANGED));
    for (Nexus nexus : new Nexus[] {ALICE, BOB}) {
      Bench.expect(bench.send(nexus, TEST_UNIT_READY), "06 2A 09");
      Bench.expectGood(bench.send(nexus, TEST_UNIT_READY));
    }
  }

  @Test
  void changed_mode_parameters_are_told_to_the_others_alone() {
    changeModeParameters(ALICE, NO_CACHE);
    Bench.expectGood(bench.send(ALICE, TEST_UNIT_READY));
    Bench.expect(bench.send(BOB, TEST_UNIT_READY), "06 2A 01");
    Bench.expectGood(bench.send(BOB, TEST_UNIT_READY));
  }

  @Test
  void what_changes_nothing_is_told_to_nobody_and_what_changes_twice_once() {
    changeModeParameters(ALICE, hex("00 00 00 00 08 12 04 00 00000000 00000000 00000000 00000000"));
    Bench.expectGood(bench.send(BOB, TEST_UNIT_READY));
    changeModeParameters(ALICE, NO_CACHE);
    changeModeParameters(ALICE, hex("00 00 00 00 08 12 04 00 00000000 00000000 00000000 00000000"));
    Bench.expect(bench.send(BOB, TEST_UNIT_READY), "06 2A 01");
    Bench.expectGood(bench.send(BOB, TEST_UNIT_READY));
  }

  @Test
  void a_reset_replaces_what_was_pending_for_every_nexus() {
    changeModeParameters(ALICE, NO_CACHE);
    bench.target.manage(new TaskManagement.LogicalUnitReset(ALICE, 0), response -> {});
    for (Nexus nexus : new Nexus[] {ALICE, BOB}) {
      Bench.expect(bench.send(nexus, TEST_UNIT_READY), "06 29 03");
      Bench.expectGood(bench.send(nexus, TEST_UNIT_READY));
    }
    bench.target.manage(new TaskManagement.TargetReset(ALICE, true), response -> {});
    Bench.expect(bench.send(BOB, TEST_UNIT_READY), "06 29 02");
  }

  @Test
  void a_reset_does_not_replace_a_greater_one() {
    bench.target.nexusEstablished(BOB);
    bench.target.manage(new TaskManagement.LogicalUnitReset(ALICE, 0), response -> {});
    bench.target.manage(new TaskManagement.NexusReset(BOB), response -> {});
    Bench.expect(bench.send(BOB, TEST_UNIT_READY), "06 29 00");
    Bench.expectGood(bench.send(BOB, TEST_UNIT_READY));
    bench.target.manage(new TaskManagement.TargetReset(BOB, false), response -> {});
    bench.target.manage(new TaskManagement.LogicalUnitReset(ALICE, 0), response -> {});
    Bench.expect(bench.send(ALICE, TEST_UNIT_READY), "06 29 02");
    Bench.expectGood(bench.send(ALICE, TEST_UNIT_READY));
  }

  @Test
  void a_nexus_that_was_reset_hears_of_it_first_and_of_the_rest_after_it() {
    changeModeParameters(ALICE, NO_CACHE);
    bench.target.manage(new TaskManagement.NexusReset(BOB), response -> {});
    Bench.expect(bench.send(BOB, TEST_UNIT_READY), "06 29 07");
    Bench.expect(bench.send(BOB, TEST_UNIT_READY), "06 2A 01");
    Bench.expectGood(bench.send(BOB, TEST_UNIT_READY));
    Bench.expectGood(bench.send(ALICE, TEST_UNIT_READY));
  }

  @Test
  void later_conditions_wait_for_the_earlier_ones() {
    bench.target.nexusEstablished(BOB);
    changeModeParameters(ALICE, NO_CACHE);
    Bench.expect(bench.send(BOB, TEST_UNIT_READY), "06 29 00");
    Bench.expect(bench.send(BOB, TEST_UNIT_READY), "06 2A 01");
    Bench.expectGood(bench.send(BOB, TEST_UNIT_READY));
  }

  @Test
  void a_lost_nexus_is_owed_nothing() {
    UnitAttentions attentions = new UnitAttentions();
    attentions.established(ALICE);
    attentions.lost(ALICE);
    attentions.raise(ALICE, AdditionalSense.MODE_PARAMETERS_CHANGED);
    assertThat(attentions.take(ALICE)).isEmpty();
  }

  @Test
  void a_full_queue_keeps_what_it_has() {
    UnitAttentions attentions = new UnitAttentions();
    attentions.established(ALICE);
    for (int i = 0; i < 2 * UnitAttentions.CAPACITY; i++) {
      attentions.raise(ALICE, new AdditionalSense(0x80, i));
    }
    assertThat(attentions.take(ALICE))
        .contains(AdditionalSense.POWER_ON_RESET_OR_BUS_DEVICE_RESET_OCCURRED);
    for (int i = 0; i < UnitAttentions.CAPACITY - 1; i++) {
      assertThat(attentions.take(ALICE)).contains(new AdditionalSense(0x80, i));
    }
    assertThat(attentions.take(ALICE)).isEmpty();
  }
}
