package org.untorn.iscsi.pdu;

/**
 * Logout Request (RFC 7143 11.14).
 *
 * <pre>
 *   0 |.|I| 0x06      |1| Reason Code | reserved                    |
 *   4 |TotalAHSLength | DataSegmentLength                           |
 *   8 | reserved                                                    |
 *  16 | Initiator Task Tag                                          |
 *  20 | CID or reserved               | reserved                    |
 *  24 | CmdSN            28 | ExpStatSN                             |
 *  32 | reserved                                                    |
 * </pre>
 *
 * @param reasonCode 0 close the session, 1 close the connection, 2 remove it for recovery (11.14.1)
 */
public record LogoutRequest(
    boolean immediate, int reasonCode, int initiatorTaskTag, int cid, int cmdSN, int expStatSN)
    implements Request {

  public static final int CLOSE_SESSION = 0;
  public static final int CLOSE_CONNECTION = 1;
  public static final int REMOVE_CONNECTION_FOR_RECOVERY = 2;

  static LogoutRequest decode(BasicHeaderSegment bhs) {
    return new LogoutRequest(
        bhs.immediate(),
        bhs.int8(1) & 0x7F,
        bhs.int32(16),
        bhs.int16(20),
        bhs.int32(24),
        bhs.int32(28));
  }

  @Override
  public void encode(BasicHeaderSegment bhs) {
    bhs.start(Opcode.LOGOUT_REQUEST, immediate, BasicHeaderSegment.FINAL | reasonCode)
        .int32(16, initiatorTaskTag)
        .int16(20, cid)
        .int32(24, cmdSN)
        .int32(28, expStatSN);
  }
}
