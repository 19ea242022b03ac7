package org.untorn.iscsi.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.untorn.iscsi.session.MemoryTarget.READ_10;
import static org.untorn.iscsi.session.MemoryTarget.WRITE_10;
import static org.untorn.iscsi.session.MemoryTarget.cdb;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.untorn.iscsi.pdu.DataIn;
import org.untorn.iscsi.pdu.DataOut;
import org.untorn.iscsi.pdu.Pdu;
import org.untorn.iscsi.pdu.R2T;
import org.untorn.iscsi.pdu.Reject;
import org.untorn.iscsi.pdu.ScsiCommand;
import org.untorn.iscsi.pdu.ScsiResponse;
import org.untorn.iscsi.pdu.Wire;

/** How a write's data comes: immediate, unsolicited, asked for; and what is wrong with it. */
class DataOutTest {

  private static final byte[] DATA = new byte[4096];

  static {
    new Random(7143).nextBytes(DATA);
  }

  private static byte[] part(int offset, int length) {
    return Arrays.copyOfRange(DATA, offset, offset + length);
  }

  private static ScsiCommand write(Harness harness, int immediate, boolean last) {
    ByteBuf data = Unpooled.wrappedBuffer(part(0, immediate));
    return harness.command(1, cdb(WRITE_10, 0, 8), 4096, false, true, data, last);
  }

  private static void expectWritten(Harness harness) {
    ScsiResponse response = harness.expect(ScsiResponse.class);
    assertThat(response.status()).isZero();
    harness.send(harness.command(2, cdb(READ_10, 0, 8), 4096, true, false));
    ByteBuf all = Unpooled.buffer();
    boolean ended = false;
    while (!ended) {
      DataIn read = harness.expect(DataIn.class);
      all.writeBytes(read.data());
      ended = read.hasStatus();
    }
    assertThat(ByteBufUtil.getBytes(all)).isEqualTo(DATA);
  }

  private static void expectAborted(Harness harness, int asc, int ascq) {
    ScsiResponse response = harness.expect(ScsiResponse.class);
    assertThat(response.status()).isEqualTo(2);
    ByteBuf sense = response.data();
    int start = sense.readerIndex() + 2;
    assertThat(sense.getByte(start + 2)).isEqualTo((byte) 0x0B);
    assertThat(List.of(sense.getByte(start + 12), sense.getByte(start + 13)))
        .isEqualTo(List.of((byte) asc, (byte) ascq));
    assertThat(harness.target.liveTasks()).isZero();
  }

  @Test
  void immediate_and_unsolicited_data_and_two_r2ts_make_one_buffer() {
    try (Harness harness =
        Harness.loggedIn(
            "InitialR2T=No",
            "FirstBurstLength=1536",
            "MaxBurstLength=2048",
            "MaxOutstandingR2T=2")) {
      harness.send(write(harness, 512, false));
      harness.expectNothing();
      harness.send(Harness.data(1, Pdu.RESERVED_TAG, 0, 512, part(512, 512), false));
      harness.send(Harness.data(1, Pdu.RESERVED_TAG, 1, 1024, part(1024, 512), true));
      R2T first = harness.expect(R2T.class);
      R2T second = harness.expect(R2T.class);
      assertThat(List.of(first.r2tSN(), first.bufferOffset(), first.desiredDataTransferLength()))
          .isEqualTo(List.of(0, 1536, 2048));
      assertThat(List.of(second.r2tSN(), second.bufferOffset(), second.desiredDataTransferLength()))
          .isEqualTo(List.of(1, 3584, 512));
      assertThat(first.numbers().statSN()).isEqualTo(2);
      harness.send(
          Harness.data(1, first.targetTransferTag(), 0, 1536, part(1536, 1024), false),
          Harness.data(1, first.targetTransferTag(), 1, 2560, part(2560, 1024), true),
          Harness.data(1, second.targetTransferTag(), 0, 3584, part(3584, 512), true));
      expectWritten(harness);
    }
  }

