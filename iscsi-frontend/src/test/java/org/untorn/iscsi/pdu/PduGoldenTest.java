package org.untorn.iscsi.pdu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.untorn.iscsi.pdu.Pdu.RESERVED_TAG;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.untorn.iscsi.pdu.TargetPdu.Numbers;

/** Bytes worked out by hand from the figures of RFC 7143 clause 11. */
class PduGoldenTest {

  private static final Numbers NUMBERS = new Numbers(0x11121314, 0x21222324, 0x31323334);

  @Test
  void a_login_request() {
    LoginRequest pdu =
        new LoginRequest(
            true,
            false,
            1,
            3,
            0,
            0,
            0x80_123456_789AL,
            0x0102,
            0x0A0B0C0D,
            0x0304,
            0x41424344,
            0x51525354,
            text("SessionType=Normal\0"));
    check(
        pdu,
        """
        43 87 00 00 00 000013
        80123456789a 0102
        0a0b0c0d
        0304 0000
        41424344 51525354
        00000000 00000000 00000000 00000000
        53657373696f6e547970653d4e6f726d616c00 00
        """);
  }

  @Test
  void a_login_response() {
    LoginResponse pdu =
        new LoginResponse(
            true,
            false,
            0,
            1,
            0,
            0,
            0x00_023D_000001L,
            0xFFFE,
            1,
            NUMBERS,
            2,
            0x0B,
            Unpooled.EMPTY_BUFFER);
    check(
        pdu,
        """
        23 81 00 00 00 000000
        00023d000001 fffe
        00000001
        00000000
        11121314 21222324 31323334
        02 0b 0000 00000000 00000000
        """);
  }

  @Test
  void a_write_atomic_command_with_immediate_data() {
    byte[] cdb = HexFormat.of().parseHex("9c000000000000001000000000080000");
    ScsiCommand pdu =
        new ScsiCommand(
            false,
            true,
            false,
            true,
            1,
            0x0001_0000_0000_0000L,
            7,
            4096,
            9,
            10,
            cdb,
            List.of(),
            text("abcde"));
    check(
        pdu,
        """
        01 a1 0000 00 000005
        0001000000000000
        00000007 00001000 00000009 0000000a
        9c000000000000001000000000080000
        6162636465 000000
        """);
  }

  @Test
  void a_command_with_a_long_cdb_and_a_bidirectional_read() {
    byte[] cdb = HexFormat.of().parseHex("7f0000000000001800110000000000aa");
    List<AdditionalHeaderSegment> ahs =
        List.of(
            new AdditionalHeaderSegment.ExtendedCdb(bytes("0102030405060708 0910111213141516")),
            new AdditionalHeaderSegment.BidirectionalReadLength(0x00020000));
    ScsiCommand pdu =
        new ScsiCommand(
            true, false, true, true, 3, 0, 7, 512, 9, 10, cdb, ahs, Unpooled.EMPTY_BUFFER);
    check(
        pdu,
        """
        41 63 0000 07 000000
        0000000000000000
        00000007 00000200 00000009 0000000a
        7f0000000000001800110000000000aa
        0011 01 00 0102030405060708 0910111213141516
        0005 02 00 00020000
        """);
    assertThat(pdu.wholeCdb()).hasSize(32).startsWith(0x7f).endsWith(0x14, 0x15, 0x16);
  }

  @Test
  void a_scsi_response_with_sense_and_residuals() {
    ScsiResponse pdu =
        new ScsiResponse(
            0,
            2,
            7,
            0,
            NUMBERS,
            5,
            new Residual(Residual.Kind.OVERFLOW, 3),
            new Residual(Residual.Kind.UNDERFLOW, 512),
            bytes("0004 70000500"));
    check(
        pdu,
        """
        21 92 00 02 00 000006
        0000000000000000
        00000007 00000000
        11121314 21222324 31323334
        00000005 00000003 00000200
        0004 70000500 0000
        """);
  }

  @Test
  void data_in_with_the_status() {
    DataIn pdu =
        new DataIn(
            true,
            false,
            true,
            0,
            0,
            7,
            RESERVED_TAG,
            NUMBERS,
            2,
            0x2000,
            new Residual(Residual.Kind.OVERFLOW, 1),
            text("wxyz"));
    check(
        pdu,
        """
        25 85 00 00 00 000004
        0000000000000000
        00000007 ffffffff
        11121314 21222324 31323334
        00000002 00002000 00000001
        7778797a
        """);
  }

  @Test
  void data_out() {
    DataOut pdu = new DataOut(true, 0, 7, 0x99, 10, 1, 0x1000, text("w"));
    check(
        pdu,
        """
        05 80 0000 00 000001
        0000000000000000
        00000007 00000099
        00000000 0000000a 00000000
        00000001 00001000 00000000
        77 000000
        """);
  }

  @Test
  void an_r2t() {
    R2T pdu = new R2T(0x0005_0000_0000_0000L, 7, 0x99, NUMBERS, 1, 0x40000, 0x20000);
    check(
        pdu,
        """
        31 80 0000 00 000000
        0005000000000000
        00000007 00000099
        11121314 21222324 31323334
        00000001 00040000 00020000
        """);
  }

  @Test
  void a_reject() {
    check(
        new Reject(Reject.Reason.SNACK_REJECT, NUMBERS, 0, Unpooled.EMPTY_BUFFER),
        """
        3f 80 03 00 00 000000
        0000000000000000
        ffffffff 00000000
        11121314 21222324 31323334
        00000000 00000000 00000000
        """);
  }

  /** The example of RFC 7143 13.1's algorithm in RFC 3720 B.4: 32 bytes of zeroes. */
  @Test
  void the_digest_of_zeroes_is_the_standards() {
    ByteBuf out = Unpooled.buffer();
    out.writeIntLE(PduCodec.digest(Unpooled.wrappedBuffer(new byte[32]), 0, 32));
    assertThat(out).isEqualTo(bytes("aa36918a"));
  }

  private static void check(Pdu pdu, String golden) {
    ByteBuf expected = bytes(golden);
    pdu.data().retain();
    int data = pdu.data().readerIndex();
    assertThat(Wire.hex(pdu)).isEqualTo(hex(expected));
    pdu.data().readerIndex(data);
    Opcode opcode = Opcode.of(expected.getByte(0) & 0x3F).orElseThrow();
    assertThat(Wire.decode(new PduDecoder(opcode.sender()), expected)).containsExactly(pdu);
  }

  private static String hex(ByteBuf buffer) {
    byte[] copy = new byte[buffer.readableBytes()];
    buffer.getBytes(0, copy);
    return HexFormat.of().formatHex(copy);
  }

  private static ByteBuf bytes(String hex) {
    return Unpooled.wrappedBuffer(HexFormat.of().parseHex(hex.replaceAll("\\s", "")));
  }

  private static ByteBuf text(String text) {
    return Unpooled.copiedBuffer(text, StandardCharsets.UTF_8);
  }
}
