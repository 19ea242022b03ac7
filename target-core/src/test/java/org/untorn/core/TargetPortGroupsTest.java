package org.untorn.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.untorn.core.Bench.ALICE;
import static org.untorn.core.Bench.BOB;
import static org.untorn.core.Bench.hex;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.untorn.vpd.AtomicProfile;

/**
 * A disk behind three target ports in two groups: 1 and 3 in group 1, 2 in group 258. Alice has a
 * path through port 1 and one through port 2, Bob one through port 1.
 */
class TargetPortGroupsTest {

  private static final int OTHER = 0x0102;
  private static final String REPORT = "A3 0A 0000 0000 00000400 00 00";
  private static final String REPORT_EXTENDED = "A3 2A 0000 0000 00000400 00 00";
  private static final String TEST_UNIT_READY = "00 00 00 00 00 00";
  private static final Nexus ALICE_2 = new Nexus(ALICE.initiatorPort(), "iqn.t,t,0x2");

  private final Bench bench =
      new Bench(
          Bench.profile(AtomicProfile.DEFAULT.limits())
              .reachedBy(
                  List.of(
                      new TargetPort(1, 1, ALICE.targetPort()),
                      new TargetPort(2, OTHER, ALICE_2.targetPort()),
                      new TargetPort(3, 1, "iqn.t,t,0x3"))));

  @BeforeEach
  void establish() {
    bench.target.nexusEstablished(ALICE_2);
    Bench.expect(bench.send(ALICE_2, TEST_UNIT_READY), "06 29 00");
  }

  private TestTask.Result set(Nexus nexus, String descriptors) {
    byte[] list = hex("00000000" + descriptors);
    return bench
        .start(nexus, hex("A4 0A 0000 0000 %08X 00 00".formatted(list.length)), list)
        .result();
  }

  @Test
  void the_groups_are_reported_with_their_ports_in_these_bytes() {
    String one = "00 8F 0001 00 00 00 02 00000001 00000003";
    String other = "00 8F 0102 00 00 00 01 00000002";
    assertThat(bench.data(REPORT)).isEqualTo(hex("0000001C" + one + other));
    assertThat(bench.data(REPORT_EXTENDED)).isEqualTo(hex("00000020 10 00 0000" + one + other));
    assertThat(bench.data("A3 0A 0000 0000 00000006 00 00"))
        .as("cut to the allocation length")
        .isEqualTo(hex("0000001C 00 8F"));
    Bench.expect(bench.send("A3 4A 0000 0000 00000400 00 00"), "05 24 00", Bench.atBit(1, 7));
  }

  @Test
  void the_standard_data_says_that_states_change_by_themselves_and_by_command() {
    byte[] standard = bench.data("12 00 00 0060 00");
    assertThat(standard[5] & 0x30).as("TPGS").isEqualTo(0x30);
    assertThat(standard[6] & 0x10).as("MULTIP").isEqualTo(0x10);
  }

  @Test
  void a_unit_without_ports_has_neither_command_and_says_so() {
    Bench none = new Bench(Bench.profile(AtomicProfile.DEFAULT.limits()).reachedBy(List.of()));
    Bench.expect(none.send(REPORT), "05 24 00", Bench.atBit(1, 4));
    assertThat(none.data("12 00 00 0060 00")[5] & 0x30).isZero();
  }

  @Test
  void each_port_is_told_its_own_designators_and_page_88h_those_of_all() {
    byte[] unit = hex("01 03 00 08 3000000000001234");
    assertThat(bench.data("12 01 83 0400 00"))
        .isEqualTo(
            hex(
                "00 83 002C"
                    + hexOf(unit)
                    + "51 94 00 04 00000001 51 95 00 04 00000001"
                    + "53 98 00 0C 69716E2E742C742C30783100"));
    TestTask.Result second = bench.send(ALICE_2, "12 01 83 0400 00");
    assertThat(second.data())
        .isEqualTo(
            hex(
                "00 83 002C"
                    + hexOf(unit)
                    + "51 94 00 04 00000002 51 95 00 04 00000102"
                    + "53 98 00 0C 69716E2E742C742C30783200"));
    String port = "0000 %04X 0000 0000 0000 0010 53 98 00 0C 69716E2E742C742C3078 3%d 00";
    assertThat(bench.data("12 01 88 0400 00"))
        .isEqualTo(
            hex("00 88 0054" + port.formatted(1, 1) + port.formatted(2, 2) + port.formatted(3, 3)));
    assertThat(bench.data("12 01 87 0400 00")).isEqualTo(hex("00 87 0004 3F FF 00 00"));
    assertThat(bench.data("12 01 85 0400 00")).isEqualTo(hex("00 85 0000"));
  }

  private static String hexOf(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }

  @Test
  void a_group_that_is_set_is_in_that_state_and_the_other_nexuses_are_told() {
    Bench.expectGood(set(ALICE, "02 00 0102 01 00 0001"));
    Bench.expectGood(bench.send(ALICE, TEST_UNIT_READY));
    Bench.expect(bench.send(BOB, TEST_UNIT_READY), "06 2A 06");
    Bench.expect(bench.send(ALICE_2, TEST_UNIT_READY), "06 2A 06");
    Bench.expect(bench.send(ALICE_2, TEST_UNIT_READY), "02 04 0B");
    Bench.expectGood(bench.send(BOB, TEST_UNIT_READY));
    assertThat(bench.data(REPORT))
        .isEqualTo(
            hex(
                "0000001C 01 8F 0001 00 01 00 02 00000001 00000003"
                    + "02 8F 0102 00 01 00 01 00000002"));
    assertThat(bench.disk.accessStates())
        .isEqualTo(Map.of(1, AccessState.ACTIVE_NON_OPTIMIZED, OTHER, AccessState.STANDBY));
    Bench.expectGood(set(ALICE, "02 00 0102"));
    Bench.expectGood(bench.send(BOB, TEST_UNIT_READY));
    Bench.expectGood(set(ALICE_2, "00 00 0102"));
    Bench.expect(bench.send(ALICE, TEST_UNIT_READY), "06 2A 06");
    Bench.expectGood(bench.send(ALICE_2, TEST_UNIT_READY));
  }

