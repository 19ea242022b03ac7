package org.untorn.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.untorn.core.Bench.hex;

import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.untorn.vpd.AtomicLimits;

/** The usage maps here are worked by hand from SBC-4's and SPC-5's tables. */
class ReportSupportedOperationCodesTest {

  private final Bench bench = new Bench();

  private byte[] usage(String operationCode) {
    byte[] data = bench.data("A3 0C 01" + operationCode + "0000 00000100 00 00");
    assertThat(data[1]).as("SUPPORT").isEqualTo((byte) 3);
    assertThat(data[3]).as("CDB SIZE").isEqualTo((byte) (data.length - 4));
    return Arrays.copyOfRange(data, 4, data.length);
  }

  @Test
  void the_usage_maps_are_the_standards_less_what_this_device_ignores() {
    assertThat(usage("00")).isEqualTo(hex("00 00 00 00 00 04"));
    assertThat(usage("12")).isEqualTo(hex("12 01 FF FF FF 04"));
    assertThat(usage("08")).isEqualTo(hex("08 1F FF FF FF 04"));
    assertThat(usage("1A")).isEqualTo(hex("1A 08 FF FF FF 04"));
    assertThat(usage("15")).isEqualTo(hex("15 11 00 00 FF 04"));
    assertThat(usage("1B")).isEqualTo(hex("1B 01 00 00 F7 04"));
    assertThat(usage("28")).isEqualTo(hex("28 F8 FFFFFFFF 00 FFFF 04"));
    assertThat(usage("2A")).isEqualTo(hex("2A F8 FFFFFFFF 00 FFFF 04"));
    assertThat(usage("2F")).isEqualTo(hex("2F F6 FFFFFFFF 00 FFFF 04"));
    assertThat(usage("35")).isEqualTo(hex("35 02 FFFFFFFF 00 FFFF 04"));
    assertThat(usage("42")).isEqualTo(hex("42 01 00000000 00 FFFF 04"));
    assertThat(usage("A0")).isEqualTo(hex("A0 00 FF 00 00 00 FFFFFFFF 00 04"));
    assertThat(usage("88")).isEqualTo(hex("88 F8 FFFFFFFFFFFFFFFF FFFFFFFF 00 04"));
    assertThat(usage("8A")).isEqualTo(hex("8A F8 FFFFFFFFFFFFFFFF FFFFFFFF 00 04"));
    assertThat(usage("93")).isEqualTo(hex("93 F9 FFFFFFFFFFFFFFFF FFFFFFFF 00 04"));
    assertThat(usage("1C")).isEqualTo(hex("1C 01 FF FFFF 04"));
    assertThat(usage("1D")).isEqualTo(hex("1D F4 00 FFFF 04"));
    assertThat(usage("37")).isEqualTo(hex("37 00 1F 00000000 FFFF 04"));
    assertThat(usage("B7")).isEqualTo(hex("B7 1F FFFFFFFF FFFFFFFF 00 04"));
    assertThat(usage("04")).isEqualTo(hex("04 FF 00 00 03 04"));
    assertThat(usage("07")).isEqualTo(hex("07 03 00 00 00 04"));
    assertThat(usage("3F")).isEqualTo(hex("3F E0 FFFFFFFF 00 FFFF 04"));
    assertThat(usage("4D")).isEqualTo(hex("4D 01 FF FF 00 FFFF FFFF 04"));
    assertThat(usage("4C")).isEqualTo(hex("4C 03 FF FF 000000 FFFF 04"));
    assertThat(usage("3B")).isEqualTo(hex("3B FF FF FFFFFF FFFFFF 04"));
    assertThat(usage("3C")).isEqualTo(hex("3C FF FF FFFFFF FFFFFF 04"));
    assertThat(usage("9B")).isEqualTo(hex("9B FF FFFFFFFFFFFFFFFF FFFFFFFF FF 04"));
    assertThat(usage("16")).isEqualTo(hex("16 00 00 00 00 04"));
    assertThat(usage("57")).isEqualTo(hex("57 00 00 00 00 00 00 0000 04"));
    assertThat(usage("89")).isEqualTo(hex("89 F8 FFFFFFFFFFFFFFFF 000000 FF 00 04"));
    assertThat(usage("8B")).isEqualTo(hex("8B F8 FFFFFFFFFFFFFFFF FFFFFFFF 00 04"));
    assertThat(usage("34")).isEqualTo(hex("34 02 FFFFFFFF 00 FFFF 04"));
    assertThat(usage("90")).isEqualTo(hex("90 02 FFFFFFFFFFFFFFFF FFFFFFFF 00 04"));
    assertThat(usage("9C")).isEqualTo(hex("9C F8 FFFFFFFFFFFFFFFF FFFF FFFF 00 04"));
  }

