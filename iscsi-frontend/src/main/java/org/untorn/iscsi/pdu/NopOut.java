package org.untorn.iscsi.pdu;

import io.netty.buffer.ByteBuf;

/**
 * NOP-Out (RFC 7143 11.18): a ping, or the answer to a target's ping.
 *
 * <pre>
 *   0 |.|I| 0x00      |1| reserved                                  |
 *   4 |TotalAHSLength | DataSegmentLength                           |
 *   8 | LUN or reserved                                             |
 *  16 | Initiator Task Tag or 0xffffffff                            |
 *  20 | Target Transfer Tag or 0xffffffff                           |
 *  24 | CmdSN            28 | ExpStatSN                             |
 *  32 | reserved                                                    |
 *  48 | ping data                                                   |
 * </pre>
 *
 * @param initiatorTaskTag reserved if no answer is wanted
 * @param targetTransferTag that of the NOP-In which this answers, or reserved
 */
public record NopOut(
    boolean immediate,
    long lun,
    int initiatorTaskTag,
    int targetTransferTag,
    int cmdSN,
    int expStatSN,
    ByteBuf data)
    implements Request {

  static NopOut decode(BasicHeaderSegment bhs, ByteBuf data) {
    return new NopOut(
        bhs.immediate(),
        bhs.int64(8),
        bhs.int32(16),
        bhs.int32(20),
        bhs.int32(24),
        bhs.int32(28),
        data);
  }

  @Override
  public void encode(BasicHeaderSegment bhs) {
    bhs.start(Opcode.NOP_OUT, immediate, BasicHeaderSegment.FINAL)
        .int64(8, lun)
        .int32(16, initiatorTaskTag)
        .int32(20, targetTransferTag)
        .int32(24, cmdSN)
        .int32(28, expStatSN);
  }
}