  @Test
  void what_cannot_be_set_is_pointed_at_and_nothing_of_the_list_is_done() {
    byte[] before = bench.data(REPORT);
    for (String state : List.of("04", "0E", "0F", "05")) {
      Bench.expect(set(ALICE, "02 00 0102" + state + "00 0001"), "05 26 00", "8B0008");
    }
    Bench.expect(set(ALICE, "02 00 0001 02 00 0009"), "05 26 00", "80000A");
    for (int length : List.of(1, 4, 7, 9, 10)) {
      Bench.expect(
          bench.send(hex("A4 0A 0000 0000 %08X 00 00".formatted(length)), new byte[length]),
          "05 1A 00");
    }
    Bench.expect(bench.send("A4 0A 0000 0000 00000008 00 00", new byte[4]), "05 1A 00");
    Bench.expectGood(bench.send("A4 0A 0000 0000 00000000 00 00", new byte[0]));
    assertThat(bench.data(REPORT)).isEqualTo(before);
    Bench.expectGood(bench.send(BOB, TEST_UNIT_READY));
  }

  @Test
  void a_state_that_changes_by_itself_is_told_to_all_and_so_is_a_change_that_failed() {
    bench.disk.access(OTHER, AccessState.UNAVAILABLE);
    for (Nexus nexus : List.of(ALICE, BOB, ALICE_2)) {
      Bench.expect(bench.send(nexus, TEST_UNIT_READY), "06 2A 06");
    }
    Bench.expect(bench.send(ALICE_2, TEST_UNIT_READY), "02 04 0C");
    assertThat(bench.data(REPORT)).endsWith(hex("03 8F 0102 00 02 00 01 00000002"));
    bench.disk.accessChangeFailed();
    for (Nexus nexus : List.of(ALICE, BOB, ALICE_2)) {
      Bench.expect(bench.send(nexus, TEST_UNIT_READY), "06 2A 07");
    }
    bench.disk.access(OTHER, AccessState.UNAVAILABLE);
    Bench.expectGood(bench.send(BOB, TEST_UNIT_READY));
  }

  @Test
  void request_sense_tells_the_state_and_a_reset_does_not_change_it() {
    Bench.expectGood(set(ALICE_2, "02 00 0102"));
    assertThat(bench.send(ALICE_2, "03 00 00 00 12 00").data())
        .isEqualTo(hex("70 00 02 00000000 0A 00000000 04 0B 00 000000"));
    bench.target.manage(new TaskManagement.LogicalUnitReset(BOB, 0), response -> {});
    Bench.expect(bench.send(ALICE_2, TEST_UNIT_READY), "06 29 03");
    Bench.expect(bench.send(ALICE_2, TEST_UNIT_READY), "02 04 0B");
  }

  /** The lists of SPC-5 5.16.2, and READ CAPACITY, which initiators ask for before all else. */
  @Test
  void which_commands_each_state_lets_through_is_as_these_lists_have_it() {
    Set<String> always =
        Set.of(
            "INQUIRY",
            "REPORT LUNS",
            "REQUEST SENSE",
            "REPORT TARGET PORT GROUPS",
            "READ BUFFER(10)",
            "READ BUFFER(16)",
            "WRITE BUFFER");
    Set<String> unavailable = Set.of("SET TARGET PORT GROUPS");
    Set<String> standby =
        Set.of(
            "LOG SELECT",
            "LOG SENSE",
            "MODE SELECT(6)",
            "MODE SELECT(10)",
            "MODE SENSE(6)",
            "MODE SENSE(10)",
            "RECEIVE DIAGNOSTIC RESULTS",
            "SEND DIAGNOSTIC",
            "READ CAPACITY(10)",
            "READ CAPACITY(16)",
            "REPORT SUPPORTED OPERATION CODES",
            "REPORT SUPPORTED TASK MANAGEMENT FUNCTIONS");
    Map<AccessState, String> senses = new TreeMap<>();
    senses.put(AccessState.STANDBY, "02 04 0B");
    senses.put(AccessState.UNAVAILABLE, "02 04 0C");
    senses.put(AccessState.TRANSITIONING, "02 04 0A");
    List<String> seen = new ArrayList<>();
    senses.forEach(
        (state, sense) -> {
          bench.disk.access(OTHER, state);
          Bench.expect(bench.send(ALICE_2, TEST_UNIT_READY), "06 2A 06");
          for (Command row : bench.disk.unit().commands().rows()) {
            boolean passes =
                always.contains(row.name())
                    || (state != AccessState.TRANSITIONING && unavailable.contains(row.name()))
                    || (state == AccessState.STANDBY
                        && (standby.contains(row.name())
                            || row.name().startsWith("PERSISTENT RESERVE")));
            TestTask.Result result =
                bench.start(ALICE_2, CommandTableTest.emptyCdb(row), new byte[0]).result();
            if (passes) {
              seen.add(row.name());
              assertThat(result.status() == 2 && result.data()[2] == 2)
                  .as("%s in %s", row, state)
                  .isFalse();
            } else {
              Bench.expect(result, sense);
            }
          }
        });
    assertThat(seen).hasSizeGreaterThan(7 * 3 + 1 + 12 + 12);
    bench.allocator.assertAllReleased();
  }
}
