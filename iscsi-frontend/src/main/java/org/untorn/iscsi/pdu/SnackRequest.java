package org.untorn.iscsi.pdu;

/**
 * SNACK Request (RFC 7143 11.16): asks for PDUs again. A target at error recovery level 0 rejects
 * it.
 *
 * <pre>
 *   0 |.|.| 0x10      |1|. . .| Type  | reserved                    |
 *   4 |TotalAHSLength | DataSegmentLength                           |
 *   8 | LUN or reserved                                             |
 *  16 | Initiator Task Tag or 0xffffffff                            |
 *  20 | Target Transfer Tag or SNACK Tag or 0xffffffff              |
 *  24 | reserved         28 | ExpStatSN         32 | reserved       |
 *  40 | BegRun           44 | RunLength                             |
 * </pre>
 *
 * @param type 0 Data/R2T, 1 status, 2 DataACK, 3 R-Data (11.16.1)
 */
public record SnackRequest(
    int type,
    long lun,
    int initiatorTaskTag,
    int targetTransferTag,
    int expStatSN,
    int begRun,
    int runLength)
    implements InitiatorPdu {

  static SnackRequest decode(BasicHeaderSegment bhs) {
    return new SnackRequest(
        bhs.int8(1) & 0x0F,
        bhs.int64(8),
        bhs.int32(16),
        bhs.int32(20),
        bhs.int32(28),
        bhs.int32(40),
        bhs.int32(44));
  }

  @Override
  public void encode(BasicHeaderSegment bhs) {
    bhs.start(Opcode.SNACK_REQUEST, false, BasicHeaderSegment.FINAL | type)
        .int64(8, lun)
        .int32(16, initiatorTaskTag)
        .int32(20, targetTransferTag)
        .int32(28, expStatSN)
        .int32(40, begRun)
        .int32(44, runLength);
  }
}
