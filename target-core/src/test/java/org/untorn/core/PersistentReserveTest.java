package org.untorn.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.untorn.core.Bench.ALICE;
import static org.untorn.core.Bench.BOB;
import static org.untorn.core.Bench.hex;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.untorn.vpd.TransportId;

/** PERSISTENT RESERVE IN and OUT, byte by byte, and what they do to the commands of others. */
class PersistentReserveTest {

  private static final int CONFLICT = 0x18;
  private static final long A = 0xA;
  private static final long B = 0xB;
  private static final String WRITE = "2A 00 00000000 00 0000 00";
  private static final String READ = "28 00 00000000 00 0000 00";
  private static final String TEST_UNIT_READY = "00 00 00 00 00 00";

  private final Bench bench = new Bench();

  private TestTask.Result out(Nexus nexus, int action, int type, byte[] list) {
    String cdb = "5F %02X %02X 00 00 %08X 00".formatted(action, type, list.length);
    return bench.start(nexus, hex(cdb), list).result();
  }

  private TestTask.Result out(Nexus nexus, int action, int type, long key, long actionKey) {
    return out(nexus, action, type, list(key, actionKey, 0));
  }

  private static byte[] list(long key, long actionKey, int flags) {
    return hex("%016X %016X 00000000 %02X 000000".formatted(key, actionKey, flags));
  }

  private static byte[] concat(byte[]... parts) {
    StringBuilder whole = new StringBuilder();
    for (byte[] part : parts) {
      whole.append(HexFormat.of().formatHex(part));
    }
    return hex(whole.toString());
  }

  private byte[] in(int action) {
    return bench.data("5E %02X 00 00 00 00 00 1000 00".formatted(action));
  }

  private void registerBoth() {
    Bench.expectGood(out(ALICE, 0, 0, 0, A));
    Bench.expectGood(out(BOB, 6, 0, 0x77, B));
  }

  private void expectConflict(TestTask.Result result) {
    assertThat(result.status()).isEqualTo(CONFLICT);
  }

  @Test
  void keys_reservation_capabilities_and_full_status_are_these_bytes() {
    assertThat(in(0)).isEqualTo(hex("00000000 00000000"));
    assertThat(in(1)).isEqualTo(hex("00000000 00000000"));
    assertThat(in(2)).isEqualTo(hex("0008 1D B0 EA 01 0000"));
    registerBoth();
    Bench.expectGood(out(BOB, 1, 5, B, 0));
    assertThat(in(0)).isEqualTo(hex("00000002 00000010 000000000000000A 000000000000000B"));
    assertThat(in(1)).isEqualTo(hex("00000002 00000010 000000000000000B 00000000 00 05 0000"));
    assertThat(in(3))
        .isEqualTo(
            concat(
                hex("00000002 00000094"),
                hex("000000000000000A 00000000 00 00 00000000 0001 00000034"),
                new TransportId(ALICE.initiatorPort()).encode(),
                hex("000000000000000B 00000000 01 05 00000000 0001 00000030"),
                new TransportId(BOB.initiatorPort()).encode()));
  }

  @Test
  void under_an_all_registrants_type_there_is_no_key_and_everybody_holds() {
    registerBoth();
    Bench.expectGood(out(BOB, 1, 7, B, 0));
    assertThat(in(1)).isEqualTo(hex("00000002 00000010 0000000000000000 00000000 00 07 0000"));
    byte[] status = in(3);
    assertThat(status[8 + 12]).isEqualTo((byte) 1);
    assertThat(status[8 + 13]).isEqualTo((byte) 7);
  }

  @Test
  void an_answer_is_cut_to_the_allocation_length_and_its_length_is_not() {
    registerBoth();
    assertThat(bench.data("5E 00 00 00 00 00 00 0008 00")).isEqualTo(hex("00000002 00000010"));
    assertThat(bench.data("5E 00 00 00 00 00 00 0000 00")).isEmpty();
  }

