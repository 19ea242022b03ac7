package org.untorn.iscsi.pdu;

/** A PDU that a target sends. */
public sealed interface TargetPdu extends Pdu
    permits NopIn,
        ScsiResponse,
        TaskManagementResponse,
        LoginResponse,
        TextResponse,
        DataIn,
        R2T,
        LogoutResponse,
        AsyncMessage,
        Reject {

  int initiatorTaskTag();

  Numbers numbers();

  /**
   * The sequence numbers that every PDU of a target carries (RFC 7143 4.2.2).
   *
   * @param statSN this response's number; in R2T and in a NOP-In that is no answer, the next one
   * @param expCmdSN the CmdSN that the target expects next
   * @param maxCmdSN the last CmdSN that the target will take
   */
  record Numbers(int statSN, int expCmdSN, int maxCmdSN) {

    static Numbers decode(BasicHeaderSegment bhs) {
      return new Numbers(bhs.int32(24), bhs.int32(28), bhs.int32(32));
    }

    /** The same for a PDU that has no StatSN, which is reserved there: Data-In without status. */
    public Numbers withoutStatSN() {
      return new Numbers(0, expCmdSN, maxCmdSN);
    }

    void encode(BasicHeaderSegment bhs) {
      bhs.int32(24, statSN).int32(28, expCmdSN).int32(32, maxCmdSN);
    }
  }
}
