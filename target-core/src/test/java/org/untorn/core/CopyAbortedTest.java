package org.untorn.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.untorn.core.Bench.hex;

import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The bytes are worked out by hand from SPC-5 4.4 and 6.4. */
class CopyAbortedTest {

  private static final CopyAborted UNREACHABLE =
      new CopyAborted(AdditionalSense.UNREACHABLE_COPY_TARGET, 3)
          .at(CopyAborted.Pointer.inSegment(CopyList.DESTINATION));

  private static final CopyAborted REFUSED =
      new CopyAborted(AdditionalSense.THIRD_PARTY_DEVICE_FAILURE, 1)
          .because(
              CopyAborted.Reply.checkCondition(
                  true,
                  SenseData.illegalRequest(AdditionalSense.LOGICAL_BLOCK_ADDRESS_OUT_OF_RANGE)));

  @Test
  void a_segment_and_a_field_of_it() {
    assertThat(UNREACHABLE.encode(false))
        .isEqualTo(hex("70 00 0A 00000000 0A 0000 0003 08 04 00 A0 0006"));
    assertThat(UNREACHABLE.encode(true))
        .isEqualTo(
            hex("72 0A 08 04 00 00 00 14  01 0A 0000 000000000000 0003  02 06 0000 A00006 00"));
  }

  @Test
  void a_bit_of_the_list() {
    CopyAborted nul =
        new CopyAborted(AdditionalSense.UNREACHABLE_COPY_TARGET, 0)
            .at(CopyAborted.Pointer.inList(16, CopyList.NUL));
    assertThat(nul.encode(false)).isEqualTo(hex("70 00 0A 00000000 0A 00000000 08 04 00 8D 0011"));
  }

  @Test
  void what_the_destination_answered() {
    assertThat(REFUSED.encode(false))
        .isEqualTo(
            hex(
                "70 00 0A 00000000 1D 00 12 0001 0D 01 00 000000"
                    + "02  70 00 05 00000000 0A 00000000 21 00 00 000000"));
    assertThat(REFUSED.encode(true))
        .isEqualTo(
            hex(
                "72 0A 0D 01 00 00 00 18  01 0A 0000 000000000000 0001"
                    + "0C 0A 02 02 72 05 21 00 00 00 00 00"));
  }

  @Test
  void what_the_source_answered_without_sense_data() {
    CopyAborted conflict =
        new CopyAborted(AdditionalSense.THIRD_PARTY_DEVICE_FAILURE, 0)
            .because(new CopyAborted.Reply(false, 0x18, Optional.empty()));
    assertThat(conflict.encode(false))
        .isEqualTo(hex("70 00 0A 00000000 0B 12 00 0000 0D 01 00 000000 18"));
  }

  @Test
  void the_longest_is_as_long_as_inquiry_says() {
    CopyAborted longest =
        new CopyAborted(AdditionalSense.THIRD_PARTY_DEVICE_FAILURE, 0)
            .at(CopyAborted.Pointer.inSegment(CopyList.SOURCE))
            .because(
                CopyAborted.Reply.checkCondition(
                    false, SenseData.invalidFieldInCdb(BlockCdb.DPO).withInformation(1)));
    assertThat(longest.encode(true)).hasSize(CopyAborted.LONGEST);
  }
}
