package org.untorn.iscsi.pdu;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/**
 * Asynchronous Message (RFC 7143 11.9): what a target says unasked.
 *
 * <pre>
 *   0 |.|.| 0x32      |1| reserved                                  |
 *   4 |TotalAHSLength | DataSegmentLength                           |
 *   8 | LUN or reserved                                             |
 *  16 | 0xffffffff                                                  |
 *  20 | reserved                                                    |
 *  24 | StatSN           28 | ExpCmdSN          32 | MaxCmdSN       |
 *  36 | AsyncEvent    | AsyncVCode    | Parameter1 or reserved      |
 *  40 | Parameter2 or reserved        | Parameter3 or reserved      |
 *  44 | reserved                                                    |
 *  48 | sense data and iSCSI event data                             |
 * </pre>
 *
 * @param asyncEvent 0 a SCSI event, 1 logout requested, 2 this connection will be dropped, 3 all
 *     connections will be dropped, 4 negotiation requested, 255 vendor-specific (11.9.1)
 */
public record AsyncMessage(
    long lun,
    Numbers numbers,
    int asyncEvent,
    int asyncVCode,
    int parameter1,
    int parameter2,
    int parameter3,
    ByteBuf data)
    implements TargetPdu {

  public static final int ALL_CONNECTIONS_WILL_BE_DROPPED = 3;

  /** Says that all connections of the session will be dropped. */
  public static AsyncMessage allConnectionsWillBeDropped(Numbers numbers) {
    return new AsyncMessage(
        0, numbers, ALL_CONNECTIONS_WILL_BE_DROPPED, 0, 0, 0, 0, Unpooled.EMPTY_BUFFER);
  }

  static AsyncMessage decode(BasicHeaderSegment bhs, ByteBuf data) {
    return new AsyncMessage(
        bhs.int64(8),
        Numbers.decode(bhs),
        bhs.int8(36),
        bhs.int8(37),
        bhs.int16(38),
        bhs.int16(40),
        bhs.int16(42),
        data);
  }

  @Override
  public int initiatorTaskTag() {
    return RESERVED_TAG;
  }

  @Override
  public void encode(BasicHeaderSegment bhs) {
    bhs.start(Opcode.ASYNC_MESSAGE, false, BasicHeaderSegment.FINAL)
        .int64(8, lun)
        .int32(16, RESERVED_TAG)
        .int8(36, asyncEvent)
        .int8(37, asyncVCode)
        .int16(38, parameter1)
        .int16(40, parameter2)
        .int16(42, parameter3);
    numbers.encode(bhs);
  }
}