  @Test
  void registering_asks_for_the_key_that_is_registered() {
    expectConflict(out(ALICE, 0, 0, 1, A));
    Bench.expectGood(out(ALICE, 0, 0, 0, 0));
    assertThat(in(0)).as("nothing happened").isEqualTo(hex("00000000 00000000"));
    Bench.expectGood(out(ALICE, 0, 0, 0, A));
    expectConflict(out(ALICE, 0, 0, 0, B));
    Bench.expectGood(out(ALICE, 0, 0, A, B));
    Bench.expectGood(out(ALICE, 6, 0, 0, A));
    assertThat(in(0)).isEqualTo(hex("00000003 00000008 000000000000000A"));
    Bench.expectGood(out(ALICE, 0, 0, A, 0));
    assertThat(in(0)).isEqualTo(hex("00000004 00000000"));
  }

  @Test
  void who_is_not_registered_or_gives_another_key_gets_a_conflict() {
    Bench.expectGood(out(ALICE, 0, 0, 0, A));
    for (int action : List.of(1, 2, 3, 4, 5, 7)) {
      expectConflict(out(BOB, action, 1, 0, A));
      expectConflict(out(ALICE, action, 1, B, A));
    }
    assertThat(in(0)).isEqualTo(hex("00000001 00000008 000000000000000A"));
  }

  @Test
  void a_reservation_keeps_the_commands_of_others_out_and_lets_through_what_the_table_says() {
    registerBoth();
    Bench.expectGood(out(ALICE, 1, 1, A, 0));
    expectConflict(bench.send(BOB, WRITE));
    Bench.expectGood(bench.send(BOB, READ));
    Bench.expectGood(bench.send(BOB, TEST_UNIT_READY));
    Bench.expectGood(bench.send(ALICE, WRITE));
    expectConflict(bench.send(BOB, "1B 00 00 00 00 00"));
    expectConflict(bench.send(BOB, "1B 00 00 00 11 00"));
    Bench.expectGood(bench.send(BOB, "1B 00 00 00 01 00"));
    Bench.expectGood(bench.send(BOB, "1A 00 3F 00 FF 00"));
    Bench.expectGood(out(ALICE, 4, 3, A, A));
    Bench.expect(bench.send(BOB, TEST_UNIT_READY), "06 2A 04");
    expectConflict(bench.send(BOB, READ));
    expectConflict(bench.send(BOB, "1A 00 3F 00 FF 00"));
    for (String allowed :
        List.of(
            TEST_UNIT_READY,
            "12 00 00 0060 00",
            "03 00 00 00 12 00",
            "A0 00 00 000000 00000100 00 00",
            "25 00 00000000 00 00 00 00",
            "5E 00 00 00 00 00 00 0100 00")) {
      Bench.expectGood(bench.send(BOB, allowed));
    }
  }

  @Test
  void every_command_of_the_table_keeps_to_its_rule_under_exclusive_access() {
    Bench.expectGood(out(ALICE, 0, 0, 0, A));
    Bench.expectGood(out(ALICE, 1, 3, A, 0));
    int conflicts = 0;
    for (Command row : bench.disk.unit().commands().rows()) {
      TestTask.Result result =
          bench.start(BOB, CommandTableTest.emptyCdb(row), new byte[0]).result();
      switch (row.reservation()) {
        case ALLOWED, ALLOWED_UNDER_PERSISTENT ->
            assertThat(result.status()).as(row.name()).isNotEqualTo(CONFLICT);
        case CONFLICT, ALLOWED_UNDER_WRITE_EXCLUSIVE -> {
          assertThat(result.status()).as(row.name()).isEqualTo(CONFLICT);
          conflicts++;
        }
        case BY_THE_COMMAND -> assertThat(row.name()).containsAnyOf("RESERVE", "RELEASE");
      }
    }
    assertThat(conflicts).isGreaterThan(25);
    bench.allocator.assertAllReleased();
  }

  @Test
  void a_reset_is_told_before_a_conflict_and_other_attentions_after_it() {
    registerBoth();
    Bench.expectGood(out(ALICE, 1, 3, A, 0));
    bench.target.manage(new TaskManagement.LogicalUnitReset(ALICE, 0), response -> {});
    Bench.expect(bench.send(BOB, READ), "06 29 03");
    expectConflict(bench.send(BOB, READ));
    Bench.expect(bench.send(ALICE, READ), "06 29 03");
    Bench.expectGood(
        bench.send("15 10 00 00 10 00", hex("00 00 00 00  0A 0A 04 10 00 00 00 00 FF FF 00 00")));
    expectConflict(bench.send(BOB, READ));
    assertThat(bench.send(BOB, TEST_UNIT_READY).data()).startsWith(hex("72 06 2A 01"));
    assertThat(in(1)).as("persistent").startsWith(hex("00000002 00000010 000000000000000A"));
  }