  @Test
  void not_more_r2ts_are_open_than_were_negotiated() {
    try (Harness harness = Harness.loggedIn("MaxBurstLength=1024", "MaxOutstandingR2T=1")) {
      harness.send(write(harness, 0, true));
      for (int offset = 0; offset < 4096; offset += 1024) {
        R2T r2t = harness.expect(R2T.class);
        harness.expectNothing();
        assertThat(r2t.bufferOffset()).isEqualTo(offset);
        harness.send(Harness.data(1, r2t.targetTransferTag(), 0, offset, part(offset, 1024), true));
      }
      expectWritten(harness);
    }
  }

  @Test
  void a_gap_in_data_sn_ends_the_task_once_all_data_has_come() {
    try (Harness harness = Harness.loggedIn()) {
      harness.send(write(harness, 0, true));
      R2T r2t = harness.expect(R2T.class);
      harness.send(Harness.data(1, r2t.targetTransferTag(), 27, 0, part(0, 2048), false));
      harness.expectNothing();
      harness.send(Harness.data(1, r2t.targetTransferTag(), 1, 2048, part(2048, 2048), true));
      expectAborted(harness, 0x47, 0x05);
    }
  }

  @Test
  void data_at_a_wrong_offset_or_too_much_or_too_little_ends_the_task() {
    for (DataOut wrong :
        List.of(
            Harness.data(1, 1, 0, 512, part(0, 4096), true),
            Harness.data(1, 1, 0, 0, new byte[4097], true),
            Harness.data(1, 1, 0, 0, new byte[4095], true))) {
      try (Harness harness = Harness.loggedIn()) {
        harness.send(write(harness, 0, true));
        assertThat(harness.expect(R2T.class).targetTransferTag()).isEqualTo(1);
        harness.send(wrong);
        expectAborted(harness, 0x0C, 0x0D);
      }
    }
  }

  @Test
  void unsolicited_data_that_was_not_negotiated_is_unexpected() {
    try (Harness harness = Harness.loggedIn("ImmediateData=No")) {
      harness.send(write(harness, 512, true));
      expectAborted(harness, 0x0C, 0x0C);
    }
    try (Harness harness = Harness.loggedIn("InitialR2T=Yes")) {
      harness.send(write(harness, 0, false));
      harness.expectNothing();
      harness.send(Harness.data(1, Pdu.RESERVED_TAG, 0, 0, part(0, 4096), true));
      expectAborted(harness, 0x0C, 0x0C);
    }
    try (Harness harness = Harness.loggedIn()) {
      harness.send(write(harness, 0, true));
      R2T r2t = harness.expect(R2T.class);
      harness.send(Harness.data(1, Pdu.RESERVED_TAG, 0, 0, part(0, 512), true));
      harness.expectNothing();
      harness.send(Harness.data(1, r2t.targetTransferTag(), 0, 0, DATA, true));
      expectAborted(harness, 0x0C, 0x0C);
    }
  }

  @Test
  void immediate_data_beyond_the_first_burst_is_too_much() {
    try (Harness harness = Harness.loggedIn("FirstBurstLength=512")) {
      harness.send(write(harness, 1024, true));
      expectAborted(harness, 0x0C, 0x0D);
    }
  }

  @Test
  void data_with_a_tag_that_nobody_gave_is_rejected_and_data_of_no_task_is_discarded() {
    try (Harness harness = Harness.loggedIn()) {
      harness.send(write(harness, 0, true));
      R2T r2t = harness.expect(R2T.class);
      harness.send(Harness.data(1, 4711, 0, 0, DATA, true));
      assertThat(harness.expect(Reject.class).reason()).isEqualTo(Reject.Reason.PROTOCOL_ERROR);
      harness.send(Harness.data(99, 4711, 0, 0, DATA, true));
      harness.expectNothing();
      harness.send(Harness.data(1, r2t.targetTransferTag(), 0, 0, DATA, true));
      expectWritten(harness);
    }
  }

