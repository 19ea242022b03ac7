package org.untorn.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.untorn.core.Bench.hex;

import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.untorn.vpd.Field;

class SenseDataTest {

  private static final SenseData OUT_OF_RANGE =
      SenseData.illegalRequest(
          AdditionalSense.LOGICAL_BLOCK_ADDRESS_OUT_OF_RANGE,
          FieldPointer.inCdb(Field.bytes("LOGICAL BLOCK ADDRESS", 2, 8)));

  private static final SenseData UNREADABLE =
      new SenseData(SenseKey.MEDIUM_ERROR, AdditionalSense.UNRECOVERED_READ_ERROR)
          .withInformation(0x12345678L);

  @Test
  void the_fixed_format_is_these_18_bytes() {
    assertThat(SenseData.unitAttention(AdditionalSense.MODE_PARAMETERS_CHANGED).encode(false))
        .isEqualTo(hex("70 00 06 00000000 0A 00000000 2A 01 00 000000"));
    assertThat(OUT_OF_RANGE.encode(false))
        .isEqualTo(hex("70 00 05 00000000 0A 00000000 21 00 00 C00002"));
    assertThat(UNREADABLE.encode(false))
        .isEqualTo(hex("F0 00 03 12345678 0A 00000000 11 00 00 000000"));
  }

  @Test
  void the_descriptor_format_has_a_descriptor_for_what_there_is_to_tell() {
    assertThat(SenseData.unitAttention(AdditionalSense.MODE_PARAMETERS_CHANGED).encode(true))
        .isEqualTo(hex("72 06 2A 01 00 00 00 00"));
    assertThat(OUT_OF_RANGE.encode(true))
        .isEqualTo(hex("72 05 21 00 00 00 00 08  02 06 00 00 C0 00 02 00"));
    assertThat(UNREADABLE.encode(true))
        .isEqualTo(hex("72 03 11 00 00 00 00 0C  00 0A 80 00 0000000012345678"));
    assertThat(OUT_OF_RANGE.withInformation(-1).encode(true))
        .isEqualTo(
            hex(
                """
                72 05 21 00 00 00 00 14
                00 0A 80 00 FFFFFFFFFFFFFFFF
                02 06 00 00 C0 00 02 00
                """));
  }

  @Test
  void information_of_more_than_32_bits_is_left_out_of_the_fixed_format() {
    SenseData far = UNREADABLE.withInformation(0x1_0000_0000L);
    assertThat(far.encode(false)).startsWith(hex("70 00 03 00000000"));
    assertThat(UNREADABLE.withInformation(0xFFFF_FFFFL).encode(false))
        .startsWith(hex("F0 00 03 FFFFFFFF"));
  }

  @Test
  void a_field_that_begins_within_a_byte_is_pointed_at_by_its_first_bit() {
    Field wrprotect = new Field("WRPROTECT", 1, 7, 3);
    assertThat(SenseData.invalidFieldInCdb(wrprotect).encode(false))
        .endsWith(hex("24 00 00 CF0001"));
    FieldPointer inList = FieldPointer.inParameterList(0x0104, Field.bit("SWP", 4, 3));
    assertThat(SenseData.invalidFieldInParameterList(inList).encode(false))
        .endsWith(hex("26 00 00 8B0108"));
    assertThat(FieldPointer.inCdb(Field.bytes("whole", 10, 2)).bit())
        .isEqualTo(OptionalInt.empty());
  }

  @Test
  void what_is_not_ready_yet_tells_how_far_it_has_come() {
    SenseData sanitizing =
        SenseData.notReady(
            AdditionalSense.LOGICAL_UNIT_NOT_READY_SANITIZE_IN_PROGRESS,
            new ProgressIndication(0x1234));
    assertThat(sanitizing.encode(false))
        .isEqualTo(hex("70 00 02 00000000 0A 00000000 04 1B 00 801234"));
    assertThat(sanitizing.encode(true))
        .isEqualTo(hex("72 02 04 1B 00 00 00 08  02 06 00 00 80 12 34 00"));
    assertThat(ProgressIndication.of(0, 9)).isEqualTo(new ProgressIndication(0));
    assertThat(ProgressIndication.of(1, 4)).isEqualTo(new ProgressIndication(0x4000));
    assertThat(ProgressIndication.of(9, 9)).isEqualTo(new ProgressIndication(0xFFFF));
    assertThat(ProgressIndication.of(0, 0)).isEqualTo(new ProgressIndication(0xFFFF));
  }

  @Test
  void a_code_of_more_than_a_byte_does_not_exist() {
    assertThatThrownBy(() -> new AdditionalSense(0x100, 0))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(AdditionalSense.MODE_PARAMETERS_CHANGED).hasToString("2Ah/01h");
  }
}