  @Test
  void a_reservation_outlives_its_holders_nexus() {
    registerBoth();
    Bench.expectGood(out(ALICE, 1, 3, A, 0));
    bench.target.nexusLost(ALICE);
    expectConflict(bench.send(BOB, READ));
    Bench.expectGood(out(BOB, 4, 3, B, A));
    Bench.expectGood(bench.send(BOB, READ));
    bench.target.nexusEstablished(ALICE);
    Bench.expect(bench.send(ALICE, READ), "06 29 00");
    expectConflict(bench.send(ALICE, READ));
  }

  @Test
  void preempt_and_abort_ends_the_tasks_of_the_preempted_and_waits_for_them() {
    registerBoth();
    Bench.expectGood(out(BOB, 1, 5, B, 0));
    TestTask waiting =
        bench.task(BOB, hex("2A 00 00000000 00 0001 00"), Bench.pattern(1, 1)).withheld();
    bench.target.execute(waiting);
    bench.store.hold();
    TestTask inTheStore = bench.start(BOB, hex("2A 00 00000000 00 0001 00"), Bench.pattern(1, 2));
    TestTask own = bench.start(ALICE, hex("28 00 00000000 00 0001 00"), new byte[0]);
    TestTask preempt = bench.start(ALICE, hex("5F 05 05 00 00 00000018 00"), list(A, B, 0));
    assertThat(waiting.terminated()).isTrue();
    assertThat(inTheStore.terminated()).isTrue();
    assertThat(preempt.completed()).as("while the store has the write").isFalse();
    bench.store.release();
    waiting.arriveAllTheSame();
    Bench.expectGood(preempt.result());
    Bench.expectGood(own.result());
    Bench.expect(bench.send(BOB, TEST_UNIT_READY), "06 2A 05");
    expectConflict(bench.send(BOB, WRITE));
    assertThat(in(0)).isEqualTo(hex("00000003 00000008 000000000000000A"));
    bench.allocator.assertAllReleased();
  }

  @Test
  void plain_preempt_leaves_tasks_alone() {
    registerBoth();
    TestTask waiting =
        bench.task(BOB, hex("2A 00 00000000 00 0001 00"), Bench.pattern(1, 1)).withheld();
    bench.target.execute(waiting);
    Bench.expectGood(out(ALICE, 4, 0, A, B));
    waiting.arrive();
    Bench.expectGood(waiting.result());
  }

  @Test
  void each_wrong_parameter_has_its_sense_data() {
    registerBoth();
    String inList = "%02X%04X";
    Bench.expect(out(ALICE, 1, 2, A, 0), "05 24 00", Bench.atBit(2, 3));
    Bench.expect(out(ALICE, 1, 0x11, A, 0), "05 24 00", Bench.atBit(2, 7));
    Bench.expect(out(ALICE, 4, 1, A, 0), "05 26 00", inList.formatted(0x80, 8));
    Bench.expect(out(ALICE, 6, 0, list(A, A, 0x08)), "05 26 00", inList.formatted(0x8B, 20));
    Bench.expect(out(ALICE, 0, 0, list(A, A, 0x08)), "05 26 00", inList.formatted(0x8B, 20));
    Bench.expectGood(out(ALICE, 1, 1, A, 0));
    Bench.expect(out(ALICE, 2, 3, A, 0), "05 26 04");
    for (int length : List.of(0, 8, 23, 25, 28)) {
      Bench.expect(out(ALICE, 2, 1, Arrays.copyOf(list(A, 0, 0), length)), "05 1A 00");
    }
    Bench.expect(bench.send("5F 02 01 00 00 7FFFFFFF 00", list(A, 0, 0)), "05 1A 00");
    Bench.expect(bench.send("5F 02 01 00 00 00000018 00", new byte[23]), "05 1A 00");
    Bench.expectGood(out(ALICE, 2, 1, A, 0));
  }

