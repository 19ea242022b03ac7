package org.untorn.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.untorn.core.Bench.ALICE;
import static org.untorn.core.Bench.BOB;
import static org.untorn.core.Bench.hex;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.untorn.core.Command.DataDirection;
import org.untorn.core.Command.Trait;
import org.untorn.core.Command.UnderReservation;
import org.untorn.vpd.AtomicProfile;
import org.untorn.vpd.Field;

/**
 * What holds for every command whatever it does: a test per row of the table, made from the row. A
 * new command is tested from the day it has a row. What holds for those that address blocks is in
 * {@link MediumCommandTest}, reserved bits are in {@link CommandTableTest}.
 */
class EveryRowTest {

  private static final int RESERVATION_CONFLICT = 0x18;
  private static final int MORE_THAN_ANY = 1 << 16;

  /** A test per row that is in question, on a device of its own. */
  @FunctionalInterface
  private interface RowTest {
    void run(Bench bench, Command row);
  }

  private static Stream<DynamicTest> each(RowTest test) {
    return Bench.withEveryCommand().commands().rows().stream()
        .map(
            row ->
                DynamicTest.dynamicTest(row.name(), () -> test.run(Bench.withEveryCommand(), row)));
  }

  private static List<Field> named(Command row, String... names) {
    return row.fields().stream().filter(field -> List.of(names).contains(field.name())).toList();
  }

  private static TestTask.Result sendEmpty(Bench bench, Nexus nexus, Command row) {
    return bench.start(nexus, CommandTableTest.emptyCdb(row), new byte[0]).result();
  }

  /** The data of the command that reports commands, for one row. */
  private static byte[] reported(Bench bench, Command row) {
    int action = row.serviceAction().map(Command.ServiceAction::value).orElse(0);
    return bench.data("A3 0C 03 %02X %04X 00000100 00 00".formatted(row.operationCode(), action));
  }

  @TestFactory
  Stream<DynamicTest> what_is_reported_of_it_is_its_length_and_the_bits_that_it_evaluates() {
    return each(
        (every, row) -> {
          Bench bench = new Bench(Bench.profile(AtomicProfile.DEFAULT.limits()).removable(true));
          if (row.is(Trait.TYPE_2_PROTECTION)) {
            assertThat(reported(bench, row)).isEqualTo(hex("00 01 0000"));
            return;
          }
          byte[] data = reported(bench, row);
          assertThat(data).startsWith(hex("00 03 %04X".formatted(row.length())));
          byte[] map = Arrays.copyOfRange(data, 4, data.length);
          assertThat(map).hasSize(row.length());
          assertThat(map[0]).isEqualTo((byte) row.operationCode());
          byte[] covered = CommandTableTest.emptyCdb(row);
          for (Field field : row.fields()) {
            for (int i = field.byteOffset(); i <= field.lastByte(); i++) {
              covered[i] |= (byte) field.maskAt(i);
            }
          }
          covered[row.control()] |= 0x04;
          if (row.hasVariableLength()) {
            covered[7] = (byte) 0xFF;
          }
          assertThat(HexFormat.of().formatHex(map))
              .isEqualTo(HexFormat.of().formatHex(covered, 0, row.length()));
        });
  }

  @TestFactory
  Stream<DynamicTest> a_pending_unit_attention_comes_first_unless_it_is_carried_out_all_the_same() {
    return each(
        (bench, row) -> {
          bench.target.manage(new TaskManagement.LogicalUnitReset(BOB, 0), response -> {});
          TestTask.Result result = sendEmpty(bench, ALICE, row);
          if (row.is(Trait.SKIPS_UNIT_ATTENTION)) {
            assertThat(result.status()).isZero();
          } else {
            Bench.expect(result, "06 29 03");
          }
          assertThat(bench.store.journal()).isEmpty();
        });
  }

  @TestFactory
  Stream<DynamicTest> a_reservation_of_another_nexus_keeps_it_out_as_its_row_says() {
    return each(
        (bench, row) -> {
          Bench.expectGood(bench.send(ALICE, "16 00 00 00 00 00"));
          TestTask.Result result = sendEmpty(bench, BOB, row);
          switch (row.reservation(CommandTableTest.emptyCdb(row))) {
            case ALLOWED -> assertThat(result.status()).isNotEqualTo(RESERVATION_CONFLICT);
            case ALLOWED_UNDER_PERSISTENT, ALLOWED_UNDER_WRITE_EXCLUSIVE, CONFLICT ->
                assertThat(result.status()).isEqualTo(RESERVATION_CONFLICT);
            case BY_THE_COMMAND ->
                assertThat(row.name()).containsAnyOf("RESERVE", "RELEASE", "REGISTER");
          }
          assertThat(bench.store.journal()).isEmpty();
        });
  }

