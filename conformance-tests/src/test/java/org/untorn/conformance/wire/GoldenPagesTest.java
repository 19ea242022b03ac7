package org.untorn.conformance.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.untorn.testkit.UntornExtension;

/** What INQUIRY returns over the wire, byte for byte (SPC-5 6.7 and 7.7, SBC-4 6.6). */
class GoldenPagesTest {

  @RegisterExtension
  static final UntornExtension target = UntornExtension.inMemory("--size", "64MiB");

  private WireSession session;

  @BeforeEach
  void logIn() throws IOException {
    session = WireSession.ready(target.ready());
  }

  @AfterEach
  void logOut() throws IOException {
    session.close();
  }

  @Test
  void the_list_of_pages_is_in_order() throws IOException {
    assertThat(page(0x00)).isEqualTo(hex("00 00 000C", "00 80 83 85 86 87 88 8F B0 B1 B2 B7"));
  }

  @Test
  void the_identity_is_the_one_that_the_control_api_tells() throws Exception {
    JsonNode lun = Control.json(target.ready(), "targets").at("/targets/0/luns/0");
    String serial = ascii(lun.at("/serialNumber").asText());
    String port = ascii("iqn.2026-11.org.untorn:disk0,t,0x0001");
    String device = ascii("iqn.2026-11.org.untorn:disk0");

    assertThat(page(0x80)).isEqualTo(hex("00 80 0010", serial));
    assertThat(page(0x83))
        .isEqualTo(
            hex(
                "00 83 0098",
                "02 01 00 28" + ascii("UNTORN  ATOMIC DISK     ") + serial,
                "01 03 00 08" + lun.at("/naa").asText(),
                "51 94 00 04 0000 0001",
                "51 95 00 04 0000 0001",
                "53 98 00 28" + port + "00 00 00",
                "53 A8 00 20" + device + "00 00 00 00"));
  }

  @Test
  void the_limits_are_those_of_the_default_profile() throws IOException {
    assertThat(page(0xB0))
        .isEqualTo(
            hex(
                "00 B0 003C",
                "00", // WSNZ
                "FF", // MAXIMUM COMPARE AND WRITE LENGTH
                "0008", // OPTIMAL TRANSFER LENGTH GRANULARITY
                "00002000", // MAXIMUM TRANSFER LENGTH
                "00002000", // OPTIMAL TRANSFER LENGTH
                "00000000", // MAXIMUM PREFETCH LENGTH
                "00100000", // MAXIMUM UNMAP LBA COUNT
                "00000100", // MAXIMUM UNMAP BLOCK DESCRIPTOR COUNT
                "00000008", // OPTIMAL UNMAP GRANULARITY
                "80000000", // UGAVALID, UNMAP GRANULARITY ALIGNMENT
                "000000000000FFFF", // MAXIMUM WRITE SAME LENGTH
                "00002000", // MAXIMUM ATOMIC TRANSFER LENGTH
                "00000008", // ATOMIC ALIGNMENT
                "00000008", // ATOMIC TRANSFER LENGTH GRANULARITY
                "00002000", // MAXIMUM ATOMIC TRANSFER LENGTH WITH ATOMIC BOUNDARY
                "00000080")); // MAXIMUM ATOMIC BOUNDARY SIZE
  }

  @Test
  void the_other_pages_are_those_of_a_thin_disk_that_does_not_rotate() throws IOException {
    assertThat(page(0x86))
        .isEqualTo(hex("00 86 003C 00 07 0D 01 0000 0000 00 3C") + "00".repeat(50));
    assertThat(page(0xB1)).isEqualTo(hex("00 B1 003C 0001 00 50 03") + "00".repeat(55));
    assertThat(page(0xB2)).isEqualTo(hex("00 B2 0004 0B E4 02 00"));
    assertThat(page(0xB7))
        .isEqualTo(
            hex(
                "00 B7 001C 0000 0000 0000 00000000 0000",
                "00002000", // MAXIMUM SCATTERED LBA RANGE TRANSFER LENGTH
                "0000 0100", // MAXIMUM SCATTERED LBA RANGE DESCRIPTOR COUNT
                "00002000", // MAXIMUM SCATTERED TRANSFER LENGTH
                "00000000"));
  }

  @Test
  void the_standard_data_say_that_tasks_are_queued_and_that_there_are_aca_and_alua()
      throws IOException {
    String data = HexFormat.of().formatHex(session.read(Cdb.standardInquiry(8), 8).good());
    assertThat(data).isEqualTo(hex("00 00 06 32 5B 38 00 02"));
  }

  @Test
  void the_control_mode_page_says_how_tasks_are_managed_and_what_of_it_can_be_changed()
      throws IOException {
    assertThat(modePage(0x0A)).isEqualTo(hex("0F 00 10 00", "0A 0A 00 10 00 00 00 00 FF FF 00 00"));
    assertThat(modePage(0x4A)).isEqualTo(hex("0F 00 10 00", "0A 0A F4 F6 38 40 00 00 00 00 00 00"));
  }

  private String modePage(int code) throws IOException {
    byte[] data = session.read(Cdb.of(0x1A, 0x08, code, 0, 0xFF, 0), 0xFF).good();
    return HexFormat.of().formatHex(data);
  }

  @Test
  void what_it_copies_is_told_with_its_limits() throws IOException {
    assertThat(page(0x8F))
        .isEqualTo(
            hex(
                "00 8F 0178",
                "0000 0020 000000000000 0040 00000258 0000003C", // ranges, time-outs
                "0000000000080000 0000000000020000", // 256 MiB, 64 MiB in blocks
                "0001 0014 10 83 05 00 01 10 11 1C 84 07 00 01 03 04 05 06 07 000000",
                "0004 001C 00000000 0010 0040 00000900 00000000" + "00".repeat(12),
                "0008 0004 02 02 E4 00",
                "000C 0004 0002 FFFF",
                "0106 005C 00 0000000000000000000000 00000001 00000E10 00000258"
                    + "00".repeat(18)
                    + "0030 00 00 002C 0000 0000 0000000010000000 0000000004000000"
                    + "0000000004000000 0000000004000000 0000000000000000",
                "0108 0084 0000 0080 00800000 03" + "00".repeat(59),
                "FFFF0001 02" + "00".repeat(59),
                "8001 0020 00000010 00000010 01FFFE00 09 00" + "00".repeat(18)));
  }

  private String page(int code) throws IOException {
    return HexFormat.of().formatHex(session.read(Cdb.inquiryPage(code, 1024), 1024).good());
  }

  private static String ascii(String text) {
    return HexFormat.of().formatHex(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static String hex(String... parts) {
    byte[] bytes = HexFormat.of().parseHex(String.join("", parts).replace(" ", ""));
    return HexFormat.of().formatHex(bytes);
  }
}
