package org.untorn.vpd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.untorn.vpd.Hex.bytes;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class StandardInquiryTest {

  private static final StandardInquiry DISK = StandardInquiry.disk("UNTORN", "ATOMIC DISK", "0.1");

  @Test
  void untorns_disk_is_these_96_bytes() {
    assertThat(DISK.encode())
        .isEqualTo(
            bytes(
                "00 00 06 32 5b 00 00 02", // SPC-4, NORMACA, HISUP, format 2, 91 more bytes, CMDQUE
                "55 4e 54 4f 52 4e 20 20", // UNTORN
                "41 54 4f 4d 49 43 20 44 49 53 4b 20 20 20 20 20", // ATOMIC DISK
                "30 2e 31 20", // 0.1
                "00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00",
                "00 a0 05 c0 04 60 06 00 04 c0 09 60 00 00 00 00", // SAM-5, SPC-5, -4, SBC-4, -3,
                // iSCSI
                "00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00"));
  }

  @Test
  void a_lun_without_a_unit_differs_only_in_its_first_byte() {
    byte[] data = DISK.with(Peripheral.INCAPABLE).encode();

    assertThat(data[0]).isEqualTo((byte) 0x7f);
    assertThat(Arrays.copyOfRange(data, 1, 96)).isEqualTo(Arrays.copyOfRange(DISK.encode(), 1, 96));
  }

  @Test
  void every_flag_has_its_own_bit_and_comes_back() {
    for (StandardInquiry.Flag flag : StandardInquiry.Flag.values()) {
      StandardInquiry data =
          new StandardInquiry(
              Peripheral.DISK, EnumSet.of(flag), 3, "V", "P", "R", List.of(1, 0xffff));

      assertThat(StandardInquiry.decode(data.encode())).isEqualTo(data);
    }
  }

  @Test
  void what_scsi_debug_returned_is_read_as_sg_inq_read_it() {
    StandardInquiry data =
        StandardInquiry.decode(
            bytes(
                "00 00 07 02 5b 00 10 0a 4c 69 6e 75 78 20 20 20",
                "73 63 73 69 5f 64 65 62 75 67 20 20 20 20 20 20",
                "30 31 39 31 32 30 32 31 30 35 32 30 00 00 00 00",
                "00 00 00 00 00 00 00 00 00 00 00 c0 05 c0 06 00",
                "21 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00",
                "00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00"));

    assertThat(data.peripheral()).isEqualTo(Peripheral.DISK);
    assertThat(data.flags())
        .containsExactlyInAnyOrder(StandardInquiry.Flag.MULTIP, StandardInquiry.Flag.CMDQUE);
    assertThat(data.vendor()).isEqualTo("Linux");
    assertThat(data.product()).isEqualTo("scsi_debug");
    assertThat(data.revision()).isEqualTo("0191");
    assertThat(data.versionDescriptors()).containsExactly(0xc0, 0x5c0, 0x600, 0x2100);
  }

  @Test
  void a_name_that_does_not_fit_is_refused_by_name() {
    assertThatThrownBy(() -> StandardInquiry.disk("NINE-LONG", "P", "R"))
        .hasMessageContaining("T10 VENDOR IDENTIFICATION takes up to 8 printable ASCII characters");
    assertThatThrownBy(() -> StandardInquiry.disk("V", "Größe", "R"))
        .hasMessageContaining("PRODUCT IDENTIFICATION");
    assertThatThrownBy(() -> StandardInquiry.decode(new byte[36]))
        .hasMessage("INQUIRY data of 36 bytes, not 96");
  }
}