  @TestFactory
  Stream<DynamicTest> under_write_exclusive_what_only_reads_is_let_in_and_what_changes_is_not() {
    return each(
        (bench, row) -> {
          Bench.expectGood(register(bench, 0, 0, 0, 0xA));
          Bench.expectGood(register(bench, 1, 1, 0xA, 0));
          TestTask.Result result = sendEmpty(bench, BOB, row);
          UnderReservation rule = row.reservation(CommandTableTest.emptyCdb(row));
          if (rule == UnderReservation.CONFLICT) {
            assertThat(result.status()).isEqualTo(RESERVATION_CONFLICT);
          } else if (rule != UnderReservation.BY_THE_COMMAND) {
            assertThat(result.status()).isNotEqualTo(RESERVATION_CONFLICT);
          }
          if (row.is(Trait.CHANGES_MEDIUM)) {
            assertThat(rule).isEqualTo(UnderReservation.CONFLICT);
          }
        });
  }

  private static TestTask.Result register(
      Bench bench, int action, int type, long key, long newKey) {
    byte[] list = hex("%016X %016X 0000000000000000".formatted(key, newKey));
    return bench
        .start(ALICE, hex("5F %02X %02X 00 00 00000018 00".formatted(action, type)), list)
        .result();
  }

  @TestFactory
  Stream<DynamicTest> software_write_protection_stops_it_exactly_if_it_changes_the_medium() {
    return each(
        (bench, row) -> {
          Bench.expectGood(
              bench.send(
                  "15 10 00 00 10 00", hex("00 00 00 00  0A 0A 00 10 08 00 00 00 FF FF 00 00")));
          TestTask.Result result = sendEmpty(bench, ALICE, row);
          if (row.is(Trait.CHANGES_MEDIUM)) {
            Bench.expect(result, "07 27 02");
          } else {
            assertThat(result.status() == 2 ? result.data()[12] : 0).isNotEqualTo((byte) 0x27);
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> of_what_it_allocates_it_returns_no_more_and_none_of_nothing() {
    return each(
        (bench, row) -> {
          for (Field allocation : named(row, "ALLOCATION LENGTH")) {
            byte[] cdb = CommandTableTest.emptyCdb(row);
            allocation.put(cdb, Math.min(allocation.maximum(), MORE_THAN_ANY - 1));
            TestTask.Result whole = bench.send(cdb, new byte[0]);
            if (whole.status() != 0) {
              continue; // its empty CDB asks for something that is not there
            }
            for (int length : List.of(0, 1, 4, 7, whole.data().length)) {
              allocation.put(cdb, length);
              TestTask.Result result = bench.send(cdb, new byte[0]);
              if (result.status() == 0) {
                assertThat(result.data())
                    .hasSizeLessThanOrEqualTo(length)
                    .isEqualTo(Arrays.copyOf(whole.data(), Math.min(length, result.data().length)));
              } else {
                Bench.expect(result, "05 24 00");
              }
            }
          }
          bench.allocator.assertAllReleased();
        });
  }

  @TestFactory
  Stream<DynamicTest> a_parameter_list_of_nothing_is_no_error_of_its_own_and_asks_for_nothing() {
    return each(
        (bench, row) -> {
          for (Field length : named(row, "PARAMETER LIST LENGTH")) {
            byte[] cdb = CommandTableTest.emptyCdb(row);
            TestTask task = bench.start(ALICE, cdb, new byte[64]);
            assertThat(length.get(cdb)).isZero();
            assertThat(task.asked()).isEmpty();
            assertThat(task.result().status()).isIn(0x00, 0x02);
          }
          if (row.direction() == DataDirection.OUT) {
            assertThat(bench.store.journal()).isEmpty();
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> a_parameter_list_that_is_shorter_than_the_cdb_says_is_refused() {
    return each(
        (bench, row) -> {
          for (Field length : named(row, "PARAMETER LIST LENGTH")) {
            byte[] cdb = CommandTableTest.emptyCdb(row);
            length.put(cdb, 24);
            TestTask.Result result = bench.send(cdb, new byte[23]);
            assertThat(result.status()).isEqualTo(0x02);
            assertThat(result.data()[2] & 0x0F).isEqualTo(0x05);
            bench.allocator.assertAllReleased();
            assertThat(bench.store.journal()).isEmpty();
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> whatever_its_fields_say_it_ends_and_holds_no_buffer() {
    return each(
        (bench, row) -> {
          List<byte[]> cdbs = new ArrayList<>();
          for (Field field : row.fields()) {
            for (long value : List.of(1L, field.maximum(), field.maximum() >>> 1)) {
              byte[] cdb = CommandTableTest.emptyCdb(row);
              field.put(cdb, value & field.maximum());
              cdbs.add(cdb);
            }
          }
          for (byte[] cdb : cdbs) {
            boolean outbound = row.direction() == DataDirection.OUT;
            for (int offered : outbound ? List.of(0, 1, 511, 512, 70_000) : List.of(0)) {
              TestTask task = bench.start(ALICE, cdb, new byte[offered]);
              assertThat(task.completed()).isTrue();
            }
          }
          bench.allocator.assertAllReleased();
        });
  }
}
