package org.untorn.iscsi.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.untorn.iscsi.session.MemoryTarget.READ_10;
import static org.untorn.iscsi.session.MemoryTarget.TEST_UNIT_READY;
import static org.untorn.iscsi.session.MemoryTarget.WRITE_10;
import static org.untorn.iscsi.session.MemoryTarget.cdb;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.WriteBufferWaterMark;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.untorn.iscsi.pdu.DataIn;
import org.untorn.iscsi.pdu.Reject;
import org.untorn.iscsi.pdu.ScsiCommand;
import org.untorn.iscsi.pdu.ScsiResponse;
import org.untorn.iscsi.pdu.Wire;

/** Unsolicited data that comes while its command still waits in the command window. */
class EarlyDataTest {

  private static final byte[] DATA = new byte[1536];

  static {
    new Random(11).nextBytes(DATA);
  }

  private static byte[] block(int number) {
    return Arrays.copyOfRange(DATA, number * 512, (number + 1) * 512);
  }

  private static ScsiCommand write(Harness harness) {
    ByteBuf immediate = Unpooled.wrappedBuffer(block(0));
    return harness.command(2, cdb(WRITE_10, 0, 3), 1536, false, true, immediate, false);
  }

  private static void expectWritten(Harness harness) {
    ScsiResponse response = harness.expect(ScsiResponse.class);
    assertThat(response.initiatorTaskTag()).isEqualTo(2);
    assertThat(response.status()).isZero();
    harness.send(harness.command(3, cdb(READ_10, 0, 3), 1536, true, false));
    assertThat(ByteBufUtil.getBytes(harness.expect(DataIn.class).data())).isEqualTo(DATA);
  }

  @Test
  void data_is_kept_while_the_outbound_side_is_full() {
    try (Harness harness = Harness.loggedIn("InitialR2T=No")) {
      harness.channel.config().setWriteBufferWaterMark(new WriteBufferWaterMark(1024, 2048));
      harness.send(
          harness.command(1, cdb(READ_10, 8, 8), 4096, true, false),
          write(harness),
          Harness.data(2, -1, 0, 512, block(1), false),
          Harness.data(2, -1, 1, 1024, block(2), true));
      assertThat(harness.expect(DataIn.class).hasStatus()).isTrue();
      expectWritten(harness);
    }
  }

  @Test
  void data_is_kept_while_a_command_before_it_is_missing() {
    try (Harness harness = Harness.loggedIn("InitialR2T=No", "ImmediateData=Yes")) {
      ScsiCommand missing = harness.command(1, cdb(TEST_UNIT_READY, 0, 0), 0, false, false);
      harness.send(write(harness), Harness.data(2, -1, 0, 512, block(1), false));
      harness.expectNothing();
      harness.send(missing);
      assertThat(harness.expect(ScsiResponse.class).initiatorTaskTag()).isEqualTo(1);
      harness.send(Harness.data(2, -1, 1, 1024, block(2), true));
      expectWritten(harness);
    }
  }

  @Test
  void more_data_than_the_first_burst_is_not_kept_and_ends_the_task_in_its_turn() {
    try (Harness harness = Harness.loggedIn("InitialR2T=No", "FirstBurstLength=1024")) {
      ScsiCommand missing = harness.command(1, cdb(TEST_UNIT_READY, 0, 0), 0, false, false);
      harness.send(
          write(harness),
          Harness.data(2, -1, 0, 512, block(1), false),
          Harness.data(2, -1, 1, 1024, block(2), true));
      harness.expectNothing();
      assertThat(harness.buffered()).isZero();
      harness.send(missing);
      assertThat(harness.expect(ScsiResponse.class).status()).isZero();
      assertThat(harness.expect(ScsiResponse.class).status()).isEqualTo(2);
    }
  }

  @Test
  void data_that_is_lost_ends_the_task_in_its_turn() {
    try (Harness harness = Harness.loggedIn("InitialR2T=No", "DataDigest=CRC32C")) {
      ScsiCommand missing = harness.command(1, cdb(TEST_UNIT_READY, 0, 0), 0, false, false);
      harness.sendBytes(Wire.encode(false, true, List.of(write(harness))));
      ByteBuf bad = Wire.encode(false, true, List.of(Harness.data(2, -1, 0, 512, block(1), true)));
      bad.setByte(60, ~bad.getByte(60));
      harness.sendBytes(bad);
      assertThat(harness.expect(Reject.class).reason()).isEqualTo(Reject.Reason.DATA_DIGEST_ERROR);
      harness.expectNothing();
      harness.sendBytes(Wire.encode(false, true, List.of(missing)));
      assertThat(harness.expect(ScsiResponse.class).status()).isZero();
      assertThat(harness.expect(ScsiResponse.class).status()).isEqualTo(2);
    }
  }

  @Test
  void data_of_a_command_that_waits_is_released_with_the_connection() {
    try (Harness harness = Harness.loggedIn("InitialR2T=No")) {
      harness.nextCmdSN();
      harness.send(write(harness), Harness.data(2, -1, 0, 512, block(1), false));
      harness.expectNothing();
      assertThat(harness.buffered()).isPositive();
    }
  }
}
