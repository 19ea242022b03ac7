package org.untorn.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.untorn.backstore.BlockOperation;
import org.untorn.core.Command.Trait;
import org.untorn.vpd.AtomicProfile;

/** A unit whose medium can be loaded, ejected, and kept from being ejected. */
class RemovableMediumTest {

  private static final String EJECT = "1B 00 00 00 02 00";
  private static final String LOAD = "1B 00 00 00 03 00";
  private static final String PREVENT = "1E 00 00 00 01 00";
  private static final String ALLOW = "1E 00 00 00 00 00";
  private static final String TEST_UNIT_READY = "00 00 00 00 00 00";

  private final Bench bench =
      new Bench(Bench.profile(AtomicProfile.DEFAULT.limits()).removable(true));

  @Test
  void it_says_so_and_only_it_has_the_command_that_prevents_removal() {
    assertThat(bench.data("12 00 00 0060 00")[1] & 0x80).as("RMB").isEqualTo(0x80);
    Bench fixed = new Bench();
    assertThat(fixed.data("12 00 00 0060 00")[1] & 0x80).isZero();
    Bench.expect(fixed.send(PREVENT), "05 20 00", Bench.atByte(0));
    assertThat(bench.data("A3 0C 01 1E 0000 00000100 00 00"))
        .isEqualTo(Bench.hex("00 03 0006 1E 00 00 00 03 04"));
  }

  @Test
  void an_ejected_medium_is_not_present_for_whatever_needs_it() {
    Bench.expectGood(bench.send(EJECT));
    assertThat(bench.store.journal()).singleElement().isInstanceOf(BlockOperation.Flush.class);
    int refused = 0;
    for (Command row : bench.disk.unit().commands().rows()) {
      if (row.is(Trait.MEDIUM_ACCESS)) {
        Bench.expect(bench.send(CommandTableTest.emptyCdb(row), new byte[0]), "02 3A 00");
        refused++;
      }
    }
    assertThat(refused).isGreaterThan(30);
    assertThat(bench.data("03 00 00 00 12 00")).startsWith(Bench.hex("70 00 02"));
    assertThat(bench.data("1A 00 08 00 FF 00")).isNotEmpty();
    Bench.expectGood(bench.send(EJECT));
    Bench.expect(bench.send("1B 00 00 00 01 00"), "02 3A 00");
  }

  @Test
  void a_loaded_medium_is_told_of_to_everybody_else_once() {
    Bench.expectGood(bench.send("1B 01 00 00 06 00"));
    assertThat(bench.store.journal()).as("NO_FLUSH").isEmpty();
    Bench.expectGood(bench.send(LOAD));
    Bench.expectGood(bench.send(TEST_UNIT_READY));
    Bench.expect(bench.send(Bench.BOB, TEST_UNIT_READY), "06 28 00");
    Bench.expectGood(bench.send(LOAD));
    Bench.expectGood(bench.send(Bench.BOB, TEST_UNIT_READY));
  }

  @Test
  void while_any_nexus_prevents_it_nobody_ejects_or_loads() {
    Bench.expectGood(bench.send(PREVENT));
    Bench.expectGood(bench.send(Bench.BOB, PREVENT));
    Bench.expectGood(bench.send(ALLOW));
    for (Nexus nexus : List.of(Bench.ALICE, Bench.BOB)) {
      Bench.expect(bench.send(nexus, EJECT), "05 53 02");
      Bench.expect(bench.send(nexus, LOAD), "05 53 02");
    }
    Bench.expectGood(bench.send(TEST_UNIT_READY));
    Bench.expectGood(bench.send(Bench.BOB, ALLOW));
    Bench.expectGood(bench.send(EJECT));
    Bench.expect(bench.send("1E 00 00 00 02 00"), "05 24 00", Bench.atBit(4, 1));
    Bench.expect(bench.send("1E 00 00 00 03 00"), "05 24 00", Bench.atBit(4, 1));
  }

  @Test
  void a_lost_nexus_and_a_reset_prevent_nothing_any_more() {
    Bench.expectGood(bench.send(Bench.BOB, PREVENT));
    Bench.expect(bench.send(EJECT), "05 53 02");
    bench.target.nexusLost(Bench.BOB);
    Bench.expectGood(bench.send(EJECT));
    Bench.expectGood(bench.send(LOAD));
    Bench.expectGood(bench.send(PREVENT));
    bench.target.manage(new TaskManagement.LogicalUnitReset(Bench.ALICE, 0), _ -> {});
    Bench.expect(bench.send(TEST_UNIT_READY), "06 29 03");
    Bench.expectGood(bench.send(EJECT));
    bench.target.manage(new TaskManagement.LogicalUnitReset(Bench.ALICE, 0), _ -> {});
    Bench.expect(bench.send(TEST_UNIT_READY), "06 29 03");
    Bench.expect(bench.send(TEST_UNIT_READY), "02 3A 00");
  }

  @Test
  void without_loej_it_stays_accessible_and_power_conditions_change_nothing() {
    for (String stop : List.of("1B 00 00 00 00 00", "1B 01 00 00 00 00", "1B 00 00 00 04 00")) {
      Bench.expectGood(bench.send(stop));
      Bench.expectGood(bench.send(TEST_UNIT_READY));
    }
    for (int condition = 1; condition < 16; condition++) {
      Bench.expectGood(bench.send("1B 01 00 00 %X2 00".formatted(condition)));
      Bench.expectGood(bench.send(TEST_UNIT_READY));
    }
    Bench.expectGood(bench.send("1B 00 00 00 01 00"));
  }

  @Test
  void a_write_that_waited_for_its_data_finds_no_medium() {
    TestTask late =
        bench.task(Bench.ALICE, Bench.hex("2A 00 00000000 00 0001 00"), Bench.pattern(1, 1));
    late.withheld();
    bench.target.execute(late);
    Bench.expectGood(bench.send(EJECT));
    late.arrive();
    Bench.expect(late.result(), "02 3A 00");
    bench.allocator.assertAllReleased();
  }

  @Test
  void a_unit_that_is_never_ready_says_that_somebody_has_to_look_after_it() {
    Bench broken =
        new Bench(
            Bench.profile(AtomicProfile.DEFAULT.limits()),
            new MemoryBlocks(Bench.BLOCK, 8),
            Bench.SURROUNDINGS.neverReady(true));
    Bench.expect(broken.send(TEST_UNIT_READY), "02 04 03");
    Bench.expectGood(broken.send("1B 00 00 00 01 00"));
    Bench.expect(broken.send("25 00 00000000 00 0000 00"), "02 04 03");
    assertThat(broken.data("12 00 00 0060 00")).hasSize(96);
    assertThat(broken.data("03 00 00 00 12 00")).startsWith(Bench.hex("70 00 02"));
  }

  @Test
  void a_unit_of_no_capacity_has_no_last_block() {
    Bench empty =
        new Bench(Bench.profile(AtomicProfile.DEFAULT.limits()), new MemoryBlocks(Bench.BLOCK, 0));
    Bench.expectGood(empty.send(TEST_UNIT_READY));
    assertThat(empty.data("25 00 00000000 00 0000 00")).isEqualTo(Bench.hex("FFFFFFFF 00000200"));
    assertThat(empty.data("9E 10 0000000000000000 0000000C 00 00"))
        .isEqualTo(Bench.hex("FFFFFFFFFFFFFFFF 00000200"));
    Bench.expect(empty.send("28 00 00000000 00 0001 00"), "05 21 00");
    Bench.expectGood(empty.send("28 00 00000000 00 0000 00"));
    Bench.expectGood(empty.send("48 02 00000000 00 0000 00"));
  }
}
