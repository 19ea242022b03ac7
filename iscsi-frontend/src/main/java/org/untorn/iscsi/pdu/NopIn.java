package org.untorn.iscsi.pdu;

import io.netty.buffer.ByteBuf;

/**
 * NOP-In (RFC 7143 11.19): the answer to a ping, a target's own ping, or just fresh numbers.
 *
 * <pre>
 *   0 |.|.| 0x20      |1| reserved                                  |
 *   4 |TotalAHSLength | DataSegmentLength                           |
 *   8 | LUN or reserved                                             |
 *  16 | Initiator Task Tag or 0xffffffff                            |
 *  20 | Target Transfer Tag or 0xffffffff                           |
 *  24 | StatSN           28 | ExpCmdSN          32 | MaxCmdSN       |
 *  36 | reserved                                                    |
 *  48 | returned ping data                                          |
 * </pre>
 *
 * @param initiatorTaskTag that of the NOP-Out which this answers, or reserved: then its StatSN is
 *     the next one and is not consumed
 * @param targetTransferTag reserved unless the target wants an answer
 */
public record NopIn(
    long lun, int initiatorTaskTag, int targetTransferTag, Numbers numbers, ByteBuf data)
    implements TargetPdu {

  static NopIn decode(BasicHeaderSegment bhs, ByteBuf data) {
    return new NopIn(bhs.int64(8), bhs.int32(16), bhs.int32(20), Numbers.decode(bhs), data);
  }

  @Override
  public void encode(BasicHeaderSegment bhs) {
    bhs.start(Opcode.NOP_IN, false, BasicHeaderSegment.FINAL)
        .int64(8, lun)
        .int32(16, initiatorTaskTag)
        .int32(20, targetTransferTag);
    numbers.encode(bhs);
  }
}