  @Test
  void a_command_with_service_actions_is_reported_by_both_its_numbers_with_the_action_in_the_map() {
    assertThat(bench.data("A3 0C 02 9E 0010 00000100 00 00"))
        .isEqualTo(hex("00 03 0010 9E 10 0000000000000000 FFFFFFFF 00 04"));
    assertThat(bench.data("A3 0C 02 7F 000E 00000100 00 00"))
        .isEqualTo(
            hex(
                "00 03 0020 7F 04 07 0F 0000 00 FF 000E"
                    + "F8 00 FFFFFFFFFFFFFFFF FFFFFFFF FFFFFFFF FFFFFFFF"));
    assertThat(bench.data("A3 0C 02 9F 0012 00000100 00 00"))
        .isEqualTo(hex("00 03 0010 9F 12 F8 00 FFFF 0000 FFFF FFFFFFFF 00 04"));
    assertThat(bench.data("A3 0C 02 5E 0003 00000100 00 00"))
        .isEqualTo(hex("00 03 000A 5E 03 00 00 00 00 00 FFFF 04"));
    assertThat(bench.data("A3 0C 02 5F 0000 00000100 00 00"))
        .isEqualTo(hex("00 03 000A 5F 00 00 00 00 FFFFFFFF 04"));
    assertThat(bench.data("A3 0C 02 5F 0005 00000100 00 00"))
        .isEqualTo(hex("00 03 000A 5F 05 FF 00 00 FFFFFFFF 04"));
    assertThat(bench.data("A3 0C 02 A3 0005 00000100 00 00"))
        .isEqualTo(hex("00 03 000C A3 05 0000 0000 FFFFFFFF FE 04"));
    assertThat(bench.data("A3 0C 02 A3 000A 00000100 00 00"))
        .isEqualTo(hex("00 03 000C A3 EA 0000 0000 FFFFFFFF 00 04"));
    assertThat(bench.data("A3 0C 02 A4 000A 00000100 00 00"))
        .isEqualTo(hex("00 03 000C A4 0A 0000 0000 FFFFFFFF 00 04"));
    assertThat(bench.data("A3 0C 02 A4 0006 00000100 00 00"))
        .isEqualTo(hex("00 03 000C A4 06 0000 0000 FFFFFFFF FE 04"));
    assertThat(bench.data("A3 0C 02 48 0001 00000100 00 00"))
        .isEqualTo(hex("00 03 000A 48 A1 00000000 00 FFFF 04"));
    assertThat(bench.data("A3 0C 02 48 001F 00000100 00 00"))
        .isEqualTo(hex("00 03 000A 48 1F 00000000 00 FFFF 04"));
    assertThat(bench.data("A3 0C 02 9F 0011 00000100 00 00"))
        .isEqualTo(hex("00 03 0010 9F F1 FFFFFFFFFFFFFFFF 0000 FFFF 00 04"));
    for (String copy : new String[] {"00", "01"}) {
      assertThat(bench.data("A3 0C 02 83 00" + copy + "00000100 00 00"))
          .isEqualTo(hex("00 03 0010 83 " + copy + "0000000000000000 FFFFFFFF 00 04"));
    }
    for (String token : new String[] {"10", "11"}) {
      assertThat(bench.data("A3 0C 02 83 00" + token + "00000100 00 00"))
          .isEqualTo(hex("00 03 0010 83 " + token + "00000000 FFFFFFFF FFFFFFFF 00 04"));
    }
    assertThat(bench.data("A3 0C 02 83 001C 00000100 00 00"))
        .isEqualTo(hex("00 03 0010 83 1C FFFFFFFF 000000000000000000 04"));
    for (String lid1 : new String[] {"00", "01", "04"}) {
      assertThat(bench.data("A3 0C 02 84 00" + lid1 + "00000100 00 00"))
          .isEqualTo(hex("00 03 0010 84 " + lid1 + "FF 00000000000000 FFFFFFFF 00 04"));
    }
    assertThat(bench.data("A3 0C 02 84 0003 00000100 00 00"))
        .isEqualTo(hex("00 03 0010 84 03 0000000000000000 FFFFFFFF 00 04"));
    for (String lid4 : new String[] {"05", "06", "07"}) {
      assertThat(bench.data("A3 0C 02 84 00" + lid4 + "00000100 00 00"))
          .isEqualTo(hex("00 03 0010 84 " + lid4 + "FFFFFFFF 00000000 FFFFFFFF 00 04"));
    }
    assertThat(bench.data("A3 0C 03 A3 000C 00000100 00 00"))
        .isEqualTo(hex("00 03 000C A3 0C 87 FF FFFF FFFFFFFF 00 04"));
  }