  @Test
  void a_data_digest_error_in_data_out_is_rejected_and_ends_the_task_after_all_data() {
    try (Harness harness = Harness.loggedIn("DataDigest=CRC32C")) {
      harness.sendBytes(Wire.encode(false, true, List.of(write(harness, 0, true))));
      R2T r2t = harness.expect(R2T.class);
      int tag = r2t.targetTransferTag();
      ByteBuf bad =
          Wire.encode(false, true, List.of(Harness.data(1, tag, 0, 0, part(0, 2048), false)));
      bad.setByte(60, ~bad.getByte(60));
      harness.sendBytes(bad);
      assertThat(harness.expect(Reject.class).reason()).isEqualTo(Reject.Reason.DATA_DIGEST_ERROR);
      harness.expectNothing();
      harness.sendBytes(
          Wire.encode(false, true, List.of(Harness.data(1, tag, 1, 2048, part(2048, 2048), true))));
      expectAborted(harness, 0x47, 0x05);
    }
  }

  @Test
  void a_data_digest_error_in_a_command_is_rejected_and_the_command_can_be_sent_again() {
    try (Harness harness = Harness.loggedIn("DataDigest=CRC32C")) {
      ScsiCommand command = write(harness, 4096, true);
      ByteBuf good = Wire.encode(false, true, List.of(command));
      ByteBuf bad = good.copy();
      bad.setByte(100, ~bad.getByte(100));
      harness.sendBytes(bad);
      assertThat(harness.expect(Reject.class).reason()).isEqualTo(Reject.Reason.DATA_DIGEST_ERROR);
      harness.expectNothing();
      harness.sendBytes(good);
      ScsiResponse response = harness.expect(ScsiResponse.class);
      assertThat(response.status()).isZero();
      assertThat(response.numbers().expCmdSN()).isEqualTo(2);
    }
  }

  @Test
  void a_header_digest_error_ends_the_connection_without_a_word() {
    try (Harness harness = Harness.loggedIn("HeaderDigest=CRC32C")) {
      ByteBuf bad = Wire.encode(true, false, List.of(write(harness, 0, true)));
      bad.setByte(20, ~bad.getByte(20));
      harness.sendBytes(bad);
      harness.expectNothing();
      assertThat(harness.channel.isActive()).isFalse();
    }
  }

  @Test
  void a_data_segment_beyond_what_was_declared_is_rejected_and_ends_the_connection() {
    try (Harness harness = Harness.loggedIn()) {
      ByteBuf header = Wire.encode(false, false, List.of(write(harness, 0, true)));
      header.setMedium(5, (1 << 20) + 1);
      harness.sendBytes(header);
      assertThat(harness.expect(Reject.class).reason()).isEqualTo(Reject.Reason.INVALID_PDU_FIELD);
      assertThat(harness.channel.isActive()).isFalse();
    }
  }

  @Test
  void small_pieces_do_not_pin_the_buffers_that_they_came_in() {
    try (Harness harness = Harness.loggedIn("MaxBurstLength=65536")) {
      harness.send(harness.command(1, cdb(WRITE_10, 0, 128), 65536, false, true));
      R2T r2t = harness.expect(R2T.class);
      for (int i = 0; i < 127; i++) {
        ByteBuf large = Unpooled.buffer(1 << 20);
        large.writeBytes(
            Wire.encode(
                false,
                false,
                List.of(
                    Harness.data(1, r2t.targetTransferTag(), i, i * 512, new byte[512], false))));
        harness.sendBytes(large);
        assertThat(large.refCnt()).isZero();
      }
      assertThat(harness.buffered()).isLessThanOrEqualTo(2 * 65536);
      harness.send(Harness.data(1, r2t.targetTransferTag(), 127, 127 * 512, new byte[512], true));
      assertThat(harness.expect(ScsiResponse.class).status()).isZero();
    }
  }
}
