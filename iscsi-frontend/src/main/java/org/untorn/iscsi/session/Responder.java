package org.untorn.iscsi.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.untorn.core.Outcome;
import org.untorn.iscsi.login.SessionParameters;
import org.untorn.iscsi.pdu.DataIn;
import org.untorn.iscsi.pdu.Pdu;
import org.untorn.iscsi.pdu.Residual;
import org.untorn.iscsi.pdu.ScsiCommand;
import org.untorn.iscsi.pdu.ScsiResponse;

/**
 * Turns a task's outcome into PDUs (RFC 7143 11.4, 11.7).
 *
 * <pre>
 *   GOOD with data:   Data-In, Data-In F, Data-In, Data-In F S    F each MaxBurstLength, S in the last
 *   all else:         SCSI Response
 * </pre>
 *
 * Owned by the session's event loop.
 */
final class Responder {

  private static final int COMPLETED_AT_TARGET = 0;

  private final Session session;
  private final int maxBurstLength;
  private int segmentLength;

  Responder(Session session, SessionParameters parameters) {
    this.session = session;
    this.maxBurstLength = parameters.maxBurstLength();
    this.segmentLength = parameters.sendSegmentLength();
  }

  /** The longest data segment, in bytes, that the initiator takes. */
  int segmentLength() {
    return segmentLength;
  }

  /** The initiator declared another length. */
  void segmentLength(int length) {
    this.segmentLength = length;
  }

  /** Sends an answer, and says how many bytes of Data-In it had. */
  long respond(ScsiTask task, Outcome outcome) {
    return switch (outcome) {
      case Outcome.Good(ByteBuf dataIn) -> good(task, dataIn);
      case Outcome.CheckCondition(ByteBuf senseData) ->
          status(task, outcome.status(), 0, 0, withLength(senseData));
      case Outcome.Busy _,
          Outcome.ReservationConflict _,
          Outcome.TaskSetFull _,
          Outcome.AcaActive _,
          Outcome.TaskAborted _,
          Outcome.Other _ ->
          status(task, outcome.status(), 0, 0, Unpooled.EMPTY_BUFFER);
    };
  }

  /** SenseLength and the sense data (11.4.7). */
  private static ByteBuf withLength(ByteBuf senseData) {
    int length = senseData.readableBytes();
    ByteBuf data = Unpooled.buffer(2 + length).writeShort(length).writeBytes(senseData);
    senseData.release();
    return data;
  }

  private long good(ScsiTask task, ByteBuf dataIn) {
    long returned = dataIn.readableBytes();
    int length = (int) Math.min(returned, task.expectedDataIn());
    boolean collapse = length > 0 && !task.command().write();
    int sent = 0;
    for (int offset = 0; offset < length; sent++) {
      int toBurstEnd = maxBurstLength - offset % maxBurstLength;
      int size = Math.min(Math.min(segmentLength, toBurstEnd), length - offset);
      boolean last = offset + size == length;
      boolean hasStatus = last && collapse;
      session
          .link()
          .send(
              new DataIn(
                  last || size == toBurstEnd,
                  false,
                  hasStatus,
                  0,
                  0,
                  task.command().initiatorTaskTag(),
                  Pdu.RESERVED_TAG,
                  hasStatus ? session.nextNumbers() : session.numbers().withoutStatSN(),
                  sent,
                  offset,
                  hasStatus ? Residual.of(task.expectedDataIn(), returned) : Residual.NONE,
                  dataIn.retainedSlice(dataIn.readerIndex() + offset, size)));
      offset += size;
    }
    dataIn.release();
    if (!collapse) {
      status(task, 0, returned, sent, Unpooled.EMPTY_BUFFER);
    }
    return length;
  }

  /**
   * Sends a SCSI Response.
   *
   * @param returned bytes of Data-In that the device returned
   * @param dataInPdus how many Data-In PDUs went before it
   * @return 0
   */
  private long status(ScsiTask task, int status, long returned, int dataInPdus, ByteBuf data) {
    ScsiCommand command = task.command();
    boolean bidirectional = command.read() && command.write();
    Residual in = Residual.of(task.expectedDataIn(), returned);
    Residual out =
        Residual.of(
            command.write() ? Integer.toUnsignedLong(command.expectedDataTransferLength()) : 0,
            task.requested());
    boolean outbound = command.write() || (!command.read() && task.requested() > 0);
    session
        .link()
        .send(
            new ScsiResponse(
                COMPLETED_AT_TARGET,
                status,
                command.initiatorTaskTag(),
                0,
                session.nextNumbers(),
                dataInPdus + task.r2tCount(),
                bidirectional ? in : Residual.NONE,
                outbound ? out : in,
                data));
    return 0;
  }
}
