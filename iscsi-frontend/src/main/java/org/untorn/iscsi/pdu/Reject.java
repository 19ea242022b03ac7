package org.untorn.iscsi.pdu;

import io.netty.buffer.ByteBuf;

/**
 * Reject (RFC 7143 11.17): the answer to a PDU that was not taken.
 *
 * <pre>
 *   0 |.|.| 0x3f      |1| reserved    | Reason        | reserved    |
 *   4 |TotalAHSLength | DataSegmentLength                           |
 *   8 | reserved                                                    |
 *  16 | 0xffffffff                                                  |
 *  20 | reserved                                                    |
 *  24 | StatSN           28 | ExpCmdSN          32 | MaxCmdSN       |
 *  36 | DataSN/R2TSN or reserved                                    |
 *  40 | reserved                                                    |
 *  48 | the complete header of the bad PDU                          |
 * </pre>
 *
 * @param data the basic header segment of the PDU that was not taken
 */
public record Reject(Reason reason, Numbers numbers, int dataSN, ByteBuf data)
    implements TargetPdu {

  /** Why a PDU was not taken (11.17.1). */
  public enum Reason {
    RESERVED(0x01),
    DATA_DIGEST_ERROR(0x02),
    SNACK_REJECT(0x03),
    PROTOCOL_ERROR(0x04),
    COMMAND_NOT_SUPPORTED(0x05),
    TOO_MANY_IMMEDIATE_COMMANDS(0x06),
    TASK_IN_PROGRESS(0x07),
    INVALID_DATA_ACK(0x08),
    INVALID_PDU_FIELD(0x09),
    LONG_OPERATION_REJECT(0x0A),
    NEGOTIATION_RESET(0x0B),
    WAITING_FOR_LOGOUT(0x0C);

    private final int code;

    Reason(int code) {
      this.code = code;
    }

    public int code() {
      return code;
    }

    /** The reason with a code; {@code RESERVED} for a code that has none. */
    static Reason of(int code) {
      for (Reason reason : values()) {
        if (reason.code == code) {
          return reason;
        }
      }
      return RESERVED;
    }
  }

  static Reject decode(BasicHeaderSegment bhs, ByteBuf data) {
    return new Reject(Reason.of(bhs.int8(2)), Numbers.decode(bhs), bhs.int32(36), data);
  }

  @Override
  public int initiatorTaskTag() {
    return RESERVED_TAG;
  }

  @Override
  public void encode(BasicHeaderSegment bhs) {
    bhs.start(Opcode.REJECT, false, BasicHeaderSegment.FINAL)
        .int8(2, reason.code())
        .int32(16, RESERVED_TAG)
        .int32(36, dataSN);
    numbers.encode(bhs);
  }
}
