package org.untorn.iscsi.pdu;

import static org.untorn.iscsi.pdu.BasicHeaderSegment.bit;

import io.netty.buffer.ByteBuf;

/**
 * Text Response (RFC 7143 11.11).
 *
 * <pre>
 *   0 |.|.| 0x24      |F|C| reserved                                |
 *   4 |TotalAHSLength | DataSegmentLength                           |
 *   8 | LUN or reserved                                             |
 *  16 | Initiator Task Tag                                          |
 *  20 | Target Transfer Tag or 0xffffffff                           |
 *  24 | StatSN           28 | ExpCmdSN          32 | MaxCmdSN       |
 *  36 | reserved                                                    |
 *  48 | text                                                        |
 * </pre>
 *
 * @param isFinal the F bit: the exchange is over; then the target transfer tag is reserved
 * @param continues the C bit: the text goes on in the next response
 */
public record TextResponse(
    boolean isFinal,
    boolean continues,
    long lun,
    int initiatorTaskTag,
    int targetTransferTag,
    Numbers numbers,
    ByteBuf data)
    implements TargetPdu {

  static TextResponse decode(BasicHeaderSegment bhs, ByteBuf data) {
    return new TextResponse(
        bhs.isFinal(),
        bhs.flag(1, 0x40),
        bhs.int64(8),
        bhs.int32(16),
        bhs.int32(20),
        Numbers.decode(bhs),
        data);
  }

  @Override
  public void encode(BasicHeaderSegment bhs) {
    int flags = bit(isFinal, BasicHeaderSegment.FINAL) | bit(continues, 0x40);
    bhs.start(Opcode.TEXT_RESPONSE, false, flags)
        .int64(8, lun)
        .int32(16, initiatorTaskTag)
        .int32(20, targetTransferTag);
    numbers.encode(bhs);
  }
}
