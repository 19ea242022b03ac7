package org.untorn.vpd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.untorn.vpd.Hex.bytes;
import static org.untorn.vpd.Hex.padded;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class VpdPageTest {

  @Test
  void supported_pages_are_listed_in_ascending_order_once_each() {
    isEncodedAs(
        new SupportedVpdPages(List.of(0xb2, 0x00, 0x83, 0x80, 0x86, 0xb0, 0xb1, 0x80)),
        bytes("00 00 00 07 00 80 83 86 b0 b1 b2"));
  }

  @Test
  void the_serial_number_is_the_whole_page() {
    isEncodedAs(new UnitSerialNumber("UT-4711"), bytes("00 80 00 07 55 54 2d 34 37 31 31"));
  }

  @Test
  void a_disks_names_are_these_descriptors() {
    String target = "iqn.2026-11.org.untorn:disk0"; // 28 bytes, 32 with its nulls
    isEncodedAs(
        new DeviceIdentification(
            List.of(
                new Designator.T10VendorId("UNTORN", "disk0"),
                Designator.NaaLocallyAssigned.of(Association.LOGICAL_UNIT, 0xf123_4567_89ab_cdefL),
                new Designator.RelativeTargetPort(1),
                new Designator.TargetPortGroup(0x102),
                new Designator.ScsiName(Association.TARGET_PORT, target + ",t,0x0001"),
                new Designator.ScsiName(Association.TARGET_DEVICE, target))),
        bytes(
            "00 83 00 7d", // 17 + 12 + 8 + 8 + 44 + 36
            "02 01 00 0d 55 4e 54 4f 52 4e 20 20 64 69 73 6b 30",
            "01 03 00 08 31 23 45 67 89 ab cd ef",
            "51 94 00 04 00 00 00 01",
            "51 95 00 04 00 00 01 02",
            "53 98 00 28 69 71 6e 2e 32 30 32 36 2d 31 31 2e 6f 72 67 2e 75 6e 74 6f 72 6e",
            "3a 64 69 73 6b 30 2c 74 2c 30 78 30 30 30 31 00 00 00",
            "53 a8 00 20 69 71 6e 2e 32 30 32 36 2d 31 31 2e 6f 72 67 2e 75 6e 74 6f 72 6e",
            "3a 64 69 73 6b 30 00 00 00 00"));
  }

  @Test
  void a_designator_of_an_unknown_kind_is_passed_over() {
    byte[] page =
        bytes(
            "00 83 00 18",
            "01 02 00 08 00 11 22 33 44 55 66 77", // EUI-64
            "01 03 00 08 33 33 33 30 00 00 07 d0"); // scsi_debug's NAA

    assertThat(VpdPage.decode(page))
        .contains(
            new DeviceIdentification(
                List.of(
                    new Designator.NaaLocallyAssigned(
                        Association.LOGICAL_UNIT, 0x3333_3330_0000_07d0L))));
  }

  @Test
  void a_scsi_name_is_ended_by_one_to_four_nulls() {
    for (int length = 1; length <= 251; length++) {
      Designator.ScsiName name =
          new Designator.ScsiName(Association.TARGET_DEVICE, "x".repeat(length));
      byte[] descriptor = name.encode();

      assertThat(descriptor[3] & 0xff).isGreaterThan(length).isLessThanOrEqualTo(length + 4);
      assertThat(descriptor.length % 4).isZero();
      assertThat(Designator.decode(descriptor)).contains(name);
    }
    assertThatThrownBy(() -> new Designator.ScsiName(Association.TARGET_DEVICE, "x".repeat(252)))
        .hasMessageContaining("a SCSI name string of over 251 bytes");
  }

  @Test
  void the_extended_data_say_which_task_attributes_there_are_and_that_the_cache_is_volatile() {
    isEncodedAs(
        new ExtendedInquiry(
            EnumSet.of(
                ExtendedInquiry.Flag.SIMPSUP,
                ExtendedInquiry.Flag.ORDSUP,
                ExtendedInquiry.Flag.HEADSUP,
                ExtendedInquiry.Flag.V_SUP,
                ExtendedInquiry.Flag.LUICLR),
            5,
            252),
        padded(64, "00 86 00 3c 28 07 01 01 00 00 00 00 00 fc"));
  }

  @Test
  void every_extended_flag_has_its_own_bit_and_comes_back() {
    for (ExtendedInquiry.Flag flag : ExtendedInquiry.Flag.values()) {
      ExtendedInquiry page = new ExtendedInquiry(EnumSet.of(flag), 0, 0);

      assertThat(VpdPage.decode(page.encode(Peripheral.DISK))).contains(page);
    }
  }

  @Test
  void the_limits_of_streams_and_of_scattered_writes_stand_in_the_extension() {
    isEncodedAs(
        new BlockLimitsExtension(0x0102, 0x0304, 0x05060708, 0x11121314, 0x2122, 0x31323334),
        padded(
            32,
            "00 b7 00 1c 00 00 01 02 03 04 05 06 07 08 00 00"
                + "11 12 13 14 00 00 21 22 31 32 33 34"));
  }

  @Test
  void untorns_block_limits_fill_every_field() {
    isEncodedAs(
        new BlockLimits(
            true,
            0xff,
            8,
            8192,
            2048,
            0x01020304,
            BlockLimits.UNLIMITED,
            256,
            16,
            OptionalLong.of(0x7fff_fffeL),
            0x1122_3344_5566_7788L,
            AtomicProfile.DEFAULT.limits()),
        bytes(
            "00 b0 00 3c 01 ff 00 08 00 00 20 00 00 00 08 00",
            "01 02 03 04 ff ff ff ff 00 00 01 00 00 00 00 10",
            "ff ff ff fe 11 22 33 44 55 66 77 88 00 00 20 00",
            "00 00 00 08 00 00 00 08 00 00 20 00 00 00 00 80"));
  }

  @Test
  void what_scsi_debug_6_12_reported_is_what_its_profile_reports() {
    isEncodedAs(
        new BlockLimits(
            false,
            0,
            1,
            0x20000,
            0x400,
            0,
            BlockLimits.UNLIMITED,
            0x100,
            1,
            OptionalLong.empty(),
            0xffff,
            AtomicProfile.SCSI_DEBUG_6_11.limits()),
        bytes(
            "00 b0 00 3c 00 00 00 01 00 02 00 00 00 00 04 00",
            "00 00 00 00 ff ff ff ff 00 00 01 00 00 00 00 01",
            "00 00 00 00 00 00 00 00 00 00 ff ff 00 00 20 00",
            "00 00 00 02 00 00 00 02 00 00 20 00 00 00 00 80"));
  }

  @Test
  void a_device_without_write_atomic_reports_five_zeros_in_a_page_of_full_length() {
    byte[] page =
        new BlockLimits(
                false, 0, 0, 8192, 0, 0, 0, 0, 0, OptionalLong.empty(), 0, AtomicLimits.NONE)
            .encode(Peripheral.DISK);

    assertThat(page).hasSize(64);
    assertThat(Arrays.copyOfRange(page, 44, 64)).containsOnly(0);
  }

  @Test
  void the_medium_does_not_rotate() {
    isEncodedAs(
        new BlockDeviceCharacteristics(BlockDeviceCharacteristics.NON_ROTATING, 1, 2, true, false),
        padded(64, "00 b1 00 3c 00 01 00 60 02"));
    isEncodedAs(
        new BlockDeviceCharacteristics(7200, 0, 0, false, true),
        padded(64, "00 b1 00 3c 1c 20 00 00 01"));
  }

  @Test
  void thin_provisioning_says_how_blocks_are_given_back() {
    isEncodedAs(
        new LogicalBlockProvisioning(11, true, true, true, 1, false, LogicalBlockProvisioning.THIN),
        bytes("00 b2 00 04 0b e4 02 00"));
    isEncodedAs(
        new LogicalBlockProvisioning(0, false, false, false, 7, true, 0),
        bytes("00 b2 00 04 00 1e 00 00"));
  }

  @Test
  void management_addresses_are_urls_that_end_in_nulls() {
    isEncodedAs(
        new ManagementNetworkAddresses(
            List.of(
                new ManagementNetworkAddresses.Service(
                    Association.LOGICAL_UNIT,
                    ManagementNetworkAddresses.Service.STORAGE_CONFIGURATION,
                    "http://a"),
                new ManagementNetworkAddresses.Service(
                    Association.TARGET_DEVICE, 3, "http://abc"))),
        bytes(
            "00 85 00 20",
            "01 00 00 0c 68 74 74 70 3a 2f 2f 61 00 00 00 00",
            "43 00 00 0c 68 74 74 70 3a 2f 2f 61 62 63 00 00"));
    isEncodedAs(new ManagementNetworkAddresses(List.of()), bytes("00 85 00 00"));
  }

  @Test
  void a_policy_is_four_bytes() {
    isEncodedAs(
        new ModePagePolicy(
            List.of(
                new ModePagePolicy.Policy(0x02, 0x01, true, 3), ModePagePolicy.Policy.ALL_SHARED)),
        bytes("00 87 00 08 02 01 83 00 3f ff 00 00"));
  }

  @Test
  void the_ports_are_these_descriptors() {
    isEncodedAs(
        new ScsiPorts(
            List.of(
                new ScsiPorts.Port(
                    1, List.of(new Designator.ScsiName(Association.TARGET_PORT, "iqn.a,t,0x0001"))),
                new ScsiPorts.Port(0x102, List.of()))),
        bytes(
            "00 88 00 2c",
            "00 00 00 01 00 00 00 00 00 00 00 14",
            "53 98 00 10 69 71 6e 2e 61 2c 74 2c 30 78 30 30 30 31 00 00",
            "00 00 01 02 00 00 00 00 00 00 00 00"));
  }

  @Test
  void a_page_that_has_no_record_is_nothing() {
    assertThat(VpdPage.decode(bytes("00 89 00 01 ff"))).isEmpty();
  }

  @Test
  void a_page_cut_short_is_refused_and_what_follows_a_page_is_not_read() {
    assertThatThrownBy(() -> VpdPage.decode(bytes("00 b0 00"))).hasMessage("a VPD page of 3 bytes");
    assertThatThrownBy(() -> VpdPage.decode(bytes("00 80 00 05 41")))
        .hasMessage("a VPD page of 9 bytes, of which 5 are there");
    assertThatThrownBy(() -> VpdPage.decode(bytes("00 b0 00 04 00 00 00 00")))
        .hasMessage("VPD page B0h has 8 bytes, not 64");
    assertThatThrownBy(() -> VpdPage.decode(bytes("00 83 00 05 01 03 00 08 33")))
        .hasMessage("VPD page 83h has 9 bytes, not 16");
    assertThat(VpdPage.decode(bytes("00 80 00 01 41 ff ff"))).contains(new UnitSerialNumber("A"));
  }

  private static void isEncodedAs(VpdPage page, byte[] golden) {
    assertThat(page.encode(Peripheral.DISK)).isEqualTo(golden);
    assertThat(VpdPage.decode(golden)).contains(page);
    assertThat(page.pageCode()).isEqualTo(golden[1] & 0xff);
  }
}
