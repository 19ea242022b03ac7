package org.untorn.iscsi.pdu;

/**
 * Ready To Transfer (RFC 7143 11.8): asks for a part of a write's data.
 *
 * <pre>
 *   0 |.|.| 0x31      |1| reserved                                  |
 *   4 |TotalAHSLength | DataSegmentLength                           |
 *   8 | LUN                                                         |
 *  16 | Initiator Task Tag                                          |
 *  20 | Target Transfer Tag                                         |
 *  24 | StatSN           28 | ExpCmdSN          32 | MaxCmdSN       |
 *  36 | R2TSN                                                       |
 *  40 | Buffer Offset                                               |
 *  44 | Desired Data Transfer Length                                |
 * </pre>
 *
 * @param numbers with the StatSN that the next response will have: an R2T has none of its own
 * @param r2tSN from 0 in each command
 * @param desiredDataTransferLength bytes, 1 to MaxBurstLength
 */
public record R2T(
    long lun,
    int initiatorTaskTag,
    int targetTransferTag,
    Numbers numbers,
    int r2tSN,
    int bufferOffset,
    int desiredDataTransferLength)
    implements TargetPdu {

  static R2T decode(BasicHeaderSegment bhs) {
    return new R2T(
        bhs.int64(8),
        bhs.int32(16),
        bhs.int32(20),
        Numbers.decode(bhs),
        bhs.int32(36),
        bhs.int32(40),
        bhs.int32(44));
  }

  @Override
  public void encode(BasicHeaderSegment bhs) {
    bhs.start(Opcode.R2T, false, BasicHeaderSegment.FINAL)
        .int64(8, lun)
        .int32(16, initiatorTaskTag)
        .int32(20, targetTransferTag)
        .int32(36, r2tSN)
        .int32(40, bufferOffset)
        .int32(44, desiredDataTransferLength);
    numbers.encode(bhs);
  }
}
