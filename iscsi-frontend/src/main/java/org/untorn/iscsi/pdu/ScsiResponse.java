package org.untorn.iscsi.pdu;

import io.netty.buffer.ByteBuf;

/**
 * SCSI Response (RFC 7143 11.4).
 *
 * <pre>
 *   0 |.|.| 0x21      |1|. .|o|u|O|U|.| Response      | Status      |
 *   4 |TotalAHSLength | DataSegmentLength                           |
 *   8 | reserved                                                    |
 *  16 | Initiator Task Tag                                          |
 *  20 | SNACK Tag or reserved                                       |
 *  24 | StatSN           28 | ExpCmdSN          32 | MaxCmdSN       |
 *  36 | ExpDataSN or reserved                                       |
 *  40 | Bidirectional Read Residual Count or reserved               |
 *  44 | Residual Count or reserved                                  |
 *  48 | SenseLength, 16 bits; sense data; response data             |
 * </pre>
 *
 * @param response 0 if the command completed at the target, else why not (11.4.3)
 * @param status the SCSI status; valid if the response is 0
 * @param expDataSN how many Data-In and R2T PDUs the task sent
 * @param bidirectionalReadResidual of a bidirectional command's input
 * @param residual of the output, or of a command with one direction
 * @param data SenseLength and what follows it, or nothing
 */
public record ScsiResponse(
    int response,
    int status,
    int initiatorTaskTag,
    int snackTag,
    Numbers numbers,
    int expDataSN,
    Residual bidirectionalReadResidual,
    Residual residual,
    ByteBuf data)
    implements TargetPdu {

  static ScsiResponse decode(BasicHeaderSegment bhs, ByteBuf data) {
    int flags = bhs.int8(1);
    return new ScsiResponse(
        bhs.int8(2),
        bhs.int8(3),
        bhs.int32(16),
        bhs.int32(20),
        Numbers.decode(bhs),
        bhs.int32(36),
        Residual.decode(flags >>> 2, bhs.int32(40)),
        Residual.decode(flags, bhs.int32(44)),
        data);
  }

  static boolean contradictory(BasicHeaderSegment bhs) {
    int flags = bhs.int8(1);
    return Residual.contradictory(flags) || Residual.contradictory(flags >>> 2);
  }

  @Override
  public void encode(BasicHeaderSegment bhs) {
    int flags =
        BasicHeaderSegment.FINAL | bidirectionalReadResidual.flags() << 2 | residual.flags();
    bhs.start(Opcode.SCSI_RESPONSE, false, flags)
        .int8(2, response)
        .int8(3, status)
        .int32(16, initiatorTaskTag)
        .int32(20, snackTag)
        .int32(36, expDataSN)
        .int32(40, bidirectionalReadResidual.count())
        .int32(44, residual.count());
    numbers.encode(bhs);
  }
}
