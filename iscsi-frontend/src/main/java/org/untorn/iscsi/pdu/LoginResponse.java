package org.untorn.iscsi.pdu;

import static org.untorn.iscsi.pdu.BasicHeaderSegment.bit;

import io.netty.buffer.ByteBuf;

/**
 * Login Response (RFC 7143 11.13).
 *
 * <pre>
 *   0 |.|.| 0x23      |T|C|. .|CSG|NSG| Version-max | Version-active|
 *   4 |TotalAHSLength | DataSegmentLength                           |
 *   8 | ISID, 48 bits                                               |
 *  14 | TSIH, 16 bits                                               |
 *  16 | Initiator Task Tag                                          |
 *  20 | reserved                                                    |
 *  24 | StatSN           28 | ExpCmdSN          32 | MaxCmdSN       |
 *  36 | Status-Class  | Status-Detail | reserved                    |
 *  40 | reserved                                                    |
 *  48 | text                                                        |
 * </pre>
 *
 * @param transit the T bit: the target agrees to go to the next stage
 * @param tsih the session's; valid in the response that ends the login
 * @param statusClass 0 success, 1 redirection, 2 initiator error, 3 target error
 */
public record LoginResponse(
    boolean transit,
    boolean continues,
    int currentStage,
    int nextStage,
    int versionMax,
    int versionActive,
    long isid,
    int tsih,
    int initiatorTaskTag,
    Numbers numbers,
    int statusClass,
    int statusDetail,
    ByteBuf data)
    implements TargetPdu {

  static LoginResponse decode(BasicHeaderSegment bhs, ByteBuf data) {
    return new LoginResponse(
        bhs.isFinal(),
        bhs.flag(1, 0x40),
        bhs.int8(1) >>> 2 & 0x03,
        bhs.int8(1) & 0x03,
        bhs.int8(2),
        bhs.int8(3),
        bhs.int48(8),
        bhs.int16(14),
        bhs.int32(16),
        Numbers.decode(bhs),
        bhs.int8(36),
        bhs.int8(37),
        data);
  }

  @Override
  public void encode(BasicHeaderSegment bhs) {
    int flags = bit(transit, 0x80) | bit(continues, 0x40) | currentStage << 2 | nextStage;
    bhs.start(Opcode.LOGIN_RESPONSE, false, flags)
        .int8(2, versionMax)
        .int8(3, versionActive)
        .int48(8, isid)
        .int16(14, tsih)
        .int32(16, initiatorTaskTag)
        .int8(36, statusClass)
        .int8(37, statusDetail);
    numbers.encode(bhs);
  }
}
