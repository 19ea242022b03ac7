package org.untorn.iscsi.initiator;

import io.netty.buffer.ByteBuf;
import org.untorn.iscsi.pdu.DataOut;
import org.untorn.iscsi.pdu.InitiatorPdu;
import org.untorn.iscsi.pdu.Pdu;
import org.untorn.iscsi.pdu.R2T;
import org.untorn.iscsi.pdu.ScsiCommand;

/**
 * Sends commands and their data as the negotiated keys allow: all that may go unasked goes unasked.
 * Each method writes all PDUs of a sequence but the last, which it returns. Only on the event loop.
 *
 * @param maxSegment the target's MaxRecvDataSegmentLength
 * @param firstBurst bytes that may go unasked
 */
record DataOutSender(
    RawConnection connection,
    int maxSegment,
    int firstBurst,
    boolean immediateData,
    boolean initialR2T) {

  InitiatorPdu start(Command command, int tag, int cmdSN, int expStatSN) {
    int length = command.dataOut().readableBytes();
    int immediate = immediateData ? Math.min(length, Math.min(firstBurst, maxSegment)) : 0;
    int unsolicited = initialR2T ? immediate : Math.min(length, firstBurst);
    boolean write = length > 0;
    ScsiCommand pdu =
        new ScsiCommand(
            false,
            unsolicited == immediate,
            command.expectedDataIn() > 0,
            write,
            command.attribute(),
            command.lun(),
            tag,
            write ? length : command.expectedDataIn(),
            cmdSN,
            expStatSN,
            ScsiCommand.head(command.cdb()),
            ScsiCommand.extension(command.cdb()),
            command.dataOut().retainedSlice(0, immediate));
    if (unsolicited == immediate) {
      return pdu;
    }
    connection.write(pdu);
    return send(command, tag, Pdu.RESERVED_TAG, expStatSN, immediate, unsolicited - immediate);
  }

  InitiatorPdu answer(Command command, R2T r2t, int expStatSN) {
    return send(
        command,
        r2t.initiatorTaskTag(),
        r2t.targetTransferTag(),
        expStatSN,
        r2t.bufferOffset(),
        r2t.desiredDataTransferLength());
  }

  private DataOut send(
      Command command, int tag, int transferTag, int expStatSN, int offset, int length) {
    int sent = 0;
    for (int dataSN = 0; ; dataSN++) {
      int size = Math.min(maxSegment, length - sent);
      boolean last = sent + size == length;
      int at = offset + sent;
      ByteBuf data = command.dataOut().retainedSlice(at, size);
      DataOut pdu = new DataOut(last, command.lun(), tag, transferTag, expStatSN, dataSN, at, data);
      if (last) {
        return pdu;
      }
      connection.write(pdu);
      sent += size;
    }
  }
}
