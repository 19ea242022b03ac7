package org.untorn.conformance.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.untorn.iscsi.pdu.AdditionalHeaderSegment;
import org.untorn.iscsi.pdu.DataIn;
import org.untorn.iscsi.pdu.Reject;
import org.untorn.iscsi.pdu.Residual;
import org.untorn.iscsi.pdu.ScsiCommand;
import org.untorn.iscsi.pdu.ScsiResponse;
import org.untorn.testkit.UntornExtension;

/**
 * CDBs that are longer than 16 bytes, whose rest is in an additional header segment (RFC 7143
 * 11.2.2.3), and what a bidirectional command says it expects (11.2.2.4), over the wire.
 */
class LongCdbWireTest {

  private static final int GENERATION_DOES_NOT_MATCH = 0x2C0C;

  @RegisterExtension
  static final UntornExtension target = UntornExtension.inMemory("--size", "64MiB");

  private WireSession session;

  @BeforeEach
  void logIn() throws IOException {
    session = WireSession.ready(target.ready(), Offer.USUAL.withDigests());
  }

  @AfterEach
  void logOut() throws IOException {
    session.close();
  }

  private static byte[] hex(String bytes) {
    return HexFormat.of().parseHex(bytes.replace(" ", ""));
  }

  private static byte[] orWrite32(int operation, long expected, long next, long lba, int blocks) {
    return hex(
        "7F 00 %02X 07 0000 00 18 000E 00 00 %016X %08X %08X %08X"
            .formatted(operation, lba, expected, next, blocks));
  }

  private static byte[] filled(int blocks, int value) {
    byte[] bytes = new byte[blocks * Blocks.SIZE];
    Arrays.fill(bytes, (byte) value);
    return bytes;
  }

  @Test
  void orwrite_32_sets_bits_clears_them_and_keeps_generations_apart() throws IOException {
    session.write(Cdb.write16(80, 600), filled(600, 0x11)).good();
    session.write(orWrite32(0, 0, 0, 80, 600), filled(600, 0x0E)).good();
    assertThat(session.read(Cdb.read16(80, 600), 600 * Blocks.SIZE).good()).containsOnly(0x1F);

    session.write(orWrite32(1, 0, 9, 80, 600), filled(600, 0x15)).good();

    assertThat(session.read(Cdb.read16(80, 600), 600 * Blocks.SIZE).good()).containsOnly(0x15);
    Sense late = session.write(orWrite32(0, 0, 0, 80, 600), filled(600, 0xFF)).checkCondition();
    assertThat(late.code()).isEqualTo(GENERATION_DOES_NOT_MATCH);
    session.write(orWrite32(1, 9, 0, 80, 0), new byte[0]).good();
    assertThat(session.read(Cdb.read16(80, 600), 600 * Blocks.SIZE).good()).containsOnly(0x15);
  }

  @Test
  void get_lba_status_32_looks_at_no_more_blocks_than_it_is_told() throws IOException {
    session.write(Cdb.write16(4096, 8), Blocks.stamped(8, 1)).good();
    byte[] cdb =
        hex("7F 00 00000000 00 18 0012 00 00 %016X %08X 00000000 %08X".formatted(4090, 12, 4096));

    assertThat(session.read(cdb, 4096).good())
        .isEqualTo(
            hex(
                "00000024 00000000"
                    + "0000000000000FFA 00000006 01000000"
                    + "0000000000001000 00000006 00000000"));
    cdb[27] = 1;
    Sense sense = session.read(cdb, 4096).checkCondition();
    assertThat(sense.code()).isEqualTo(Sense.INVALID_FIELD_IN_CDB);
    assertThat(sense.pointer().orElseThrow().byteNumber()).isEqualTo(24);
  }

