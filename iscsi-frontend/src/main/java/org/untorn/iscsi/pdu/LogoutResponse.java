package org.untorn.iscsi.pdu;

/**
 * Logout Response (RFC 7143 11.15).
 *
 * <pre>
 *   0 |.|.| 0x26      |1| reserved    | Response      | reserved    |
 *   4 |TotalAHSLength | DataSegmentLength                           |
 *   8 | reserved                                                    |
 *  16 | Initiator Task Tag                                          |
 *  20 | reserved                                                    |
 *  24 | StatSN           28 | ExpCmdSN          32 | MaxCmdSN       |
 *  36 | reserved                                                    |
 *  40 | Time2Wait                     | Time2Retain                 |
 *  44 | reserved                                                    |
 * </pre>
 *
 * @param response 0 closed, 1 no such CID, 2 recovery not supported, 3 cleanup failed (11.15.1)
 * @param time2Wait seconds before the initiator may try to reinstate
 * @param time2Retain seconds, after those, that the target keeps the tasks
 */
public record LogoutResponse(
    int response, int initiatorTaskTag, Numbers numbers, int time2Wait, int time2Retain)
    implements TargetPdu {

  public static final int CLOSED = 0;
  public static final int CID_NOT_FOUND = 1;
  public static final int RECOVERY_NOT_SUPPORTED = 2;

  static LogoutResponse decode(BasicHeaderSegment bhs) {
    return new LogoutResponse(
        bhs.int8(2), bhs.int32(16), Numbers.decode(bhs), bhs.int16(40), bhs.int16(42));
  }

  @Override
  public void encode(BasicHeaderSegment bhs) {
    bhs.start(Opcode.LOGOUT_RESPONSE, false, BasicHeaderSegment.FINAL)
        .int8(2, response)
        .int32(16, initiatorTaskTag)
        .int16(40, time2Wait)
        .int16(42, time2Retain);
    numbers.encode(bhs);
  }
}
