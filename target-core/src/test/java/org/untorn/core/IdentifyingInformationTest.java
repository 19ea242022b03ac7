package org.untorn.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.untorn.core.Bench.hex;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class IdentifyingInformationTest {

  private static final String REPORT = "A3 05 0000 0000 00000400 %02X 00";
  private static final String SET = "A4 06 0000 0000 %08X %02X 00";
  private static final int PERIPHERAL_DEVICE = 0b0000000 << 1;
  private static final int TEXT = 0b0000010 << 1;

  private final Bench bench = new Bench();

  private TestTask.Result set(int type, byte[] value) {
    return bench.send(SET.formatted(value.length, type), value);
  }

  private byte[] report(int type) {
    return bench.data(REPORT.formatted(type));
  }

  @Test
  void what_was_set_last_is_reported_by_its_type() {
    assertThat(report(PERIPHERAL_DEVICE)).isEqualTo(hex("0000 0000"));
    Bench.expectGood(set(PERIPHERAL_DEVICE, hex("01 02 00 03")));
    Bench.expectGood(set(TEXT, hex("64 69 73 6B C3 A9 00")));
    assertThat(report(PERIPHERAL_DEVICE)).isEqualTo(hex("0000 0004 01 02 00 03"));
    assertThat(report(TEXT)).isEqualTo(hex("0000 0007 64 69 73 6B C3 A9 00"));
    assertThat(bench.data("A3 05 0000 0000 00000005 00 00")).isEqualTo(hex("0000 0004 01"));
    Bench.expectGood(set(PERIPHERAL_DEVICE, new byte[0]));
    assertThat(report(PERIPHERAL_DEVICE)).isEqualTo(hex("0000 0000"));
    assertThat(report(TEXT)).hasSize(4 + 7);
  }

  @Test
  void the_types_and_their_lengths_are_listed() {
    assertThat(report(0xFE)).isEqualTo(hex("0000 0008 00 00 0200 04 00 0100"));
  }

  @Test
  void a_reset_changes_nothing() {
    Bench.expectGood(set(TEXT, hex("61 00")));
    bench.target.manage(new TaskManagement.LogicalUnitReset(Bench.ALICE, 0), response -> {});
    Bench.expect(bench.send("00 00 00 00 00 00"), "06 29 03");
    assertThat(report(TEXT)).isEqualTo(hex("0000 0002 61 00"));
  }

  @Test
  void other_nexuses_hear_of_it() {
    Bench.expectGood(set(PERIPHERAL_DEVICE, hex("01")));
    Bench.expect(bench.send(Bench.BOB, "00 00 00 00 00 00"), "06 3F 05");
    Bench.expectGood(bench.send("00 00 00 00 00 00"));
  }

  @Test
  void the_longest_information_is_taken_and_none_that_is_longer() {
    Bench.expectGood(set(PERIPHERAL_DEVICE, new byte[512]));
    Bench.expect(set(PERIPHERAL_DEVICE, new byte[513]), "05 24 00", Bench.atByte(6));
    byte[] text = "a".repeat(256).getBytes(StandardCharsets.UTF_8);
    text[255] = 0;
    Bench.expectGood(set(TEXT, text));
    Bench.expect(set(TEXT, new byte[257]), "05 24 00", Bench.atByte(6));
    Bench.expect(bench.send(SET.formatted(2, TEXT), new byte[1]), "05 1A 00");
    assertThat(report(TEXT)).hasSize(4 + 256);
  }

  @Test
  void a_text_that_is_none_is_refused() {
    for (String bad : List.of("61", "61 00 00", "00 61 00", "C3 00", "FF 00")) {
      Bench.expect(set(TEXT, hex(bad)), "05 26 00", "800000");
    }
    assertThat(report(TEXT)).isEqualTo(hex("0000 0000"));
    Bench.expectGood(bench.send(Bench.BOB, "00 00 00 00 00 00"));
  }

  @Test
  void a_type_that_there_is_not_is_refused() {
    for (int type : List.of(0x02, 0x06, 0xFC)) {
      Bench.expect(bench.send(REPORT.formatted(type)), "05 24 00", Bench.atBit(10, 7));
      Bench.expect(set(type, hex("61")), "05 24 00", Bench.atBit(10, 7));
    }
    Bench.expect(set(0xFE, hex("61")), "05 24 00", Bench.atBit(10, 7));
  }
}
