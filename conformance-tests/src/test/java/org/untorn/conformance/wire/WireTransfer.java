package org.untorn.conformance.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import org.untorn.iscsi.pdu.DataIn;
import org.untorn.iscsi.pdu.DataOut;
import org.untorn.iscsi.pdu.Pdu;
import org.untorn.iscsi.pdu.R2T;
import org.untorn.iscsi.pdu.Residual;
import org.untorn.iscsi.pdu.ScsiCommand;
import org.untorn.iscsi.pdu.ScsiResponse;
import org.untorn.iscsi.pdu.TargetPdu;

/**
 * One command and its data, from the first PDU to the status, with every rule of RFC 7143 that one
 * side can see broken by the other:
 *
 * <ul>
 *   <li>an R2T asks for at most MaxBurstLength bytes, in order, and for none that were sent;
 *   <li>R2TSN and DataSN count up from 0 together, and the response says how many there were;
 *   <li>Data-In comes in order, in segments of at most our MaxRecvDataSegmentLength, in sequences
 *       of at most MaxBurstLength bytes, and never more than was expected; its StatSN is reserved
 *       unless it carries the status.
 * </ul>
 */
final class WireTransfer {

  private final WireSession session;
  private final Agreed agreed;
  private final byte[] cdb;
  private final byte[] out;
  private final byte[] in;
  private int sent;
  private int received;
  private int sequence;
  private int numbered;

  WireTransfer(WireSession session, byte[] cdb, byte[] out, int expectedIn) {
    this.session = session;
    this.agreed = session.agreed();
    this.cdb = cdb;
    this.out = out;
    this.in = new byte[expectedIn];
  }

  Answer run() throws IOException {
    ScsiCommand command = out.length > 0 ? beginWrite() : session.beginRead(cdb, in.length);
    while (true) {
      TargetPdu pdu = session.receive();
      assertThat(pdu.initiatorTaskTag()).isEqualTo(command.initiatorTaskTag());
      switch (pdu) {
        case R2T r2t -> answer(command, r2t);
        case DataIn dataIn -> {
          take(dataIn);
          if (dataIn.hasStatus()) {
            assertThat(dataIn.isFinal()).isTrue();
            return end(dataIn.status(), dataIn.residual(), new byte[0]);
          }
        }
        case ScsiResponse response -> {
          assertThat(response.response()).as("the command completed at the target").isZero();
          assertThat(response.expDataSN()).as("ExpDataSN").isEqualTo(numbered);
          byte[] data = new byte[response.data().readableBytes()];
          response.data().readBytes(data);
          return end(response.status(), response.residual(), data);
        }
        default -> throw new AssertionError("unexpected " + pdu);
      }
    }
  }

  private ScsiCommand beginWrite() throws IOException {
    int immediate =
        agreed.immediateData()
            ? min(out.length, agreed.firstBurstLength(), agreed.targetMaxRecvDataSegmentLength())
            : 0;
    int unsolicited = agreed.initialR2T() ? immediate : min(out.length, agreed.firstBurstLength());
    ByteBuf data = Unpooled.wrappedBuffer(out, 0, immediate);
    sent = immediate;
    ScsiCommand command = session.begin(cdb, out.length, data, unsolicited == immediate);
    if (unsolicited > immediate) {
      send(command, Pdu.RESERVED_TAG, unsolicited - immediate);
    }
    return command;
  }

  private void answer(ScsiCommand command, R2T r2t) throws IOException {
    assertThat(r2t.r2tSN()).as("R2TSN").isEqualTo(numbered++);
    assertThat(r2t.bufferOffset()).as("offset of the R2T").isEqualTo(sent);
    assertThat(r2t.desiredDataTransferLength())
        .as("length of the R2T")
        .isPositive()
        .isLessThanOrEqualTo(min(agreed.maxBurstLength(), out.length - sent));
    assertThat(r2t.targetTransferTag()).isNotEqualTo(Pdu.RESERVED_TAG);
    send(command, r2t.targetTransferTag(), r2t.desiredDataTransferLength());
  }

  private void send(ScsiCommand command, int targetTransferTag, int length) throws IOException {
    int end = sent + length;
    for (int dataSN = 0; sent < end; dataSN++) {
      int segment = min(end - sent, agreed.targetMaxRecvDataSegmentLength());
      ByteBuf data = Unpooled.wrappedBuffer(out, sent, segment);
      session
          .socket()
          .send(
              new DataOut(
                  sent + segment == end,
                  WireSession.LUN_0,
                  command.initiatorTaskTag(),
                  targetTransferTag,
                  session.expStatSN(),
                  dataSN,
                  sent,
                  data));
      sent += segment;
    }
  }

  private void take(DataIn dataIn) {
    int length = dataIn.data().readableBytes();
    assertThat(dataIn.dataSN()).as("DataSN").isEqualTo(numbered++);
    if (!dataIn.hasStatus()) {
      assertThat(dataIn.numbers().statSN()).as("StatSN, reserved without status").isZero();
    }
    assertThat(dataIn.bufferOffset()).as("offset of Data-In").isEqualTo(received);
    assertThat(length).isLessThanOrEqualTo(session.maxRecvDataSegmentLength());
    assertThat(received + length).as("data that was asked for").isLessThanOrEqualTo(in.length);
    sequence += length;
    assertThat(sequence).as("a sequence").isLessThanOrEqualTo(agreed.maxBurstLength());
    if (dataIn.isFinal()) {
      sequence = 0;
    }
    dataIn.data().readBytes(in, received, length);
    dataIn.release();
    received += length;
  }

  private Answer end(int status, Residual residual, byte[] responseData) {
    Optional<Sense> sense = Optional.empty();
    if (status == Answer.CHECK_CONDITION) {
      int length = (responseData[0] & 0xFF) << 8 | (responseData[1] & 0xFF);
      assertThat(responseData.length).as("SenseLength").isGreaterThanOrEqualTo(2 + length);
      sense = Optional.of(Sense.fixed(Arrays.copyOfRange(responseData, 2, 2 + length)));
    }
    return new Answer(status, sense, residual, ByteBuffer.wrap(in, 0, received).slice());
  }

  private static int min(int... numbers) {
    return Arrays.stream(numbers).min().orElseThrow();
  }
}
