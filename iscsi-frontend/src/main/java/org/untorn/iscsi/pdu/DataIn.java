package org.untorn.iscsi.pdu;

import static org.untorn.iscsi.pdu.BasicHeaderSegment.bit;

import io.netty.buffer.ByteBuf;

/**
 * SCSI Data-In (RFC 7143 11.7): a piece of a read's data, the last one perhaps with the status.
 *
 * <pre>
 *   0 |.|.| 0x25      |F|A|. . .|O|U|S| reserved      | Status      |
 *   4 |TotalAHSLength | DataSegmentLength                           |
 *   8 | LUN or reserved                                             |
 *  16 | Initiator Task Tag                                          |
 *  20 | Target Transfer Tag or 0xffffffff                           |
 *  24 | StatSN or reserved 28 | ExpCmdSN        32 | MaxCmdSN       |
 *  36 | DataSN                                                      |
 *  40 | Buffer Offset                                               |
 *  44 | Residual Count                                              |
 * </pre>
 *
 * @param isFinal the F bit: the last PDU of its sequence of at most MaxBurstLength bytes
 * @param acknowledge the A bit: the target asks for a DataACK (error recovery level 1 and up)
 * @param hasStatus the S bit: status, StatSN and residual are valid, no SCSI Response follows
 * @param bufferOffset bytes from the start of the command's input, unsigned
 */
public record DataIn(
    boolean isFinal,
    boolean acknowledge,
    boolean hasStatus,
    int status,
    long lun,
    int initiatorTaskTag,
    int targetTransferTag,
    Numbers numbers,
    int dataSN,
    int bufferOffset,
    Residual residual,
    ByteBuf data)
    implements TargetPdu {

  private static final int STATUS = 0x01;

  static DataIn decode(BasicHeaderSegment bhs, ByteBuf data) {
    return new DataIn(
        bhs.isFinal(),
        bhs.flag(1, 0x40),
        bhs.flag(1, STATUS),
        bhs.int8(3),
        bhs.int64(8),
        bhs.int32(16),
        bhs.int32(20),
        Numbers.decode(bhs),
        bhs.int32(36),
        bhs.int32(40),
        Residual.decode(bhs.int8(1), bhs.int32(44)),
        data);
  }

  static boolean contradictory(BasicHeaderSegment bhs) {
    return Residual.contradictory(bhs.int8(1));
  }

  @Override
  public void encode(BasicHeaderSegment bhs) {
    int flags =
        bit(isFinal, BasicHeaderSegment.FINAL)
            | bit(acknowledge, 0x40)
            | residual.flags()
            | bit(hasStatus, STATUS);
    bhs.start(Opcode.DATA_IN, false, flags)
        .int8(3, status)
        .int64(8, lun)
        .int32(16, initiatorTaskTag)
        .int32(20, targetTransferTag)
        .int32(36, dataSN)
        .int32(40, bufferOffset)
        .int32(44, residual.count());
    numbers.encode(bhs);
  }
}