  /** ADDITIONAL CDB LENGTH is evaluated, every bit of it; GROUP NUMBER is not. */
  @Test
  void commands_of_variable_length_have_control_in_byte_1_and_the_action_in_bytes_8_and_9() {
    Bench every = Bench.withEveryCommand();
    Map<String, String> maps =
        Map.of(
            "0009", "F8 00 FFFFFFFFFFFFFFFF FFFFFFFF FFFFFFFF FFFFFFFF",
            "000A", "F6 00 FFFFFFFFFFFFFFFF FFFFFFFF FFFFFFFF FFFFFFFF",
            "000B", "F8 00 FFFFFFFFFFFFFFFF FFFFFFFF FFFFFFFF FFFFFFFF",
            "000C", "F6 00 FFFFFFFFFFFFFFFF FFFFFFFF FFFFFFFF FFFFFFFF",
            "000D", "F9 00 FFFFFFFFFFFFFFFF FFFFFFFF FFFFFFFF FFFFFFFF",
            "0011", "F8 00 FFFF 0000 FFFF 0000 00000000 00000000 FFFFFFFF",
            "0012", "FF 00 FFFFFFFFFFFFFFFF FFFFFFFF FFFFFFFF FFFFFFFF");
    maps.forEach(
        (action, map) ->
            assertThat(usage(every, action)).isEqualTo(longMap("0000 0000 00", action, map)));
    assertThat(usage(every, "000E"))
        .isEqualTo(
            longMap("07 0F 0000 00", "000E", "F8 00 FFFFFFFFFFFFFFFF FFFFFFFF FFFFFFFF FFFFFFFF"));
    assertThat(usage(every, "000F"))
        .isEqualTo(
            longMap("0000 FFFF 00", "000F", "F8 00 FFFFFFFFFFFFFFFF FFFFFFFF FFFFFFFF FFFFFFFF"));
  }

  private static byte[] longMap(String bytes2To6, String action, String rest) {
    return hex("7F 04" + bytes2To6 + "FF" + action + rest);
  }

  private static byte[] usage(Bench bench, String action) {
    int value = Integer.parseInt(action, 16);
    return bench.commands().rows(0x7F).stream()
        .filter(one -> one.serviceAction().orElseThrow().value() == value)
        .findFirst()
        .orElseThrow()
        .usageData();
  }

