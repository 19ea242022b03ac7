package org.untorn.iscsi.pdu;

import static org.untorn.iscsi.pdu.BasicHeaderSegment.bit;

import io.netty.buffer.ByteBuf;

/**
 * SCSI Data-Out (RFC 7143 11.7): a piece of a write's data.
 *
 * <pre>
 *   0 |.|.| 0x05      |F| reserved                                  |
 *   4 |TotalAHSLength | DataSegmentLength                           |
 *   8 | LUN or reserved                                             |
 *  16 | Initiator Task Tag                                          |
 *  20 | Target Transfer Tag or 0xffffffff                           |
 *  24 | reserved         28 | ExpStatSN         32 | reserved       |
 *  36 | DataSN                                                      |
 *  40 | Buffer Offset                                               |
 *  44 | reserved                                                    |
 * </pre>
 *
 * @param isFinal the F bit: the last PDU of its sequence (the unsolicited burst, or an R2T's)
 * @param targetTransferTag the R2T's that asked for it, or reserved: unsolicited
 * @param dataSN from 0 in each sequence
 * @param bufferOffset bytes from the start of the command's output, unsigned
 */
public record DataOut(
    boolean isFinal,
    long lun,
    int initiatorTaskTag,
    int targetTransferTag,
    int expStatSN,
    int dataSN,
    int bufferOffset,
    ByteBuf data)
    implements InitiatorPdu {

  static DataOut decode(BasicHeaderSegment bhs, ByteBuf data) {
    return new DataOut(
        bhs.isFinal(),
        bhs.int64(8),
        bhs.int32(16),
        bhs.int32(20),
        bhs.int32(28),
        bhs.int32(36),
        bhs.int32(40),
        data);
  }

  @Override
  public void encode(BasicHeaderSegment bhs) {
    bhs.start(Opcode.DATA_OUT, false, bit(isFinal, BasicHeaderSegment.FINAL))
        .int64(8, lun)
        .int32(16, initiatorTaskTag)
        .int32(20, targetTransferTag)
        .int32(28, expStatSN)
        .int32(36, dataSN)
        .int32(40, bufferOffset);
  }
}