  @Test
  void spec_i_pt_registers_the_initiator_ports_that_are_named() {
    byte[] bob = new TransportId(BOB.initiatorPort()).encode();
    byte[] stranger = new TransportId("iqn.2026-11.org.untorn:carol,i,0x0000000000ff").encode();
    byte[] both =
        concat(
            list(0, A, 0x0C), hex("%08X".formatted(bob.length + stranger.length)), bob, stranger);
    Bench.expectGood(out(ALICE, 0, 0, both));
    assertThat(bench.data("5E 00 00 00 00 00 00 1000 00"))
        .isEqualTo(hex("00000001 00000018" + "000000000000000A".repeat(3)));
    Bench.expectGood(out(BOB, 1, 3, A, 0));
    Bench.expectGood(out(ALICE, 3, 0, A, 0));
    byte[] device = new TransportId("iqn.2026-11.org.untorn:bob").encode();
    Bench.expectGood(
        out(ALICE, 0, 0, concat(list(0, A, 8), hex("%08X".formatted(device.length)), device)));
    Bench.expect(bench.send(BOB, TEST_UNIT_READY), "06 2A 03");
    Bench.expectGood(out(BOB, 1, 3, A, 0));
  }

  @Test
  void a_list_of_transport_ids_that_is_wrong_registers_nobody() {
    byte[] bob = new TransportId(BOB.initiatorPort()).encode();
    byte[] nobody = new TransportId("iqn.2026-11.org.untorn:nobody").encode();
    byte[] length = hex("%08X".formatted(bob.length));
    byte[] whole = concat(list(0, A, 8), length, bob);
    Bench.expect(out(ALICE, 0, 0, Arrays.copyOf(whole, 27)), "05 1A 00");
    Bench.expect(out(ALICE, 0, 0, Arrays.copyOf(whole, whole.length - 4)), "05 1A 00");
    Bench.expect(out(ALICE, 0, 0, concat(list(0, A, 8), hex("00000018"), bob)), "05 1A 00");
    Bench.expect(
        out(ALICE, 0, 0, concat(list(0, A, 8), hex("%08X".formatted(nobody.length)), nobody)),
        "05 26 00",
        "80001C");
    assertThat(in(0)).isEqualTo(hex("00000000 00000000"));
    Bench.expectGood(out(BOB, 0, 0, 0, B));
    Bench.expect(out(ALICE, 0, 0, whole), "05 26 00", "80001C");
    assertThat(in(0)).isEqualTo(hex("00000001 00000008 000000000000000B"));
  }

  private static byte[] move(long key, long actionKey, int flags, int port, byte[] id) {
    return concat(
        hex("%016X %016X 00 %02X %04X %08X".formatted(key, actionKey, flags, port, id.length)), id);
  }

  @Test
  void register_and_move_hands_the_reservation_to_another_nexus() {
    byte[] bob = new TransportId(BOB.initiatorPort()).encode();
    Bench.expectGood(out(ALICE, 0, 0, 0, A));
    expectConflict(out(ALICE, 7, 0, move(A, B, 0, 1, bob)));
    Bench.expectGood(out(ALICE, 1, 3, A, 0));
    Bench.expect(out(ALICE, 7, 0, move(A, 0, 0, 1, bob)), "05 26 00", "800008");
    Bench.expect(out(ALICE, 7, 0, move(A, B, 0, 2, bob)), "05 26 00", "800012");
    byte[] own = new TransportId(ALICE.initiatorPort()).encode();
    Bench.expect(out(ALICE, 7, 0, move(A, B, 0, 1, own)), "05 26 00", "800018");
    Bench.expect(out(ALICE, 7, 0, Arrays.copyOf(move(A, B, 0, 1, bob), 24)), "05 1A 00");
    Bench.expectGood(out(ALICE, 7, 0, move(A, B, 2, 1, bob)));
    assertThat(in(1)).isEqualTo(hex("00000002 00000010 000000000000000B 00000000 00 03 0000"));
    expectConflict(bench.send(ALICE, READ));
    Bench.expectGood(bench.send(BOB, READ));
  }
}
