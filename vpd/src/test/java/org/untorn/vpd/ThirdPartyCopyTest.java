package org.untorn.vpd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.untorn.vpd.Hex.bytes;

import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The bytes are worked out by hand from SPC-5 7.7 and SBC-4's tables. */
class ThirdPartyCopyTest {

  private static void isEncodedAs(CopyDescriptor descriptor, byte[] expected) {
    ThirdPartyCopy page = new ThirdPartyCopy(List.of(descriptor));
    byte[] encoded = page.encode(Peripheral.DISK);

    assertThat(encoded).startsWith(bytes("00 8f 00 %02x".formatted(expected.length)));
    assertThat(Arrays.copyOfRange(encoded, 4, encoded.length)).isEqualTo(expected);
    assertThat(VpdPage.decode(encoded)).contains(page);
  }

  @Test
  void the_limits_of_tokens_of_block_devices() {
    isEncodedAs(
        new CopyDescriptor.BlockDeviceRodTokenLimits(16, 600, 60, 0x80000, 0x20000),
        bytes(
            "00 00 00 20 00 00 00 00 00 00 00 10",
            "00 00 02 58 00 00 00 3c",
            "00 00 00 00 00 08 00 00 00 00 00 00 00 02 00 00"));
  }

  @Test
  void the_commands_by_operation_code_filled_up_to_a_multiple_of_four() {
    TreeMap<Integer, List<Integer>> actions = new TreeMap<>();
    actions.put(0x84, List.of(0x00, 0x03));
    actions.put(0x83, List.of(0x00, 0x01, 0x1c));
    isEncodedAs(
        new CopyDescriptor.SupportedCommands(actions),
        bytes("00 01 00 0c 09 83 03 00 01 1c 84 02 00 03 00 00"));
  }

  @Test
  void how_long_a_parameter_list_may_be() {
    isEncodedAs(
        new CopyDescriptor.ParameterData(16, 64, 2304, 0),
        bytes(
            "00 04 00 1c 00 00 00 00 00 10 00 40 00 00 09 00 00 00 00 00",
            "00 00 00 00 00 00 00 00 00 00 00 00"));
  }

  @Test
  void the_descriptors_and_the_names_of_copy_sources_beside_them() {
    isEncodedAs(
        new CopyDescriptor.SupportedDescriptors(List.of(0x02, 0xe4)),
        bytes("00 08 00 04 02 02 e4 00"));
    isEncodedAs(
        new CopyDescriptor.SupportedCscdDescriptorIds(List.of(0xffff)),
        bytes("00 0c 00 04 00 02 ff ff"));
  }

  @Test
  void what_tokens_live_through_and_how_much_they_stand_for() {
    isEncodedAs(
        new CopyDescriptor.RodTokenFeatures(1, 3600, 600, 0x1000_0000, 0x0400_0000),
        bytes(
            "01 06 00 5c 00 00 00 00 00 00 00 00 00 00 00 00",
            "00 00 00 01 00 00 0e 10 00 00 02 58",
            "00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 30",
            "00 00 00 2c 00 00 00 00 00 00 00 00 10 00 00 00",
            "00 00 00 00 04 00 00 00 00 00 00 00 04 00 00 00 00 00 00 00 04 00 00 00",
            "00 00 00 00 00 00 00 00"));
  }

  @Test
  void a_type_of_tokens_takes_sixty_four_bytes() {
    byte[] expected = new byte[8 + 64 + 64];
    System.arraycopy(bytes("01 08 00 84 00 00 00 80 00 80 00 00 03"), 0, expected, 0, 13);
    System.arraycopy(bytes("ff ff 00 01 02"), 0, expected, 72, 5);
    isEncodedAs(
        new CopyDescriptor.SupportedRodTypes(
            List.of(
                new CopyDescriptor.SupportedRodTypes.RodType(0x0080_0000, true, true),
                new CopyDescriptor.SupportedRodTypes.RodType(0xffff_0001L, true, false))),
        expected);
  }

  @Test
  void how_many_copies_there_may_be() {
    isEncodedAs(
        new CopyDescriptor.GeneralCopyOperations(16, 64, 0x01ff_fe00, 9),
        bytes(
            "80 01 00 20 00 00 00 10 00 00 00 40 01 ff fe 00 09 00 00 00",
            "00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00"));
  }

  @Test
  void an_unknown_descriptor_is_passed_over_and_one_cut_short_refused() {
    assertThat(VpdPage.decode(bytes("00 8f 00 08 c0 01 00 04 00 00 00 00")))
        .contains(new ThirdPartyCopy(List.of()));
    assertThatThrownBy(() -> VpdPage.decode(bytes("00 8f 00 08 00 08 00 08 02 02 e4 00")))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
