package org.untorn.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.untorn.vpd.AtomicLimits;
import org.untorn.vpd.AtomicProfile;
import org.untorn.vpd.Field;

class CommandTableTest {

  private final Bench bench = Bench.withEveryCommand();
  private final CommandTable table = bench.commands();

  /** A CDB of a row with nothing in it but its operation code and service action. */
  static byte[] emptyCdb(Command row) {
    byte[] cdb = new byte[Math.max(row.length(), 16)];
    cdb[0] = (byte) row.operationCode();
    if (row.operationCode() == 0x7F) {
      cdb[7] = (byte) (row.length() - 8);
    }
    row.serviceAction().ifPresent(action -> action.field().put(cdb, action.value()));
    return cdb;
  }

  /** Every bit behind the first byte and outside CONTROL that no field of the row covers. */
  private static List<Field> reservedBits(Command row) {
    List<Field> covering = new ArrayList<>(row.fields());
    covering.addAll(row.ignored());
    row.serviceAction().ifPresent(action -> covering.add(action.field()));
    boolean variable = row.operationCode() == 0x7F;
    if (variable) {
      covering.add(Field.bytes("CONTROL", 1, 1));
      covering.add(Field.bytes("ADDITIONAL CDB LENGTH", 7, 1));
    }
    List<Field> reserved = new ArrayList<>();
    for (int offset = 1; offset < row.length() - (variable ? 0 : 1); offset++) {
      for (int bit = 7; bit >= 0; bit--) {
        int at = offset;
        int mask = 1 << bit;
        if (covering.stream().noneMatch(field -> (field.maskAt(at) & mask) != 0)) {
          reserved.add(Field.bit("reserved", offset, bit));
        }
      }
    }
    return reserved;
  }

  @Test
  void every_reserved_bit_of_every_command_is_refused_with_a_pointer_at_it() {
    int checked = 0;
    for (Command row : table.rows()) {
      for (Field bit : reservedBits(row)) {
        byte[] cdb = emptyCdb(row);
        bit.put(cdb, 1);
        Bench.expect(
            bench.send(cdb, new byte[0]), "05 24 00", Bench.atBit(bit.byteOffset(), bit.highBit()));
        checked++;
      }
    }
    assertThat(checked).as("reserved bits of %s commands", table.rows().size()).isGreaterThan(400);
    assertThat(bench.store.journal()).isEmpty();
  }

  @Test
  void a_lenient_unit_overlooks_every_reserved_bit() {
    CommandTable lenient =
        new Bench(Bench.profile(AtomicProfile.DEFAULT.limits()).lenient()).disk.unit().commands();
    for (Command row : lenient.rows()) {
      for (Field bit : reservedBits(row)) {
        byte[] cdb = emptyCdb(row);
        bit.put(cdb, 1);
        assertThat(lenient.find(cdb)).isInstanceOf(CommandTable.Lookup.Found.class);
      }
    }
  }

  @Test
  void the_first_of_several_reserved_bits_is_pointed_at() {
    Bench.expect(bench.send("00 00 01 40 02 00"), "05 24 00", Bench.atBit(2, 0));
    Bench.expect(bench.send("00 00 00 42 02 00"), "05 24 00", Bench.atBit(3, 6));
  }

  @Test
  void of_control_no_bit_may_be_set_but_naca() {
    for (Command row : table.rows()) {
      for (int bit : new int[] {0, 1, 3, 4, 5, 6, 7}) {
        byte[] cdb = emptyCdb(row);
        int control = row.operationCode() == 0x7F ? 1 : row.length() - 1;
        cdb[control] = (byte) (1 << bit);
        Bench.expect(bench.send(cdb, new byte[0]), "05 24 00", Bench.atBit(control, bit));
      }
    }
    Bench lenient = new Bench(Bench.profile(AtomicLimits.NONE).lenient());
    Bench.expectGood(lenient.send("00 FF FF FF FF FF"));
    Bench.expectGood(bench.send("00 00 00 00 00 04"));
  }

  @Test
  void every_operation_code_without_a_row_is_unknown() {
    int unknown = 0;
    for (int code = 0; code < 256; code++) {
      if (table.rows(code).isEmpty()) {
        byte[] cdb = new byte[16];
        cdb[0] = (byte) code;
        Bench.expect(bench.send(cdb, new byte[0]), "05 20 00", Bench.atByte(0));
        unknown++;
      }
    }
    assertThat(unknown).isGreaterThan(190);
  }

