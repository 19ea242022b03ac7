package org.untorn.iscsi.pdu;

import static org.untorn.iscsi.pdu.BasicHeaderSegment.bit;

import io.netty.buffer.ByteBuf;

/**
 * Text Request (RFC 7143 11.10).
 *
 * <pre>
 *   0 |.|I| 0x04      |F|C| reserved                                |
 *   4 |TotalAHSLength | DataSegmentLength                           |
 *   8 | LUN or reserved                                             |
 *  16 | Initiator Task Tag                                          |
 *  20 | Target Transfer Tag or 0xffffffff                           |
 *  24 | CmdSN            28 | ExpStatSN                             |
 *  32 | reserved                                                    |
 *  48 | text                                                        |
 * </pre>
 *
 * @param isFinal the F bit: the initiator has no more to say
 * @param continues the C bit: the text goes on in the next request
 * @param targetTransferTag reserved in the first request, then as the target's last response said
 */
public record TextRequest(
    boolean immediate,
    boolean isFinal,
    boolean continues,
    long lun,
    int initiatorTaskTag,
    int targetTransferTag,
    int cmdSN,
    int expStatSN,
    ByteBuf data)
    implements Request {

  static TextRequest decode(BasicHeaderSegment bhs, ByteBuf data) {
    return new TextRequest(
        bhs.immediate(),
        bhs.isFinal(),
        bhs.flag(1, 0x40),
        bhs.int64(8),
        bhs.int32(16),
        bhs.int32(20),
        bhs.int32(24),
        bhs.int32(28),
        data);
  }

  @Override
  public void encode(BasicHeaderSegment bhs) {
    int flags = bit(isFinal, BasicHeaderSegment.FINAL) | bit(continues, 0x40);
    bhs.start(Opcode.TEXT_REQUEST, immediate, flags)
        .int64(8, lun)
        .int32(16, initiatorTaskTag)
        .int32(20, targetTransferTag)
        .int32(24, cmdSN)
        .int32(28, expStatSN);
  }
}
