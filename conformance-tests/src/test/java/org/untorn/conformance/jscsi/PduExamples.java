package org.untorn.conformance.jscsi;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.untorn.iscsi.pdu.AsyncMessage;
import org.untorn.iscsi.pdu.DataIn;
import org.untorn.iscsi.pdu.DataOut;
import org.untorn.iscsi.pdu.LoginRequest;
import org.untorn.iscsi.pdu.LoginResponse;
import org.untorn.iscsi.pdu.LogoutRequest;
import org.untorn.iscsi.pdu.LogoutResponse;
import org.untorn.iscsi.pdu.NopIn;
import org.untorn.iscsi.pdu.NopOut;
import org.untorn.iscsi.pdu.Pdu;
import org.untorn.iscsi.pdu.R2T;
import org.untorn.iscsi.pdu.Reject;
import org.untorn.iscsi.pdu.Residual;
import org.untorn.iscsi.pdu.ScsiCommand;
import org.untorn.iscsi.pdu.ScsiResponse;
import org.untorn.iscsi.pdu.SnackRequest;
import org.untorn.iscsi.pdu.TargetPdu.Numbers;
import org.untorn.iscsi.pdu.TaskManagementRequest;
import org.untorn.iscsi.pdu.TaskManagementResponse;
import org.untorn.iscsi.pdu.TextRequest;
import org.untorn.iscsi.pdu.TextResponse;

/**
 * At least one PDU of every kind. No two fields of one PDU have the same value, so that a field in
 * the wrong place is seen.
 */
final class PduExamples {

  private static final long LUN = 0x0001_0000_0000_0000L;
  private static final Numbers NUMBERS = new Numbers(0x01020304, 0x11121314, 0x21222324);
  private static final int ITT = 0x31323334;
  private static final int TTT = 0x41424344;
  private static final int CMD_SN = 0x51525354;
  private static final int EXP_STAT_SN = 0x61626364;

  /** T 00b (OUI), A 16h, B 1234h, C 56h, D 789Ah; jSCSI takes A from the low bits of C. */
  private static final long ISID = 0x1612_3456_789AL;

  private PduExamples() {}

  /** All examples, made anew. */
  static Stream<Pdu> all() {
    return Stream.concat(fromInitiators(), fromTargets());
  }

  private static Stream<Pdu> fromInitiators() {
    return Stream.of(
        new NopOut(true, 0, ITT, Pdu.RESERVED_TAG, CMD_SN, EXP_STAT_SN, bytes(13)),
        new ScsiCommand(
            false,
            true,
            false,
            true,
            1,
            LUN,
            ITT,
            4096,
            CMD_SN,
            EXP_STAT_SN,
            cdb(),
            List.of(),
            bytes(512)),
        new ScsiCommand(
            false,
            true,
            true,
            false,
            2,
            LUN,
            ITT,
            8192,
            CMD_SN,
            EXP_STAT_SN,
            cdb(),
            List.of(),
            Unpooled.EMPTY_BUFFER),
        new TaskManagementRequest(
            true, 1, LUN, ITT, 0x71727374, CMD_SN, EXP_STAT_SN, CMD_SN - 1, 0),
        new LoginRequest(
            true,
            false,
            1,
            3,
            0,
            0,
            ISID,
            0,
            ITT,
            7,
            CMD_SN,
            EXP_STAT_SN,
            text("InitiatorName=iqn.2026-11.org.untorn:test\0SessionType=Normal\0")),
        new TextRequest(
            false,
            true,
            false,
            0,
            ITT,
            Pdu.RESERVED_TAG,
            CMD_SN,
            EXP_STAT_SN,
            text("SendTargets=All\0")),
        new DataOut(false, LUN, ITT, TTT, EXP_STAT_SN, 3, 2048, bytes(1023)),
        new LogoutRequest(false, 1, ITT, 7, CMD_SN, EXP_STAT_SN),
        new SnackRequest(1, 0, Pdu.RESERVED_TAG, Pdu.RESERVED_TAG, EXP_STAT_SN, 5, 6));
  }

  private static Stream<Pdu> fromTargets() {
    return Stream.of(
        new NopIn(0, ITT, Pdu.RESERVED_TAG, NUMBERS, bytes(13)),
        new NopIn(LUN, Pdu.RESERVED_TAG, TTT, NUMBERS, Unpooled.EMPTY_BUFFER),
        new ScsiResponse(
            0, 0, ITT, 0, NUMBERS, 9, Residual.NONE, Residual.of(100, 88), Unpooled.EMPTY_BUFFER),
        new ScsiResponse(0, 2, ITT, 0, NUMBERS, 9, Residual.NONE, Residual.of(88, 100), bytes(20)),
        new TaskManagementResponse(0, ITT, NUMBERS),
        new TaskManagementResponse(1, ITT, NUMBERS),
        new LoginResponse(
            true,
            false,
            1,
            3,
            0,
            0,
            ISID,
            5,
            ITT,
            NUMBERS,
            0,
            0,
            text("TargetPortalGroupTag=1\0MaxBurstLength=262144\0")),
        new LoginResponse(
            false,
            false,
            0,
            0,
            0,
            0,
            ISID,
            0,
            ITT,
            new Numbers(0, 5, 6),
            2,
            3,
            Unpooled.EMPTY_BUFFER),
        new TextResponse(
            true,
            false,
            0,
            ITT,
            Pdu.RESERVED_TAG,
            NUMBERS,
            text("TargetName=iqn.2026-11.org.untorn:disk0\0TargetAddress=127.0.0.1:3260,1\0")),
        new DataIn(
            false,
            false,
            false,
            0,
            0,
            ITT,
            Pdu.RESERVED_TAG,
            new Numbers(0, 5, 6),
            3,
            4096,
            Residual.NONE,
            bytes(1021)),
        new DataIn(
            true,
            false,
            true,
            0,
            0,
            ITT,
            Pdu.RESERVED_TAG,
            NUMBERS,
            4,
            8192,
            Residual.of(1000, 2),
            bytes(2)),
        new DataIn(
            true,
            false,
            true,
            0,
            0,
            ITT,
            Pdu.RESERVED_TAG,
            NUMBERS,
            4,
            8192,
            Residual.NONE,
            bytes(3)),
        new LogoutResponse(0, ITT, NUMBERS, 2, 20),
        new R2T(LUN, ITT, TTT, NUMBERS, 2, 65536, 131072),
        new AsyncMessage(LUN, NUMBERS, 1, 0, 0, 0, 11, Unpooled.EMPTY_BUFFER),
        new Reject(Reject.Reason.INVALID_PDU_FIELD, NUMBERS, 0, bytes(48)));
  }

  /** WRITE(10) of 8 blocks; bytes 10 to 15 are padding. */
  private static byte[] cdb() {
    byte[] cdb = new byte[ScsiCommand.CDB_LENGTH];
    cdb[0] = 0x2A;
    cdb[5] = 0x64;
    cdb[8] = 8;
    return cdb;
  }

  private static ByteBuf bytes(int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) (i * 7 + 1);
    }
    return Unpooled.wrappedBuffer(bytes);
  }

  private static ByteBuf text(String pairs) {
    return Unpooled.copiedBuffer(pairs, StandardCharsets.UTF_8);
  }
}