  @Test
  void a_service_action_without_a_row_is_an_invalid_field() {
    int unknown = 0;
    for (int code : List.of(0x9E, 0xA3)) {
      for (int action = 0; action < 32; action++) {
        byte[] cdb = new byte[16];
        cdb[0] = (byte) code;
        cdb[1] = (byte) action;
        if (table.find(cdb) instanceof CommandTable.Lookup.Refused) {
          Bench.expect(bench.send(cdb, new byte[0]), "05 24 00", Bench.atBit(1, 4));
          unknown++;
        }
      }
    }
    assertThat(unknown).isEqualTo(64 - 6);
  }

  @Test
  void a_service_action_of_variable_length_without_a_row_is_an_invalid_field_of_two_bytes() {
    int unknown = 0;
    for (int action = 0; action < 0x10000; action++) {
      byte[] cdb = Bench.hex("7F 00 0000 0000 00 18 %04X".formatted(action) + "00".repeat(22));
      if (table.find(cdb) instanceof CommandTable.Lookup.Refused(SenseData why)) {
        assertThat(why.specific()).contains(FieldPointer.inCdb(Field.bytes("", 8, 2)));
        unknown++;
      }
    }
    assertThat(unknown).isEqualTo(0x10000 - 9);
  }

  @Test
  void an_additional_cdb_length_that_is_not_the_commands_is_pointed_at() {
    int checked = 0;
    for (Command row : table.rows(0x7F)) {
      for (int length = 0; length < 256; length++) {
        byte[] cdb = Arrays.copyOf(emptyCdb(row), 8 + 255);
        cdb[7] = (byte) length;
        if (length != 0x18) {
          Bench.expect(bench.send(cdb, new byte[0]), "05 24 00", Bench.atByte(7));
        } else {
          assertThat(table.find(cdb)).isInstanceOf(CommandTable.Lookup.Found.class);
        }
      }
      byte[] cut = Arrays.copyOf(emptyCdb(row), 31);
      Bench.expect(bench.send(cut, new byte[0]), "05 24 00", Bench.atByte(7));
      checked++;
    }
    assertThat(checked).isEqualTo(9);
    assertThat(bench.store.journal()).isEmpty();
  }

  /** SBC-4 4.21.2.2: without type 2 protection these are unknown operation codes. */
  @Test
  void what_needs_type_2_protection_is_unknown_without_it_and_reported_as_not_there() {
    Bench none = new Bench();
    assertThat(none.commands().withheld())
        .extracting(Command::name)
        .containsExactly(
            "READ(32)",
            "VERIFY(32)",
            "WRITE(32)",
            "WRITE AND VERIFY(32)",
            "WRITE SAME(32)",
            "WRITE ATOMIC(32)",
            "WRITE SCATTERED(32)");
    for (Command row : none.commands().withheld()) {
      Bench.expect(none.send(emptyCdb(row), Bench.pattern(1, 1)), "05 20 00", Bench.atByte(0));
      int action = row.serviceAction().orElseThrow().value();
      assertThat(none.data("A3 0C 02 7F %04X 00000100 00 00".formatted(action)))
          .isEqualTo(Bench.hex("00 01 0000"));
    }
    assertThat(none.store.journal()).isEmpty();
  }

  @Test
  void two_rows_that_one_cdb_would_fit_make_no_table() {
    Command plain = Command.row("PLAIN", "", 0x9E, 16).handledBy(task -> {});
    Command one = Command.row("ONE", "", 0x9E, 1, 16).handledBy(task -> {});
    Command two = Command.row("TWO", "", 0x9E, 2, 16).handledBy(task -> {});
    SenseData unknown = CommandTable.UNKNOWN_OPERATION_CODE;
    assertThat(new CommandTable(List.of(one, two), true, unknown).rows(0x9E)).hasSize(2);
    for (List<Command> rows :
        List.of(
            List.of(plain, plain), List.of(one, plain), List.of(plain, one), List.of(two, two))) {
      assertThatThrownBy(() -> new CommandTable(rows, true, unknown))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("cannot be told apart");
    }
  }

  @Test
  void fields_that_share_a_bit_with_another_or_with_control_make_no_row() {
    Field wide = Field.bytes("WIDE", 1, 3);
    for (Field clash :
        List.of(Field.bit("CLASH", 2, 5), Field.bit("NACA", 5, 2), Field.bit("OP", 0, 0))) {
      assertThatThrownBy(
              () -> Command.row("ROW", "", 0, 6).fields(wide, clash).handledBy(task -> {}))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("overlaps");
    }
  }

  @Test
  void without_atomic_limits_there_is_no_write_atomic() {
    Bench none = new Bench(Bench.profile(AtomicLimits.NONE));
    assertThat(none.disk.unit().commands().rows(0x9C)).isEmpty();
    Bench.expect(
        none.send("9C 00 0000000000000000 0000 0008 00 00", Bench.pattern(8, 1)), "05 20 00");
    assertThat(none.store.journal()).isEmpty();
  }
}