  @Test
  void write_scattered_16_puts_each_range_in_its_place() throws IOException {
    byte[] data = Blocks.random(5, 7);
    ByteBuffer list = ByteBuffer.allocate(Blocks.SIZE + data.length);
    list.putLong(32, 9000).putInt(40, 2).putLong(64, 8000).putInt(72, 3);
    list.put(Blocks.SIZE, data);

    session.write(hex("9F 12 00 00 0001 0000 0002 00000006 00 00"), list.array()).good();

    byte[] first = session.read(Cdb.read16(9000, 2), 2 * Blocks.SIZE).good();
    byte[] second = session.read(Cdb.read16(8000, 3), 3 * Blocks.SIZE).good();
    assertThat(first).isEqualTo(Arrays.copyOf(data, first.length));
    assertThat(second).isEqualTo(Arrays.copyOfRange(data, first.length, data.length));
  }

  /** SBC-4 4.21.2.2: READ, VERIFY, WRITE and the other writes of 32 bytes. */
  @Test
  void what_needs_type_2_protection_is_an_unknown_command_without_it() throws IOException {
    for (int action : new int[] {0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x0F, 0x11}) {
      byte[] cdb = hex("7F 00 00000000 00 18 %04X".formatted(action));
      Sense sense = session.execute(Arrays.copyOf(cdb, 32)).checkCondition();
      assertThat(sense.key()).isEqualTo(Sense.ILLEGAL_REQUEST);
      assertThat(sense.code()).isEqualTo(0x2000);
    }
  }

  @Test
  void a_cdb_that_says_another_length_than_its_commands_is_told_so() throws IOException {
    for (int length : new int[] {16, 24, 40, 260}) {
      byte[] cdb = Arrays.copyOf(hex("7F 00 00000000 00 %02X 0012".formatted(length - 8)), length);
      Sense sense = session.execute(cdb).checkCondition();
      assertThat(sense.code()).isEqualTo(Sense.INVALID_FIELD_IN_CDB);
      assertThat(sense.pointer().orElseThrow().byteNumber()).isEqualTo(7);
    }
  }

  @Test
  void a_command_without_the_rest_of_its_cdb_is_rejected_and_the_session_goes_on()
      throws IOException {
    byte[] cdb = hex("7F 00 00000000 00 18 0012 00 00 00000000");

    var _ = session.beginRead(cdb, 0);

    Reject reject = session.receive(Reject.class);
    assertThat(reject.reason()).isEqualTo(Reject.Reason.INVALID_PDU_FIELD);
    session.repeatLastCmdSN();
    session.execute(Cdb.testUnitReady()).good();
  }

  @Test
  void a_segment_longer_than_its_header_ends_the_connection() throws IOException {
    WireSession other = WireSession.ready(target.ready(), Offer.USUAL.named("iqn.2026-11.x:3"));
    byte[] pdu = new byte[52];
    pdu[0] = 0x01;
    pdu[1] = (byte) 0x80;
    pdu[4] = 1;
    pdu[32] = 0x7F;
    pdu[48] = 0x01; // AHSLength 256, in a header of 4 bytes
    pdu[50] = 0x01;

    other.socket().sendBytes(pdu);

    other.awaitEnd();
  }

  @Test
  void a_command_in_both_directions_has_a_residual_for_each() throws IOException {
    session.write(Cdb.write16(0, 1), Blocks.stamped(1, 3)).good();
    List<AdditionalHeaderSegment> ahs =
        List.of(new AdditionalHeaderSegment.BidirectionalReadLength(100));

    ScsiCommand command = session.beginBoth(Cdb.read16(0, 1), ahs, 512);

    DataIn dataIn = session.receive(DataIn.class);
    assertThat(dataIn.data().readableBytes()).isEqualTo(100);
    assertThat(dataIn.hasStatus()).isFalse();
    dataIn.release();
    ScsiResponse response = session.receive(ScsiResponse.class);
    assertThat(response.initiatorTaskTag()).isEqualTo(command.initiatorTaskTag());
    assertThat(response.status()).isZero();
    assertThat(response.bidirectionalReadResidual())
        .isEqualTo(new Residual(Residual.Kind.OVERFLOW, Blocks.SIZE - 100));
    assertThat(response.residual()).isEqualTo(new Residual(Residual.Kind.UNDERFLOW, 512));
  }
}