  @Test
  void asking_in_the_way_that_does_not_fit_the_operation_code_is_refused() {
    Bench.expect(bench.send("A3 0C 01 9E 0010 00000100 00 00"), "05 24 00", Bench.atByte(3));
    Bench.expect(bench.send("A3 0C 02 28 0000 00000100 00 00"), "05 24 00", Bench.atByte(3));
    Bench.expect(bench.send("A3 0C 04 28 0000 00000100 00 00"), "05 24 00", Bench.atBit(2, 2));
  }

  @Test
  void option_three_takes_either_kind() {
    assertThat(bench.data("A3 0C 03 28 0000 00000100 00 00")).startsWith(hex("00 03 000A 28"));
    assertThat(bench.data("A3 0C 03 28 0001 00000100 00 00")).isEqualTo(hex("00 01 0000"));
    assertThat(bench.data("A3 0C 03 9E 0011 00000100 00 00")).isEqualTo(hex("00 01 0000"));
  }

  @Test
  void what_is_not_there_is_reported_as_not_supported() {
    assertThat(bench.data("A3 0C 01 FF 0000 00000100 00 00")).isEqualTo(hex("00 01 0000"));
    assertThat(bench.data("A3 0C 02 FF 0000 00000100 00 00")).isEqualTo(hex("00 01 0000"));
    Bench none = new Bench(Bench.profile(AtomicLimits.NONE));
    assertThat(none.data("A3 0C 01 9C 0000 00000100 00 00")).isEqualTo(hex("00 01 0000"));
  }

  @Test
  void all_commands_are_listed_in_order_with_their_lengths_and_service_actions() {
    byte[] data = bench.data("A3 0C 00 00 0000 0000FFFF 00 00");
    int commands = bench.disk.unit().commands().rows().size();
    assertThat(data).hasSize(4 + 8 * commands);
    assertThat(data).startsWith(hex("0000%04X 00 00 0000 00 00 0006".formatted(8 * commands)));
    assertThat(descriptor(data, 8, 0x9E)).isEqualTo(hex("9E 00 0010 00 01 0010"));
    assertThat(descriptor(data, 8, 0x9C)).isEqualTo(hex("9C 00 0000 00 00 0010"));
  }

  @Test
  void with_rctd_every_command_has_a_timeouts_descriptor() {
    byte[] data = bench.data("A3 0C 80 00 0000 0000FFFF 00 00");
    int commands = bench.disk.unit().commands().rows().size();
    assertThat(data).hasSize(4 + 20 * commands);
    assertThat(descriptor(data, 20, 0x9E))
        .isEqualTo(hex("9E 00 0010 00 03 0010  000A 0000 00000000 00000000"));
    assertThat(bench.data("A3 0C 81 00 0000 00000100 00 00"))
        .isEqualTo(hex("00 83 0006 00 00 00 00 00 04  000A 0000 00000000 00000000"));
  }

  @Test
  void the_answer_is_cut_to_the_allocation_length() {
    assertThat(bench.data("A3 0C 00 00 0000 00000004 00 00")).hasSize(4);
    assertThat(bench.data("A3 0C 00 00 0000 00000000 00 00")).isEmpty();
  }

  @Test
  void the_task_management_functions_are_those_that_work() {
    assertThat(bench.data("A3 0D 00 00 0000 00000100 00 00")).isEqualTo(hex("FC 07 00 00"));
    assertThat(bench.data("A3 0D 80 00 0000 00000100 00 00"))
        .isEqualTo(hex("FC 07 00 0C 00000000 00000000 00000000"));
  }

  /** The first descriptor of an operation code. */
  private static byte[] descriptor(byte[] data, int length, int operationCode) {
    for (int at = 4; at < data.length; at += length) {
      if ((data[at] & 0xFF) == operationCode) {
        return Arrays.copyOfRange(data, at, at + length);
      }
    }
    throw new AssertionError("no descriptor");
  }
}
