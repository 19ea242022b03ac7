package org.untorn.iscsi.pdu;

import static org.untorn.iscsi.pdu.BasicHeaderSegment.bit;

import io.netty.buffer.ByteBuf;

/**
 * Login Request (RFC 7143 11.12); always immediate.
 *
 * <pre>
 *   0 |.|1| 0x03      |T|C|. .|CSG|NSG| Version-max   | Version-min |
 *   4 |TotalAHSLength | DataSegmentLength                           |
 *   8 | ISID, 48 bits                                               |
 *  14 | TSIH, 16 bits                                               |
 *  16 | Initiator Task Tag                                          |
 *  20 | CID, 16 bits                  | reserved                    |
 *  24 | CmdSN            28 | ExpStatSN or reserved                 |
 *  32 | reserved                                                    |
 *  48 | text                                                        |
 * </pre>
 *
 * @param transit the T bit: ready to go to the next stage
 * @param continues the C bit: the text goes on in the next request
 * @param currentStage CSG: 0 security negotiation, 1 operational negotiation, 3 full feature phase
 * @param nextStage NSG; valid with the T bit
 * @param isid 48 bits
 * @param tsih 0 for a new session
 */
public record LoginRequest(
    boolean transit,
    boolean continues,
    int currentStage,
    int nextStage,
    int versionMax,
    int versionMin,
    long isid,
    int tsih,
    int initiatorTaskTag,
    int cid,
    int cmdSN,
    int expStatSN,
    ByteBuf data)
    implements Request {

  static LoginRequest decode(BasicHeaderSegment bhs, ByteBuf data) {
    return new LoginRequest(
        bhs.isFinal(),
        bhs.flag(1, 0x40),
        bhs.int8(1) >>> 2 & 0x03,
        bhs.int8(1) & 0x03,
        bhs.int8(2),
        bhs.int8(3),
        bhs.int48(8),
        bhs.int16(14),
        bhs.int32(16),
        bhs.int16(20),
        bhs.int32(24),
        bhs.int32(28),
        data);
  }

  @Override
  public boolean immediate() {
    return true;
  }

  @Override
  public void encode(BasicHeaderSegment bhs) {
    int flags = bit(transit, 0x80) | bit(continues, 0x40) | currentStage << 2 | nextStage;
    bhs.start(Opcode.LOGIN_REQUEST, true, flags)
        .int8(2, versionMax)
        .int8(3, versionMin)
        .int48(8, isid)
        .int16(14, tsih)
        .int32(16, initiatorTaskTag)
        .int16(20, cid)
        .int32(24, cmdSN)
        .int32(28, expStatSN);
  }
}
