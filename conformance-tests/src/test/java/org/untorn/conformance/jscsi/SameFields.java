package org.untorn.conformance.jscsi;

import static org.assertj.core.api.Assertions.assertThat;

import org.jscsi.parser.InitiatorMessageParser;
import org.jscsi.parser.ProtocolDataUnit;
import org.jscsi.parser.TargetMessageParser;
import org.jscsi.parser.asynchronous.AsynchronousMessageParser;
import org.jscsi.parser.data.DataInParser;
import org.jscsi.parser.data.DataOutParser;
import org.jscsi.parser.login.ISID;
import org.jscsi.parser.login.LoginRequestParser;
import org.jscsi.parser.login.LoginResponseParser;
import org.jscsi.parser.logout.LogoutRequestParser;
import org.jscsi.parser.logout.LogoutResponseParser;
import org.jscsi.parser.nop.NOPInParser;
import org.jscsi.parser.nop.NOPOutParser;
import org.jscsi.parser.r2t.Ready2TransferParser;
import org.jscsi.parser.reject.RejectParser;
import org.jscsi.parser.scsi.SCSICommandParser;
import org.jscsi.parser.scsi.SCSIResponseParser;
import org.jscsi.parser.snack.SNACKRequestParser;
import org.jscsi.parser.text.TextRequestParser;
import org.jscsi.parser.text.TextResponseParser;
import org.jscsi.parser.tmf.TaskManagementFunctionRequestParser;
import org.jscsi.parser.tmf.TaskManagementFunctionResponseParser;
import org.untorn.iscsi.pdu.AsyncMessage;
import org.untorn.iscsi.pdu.DataIn;
import org.untorn.iscsi.pdu.DataOut;
import org.untorn.iscsi.pdu.InitiatorPdu;
import org.untorn.iscsi.pdu.LoginRequest;
import org.untorn.iscsi.pdu.LoginResponse;
import org.untorn.iscsi.pdu.LogoutRequest;
import org.untorn.iscsi.pdu.LogoutResponse;
import org.untorn.iscsi.pdu.NopIn;
import org.untorn.iscsi.pdu.NopOut;
import org.untorn.iscsi.pdu.Pdu;
import org.untorn.iscsi.pdu.R2T;
import org.untorn.iscsi.pdu.Reject;
import org.untorn.iscsi.pdu.Request;
import org.untorn.iscsi.pdu.Residual;
import org.untorn.iscsi.pdu.ScsiCommand;
import org.untorn.iscsi.pdu.ScsiResponse;
import org.untorn.iscsi.pdu.SnackRequest;
import org.untorn.iscsi.pdu.TargetPdu;
import org.untorn.iscsi.pdu.TaskManagementRequest;
import org.untorn.iscsi.pdu.TaskManagementResponse;
import org.untorn.iscsi.pdu.TextRequest;
import org.untorn.iscsi.pdu.TextResponse;

/**
 * Compares a PDU of ours with what jSCSI's parser made of its bytes, field by field, by the names
 * that jSCSI gives them. A kind of PDU without a comparison does not compile.
 */
final class SameFields {

  private SameFields() {}

  /** Asserts that both say the same. */
  static void check(Pdu ours, ProtocolDataUnit theirs) {
    switch (ours) {
      case InitiatorPdu pdu -> initiator(pdu, theirs);
      case TargetPdu pdu -> target(pdu, theirs);
    }
  }

  private static void initiator(InitiatorPdu ours, ProtocolDataUnit theirs) {
    var parser = (InitiatorMessageParser) theirs.getBasicHeaderSegment().getParser();
    same(theirs.getBasicHeaderSegment().getInitiatorTaskTag(), ours.initiatorTaskTag());
    same(parser.getExpectedStatusSequenceNumber(), ours.expStatSN());
    if (ours instanceof Request request) {
      same(parser.getCommandSequenceNumber(), request.cmdSN());
      assertThat(theirs.getBasicHeaderSegment().isImmediateFlag()).isEqualTo(request.immediate());
    }
    switch (ours) {
      case NopOut pdu -> {
        same(parser.getLogicalUnitNumber(), pdu.lun());
        same(((NOPOutParser) parser).getTargetTransferTag(), pdu.targetTransferTag());
      }
      case ScsiCommand pdu -> command(pdu, (SCSICommandParser) parser, theirs);
      case TaskManagementRequest pdu ->
          taskManagement(pdu, (TaskManagementFunctionRequestParser) parser);
      case LoginRequest pdu -> login(pdu, (LoginRequestParser) parser, theirs);
      case TextRequest pdu -> {
        same(((TextRequestParser) parser).getTargetTransferTag(), pdu.targetTransferTag());
        same(((TextRequestParser) parser).isContinueFlag(), pdu.continues());
        same(theirs.getBasicHeaderSegment().isFinalFlag(), pdu.isFinal());
      }
      case DataOut pdu -> dataOut(pdu, (DataOutParser) parser, theirs);
      case LogoutRequest pdu -> {
        same(((LogoutRequestParser) parser).getConnectionID(), pdu.cid());
        same(((LogoutRequestParser) parser).getReasonCode().value(), pdu.reasonCode());
      }
      case SnackRequest pdu -> snack(pdu, (SNACKRequestParser) parser);
    }
  }

  private static void target(TargetPdu ours, ProtocolDataUnit theirs) {
    var parser = (TargetMessageParser) theirs.getBasicHeaderSegment().getParser();
    same(theirs.getBasicHeaderSegment().getInitiatorTaskTag(), ours.initiatorTaskTag());
    same(parser.getStatusSequenceNumber(), ours.numbers().statSN());
    same(parser.getExpectedCommandSequenceNumber(), ours.numbers().expCmdSN());
    same(parser.getMaximumCommandSequenceNumber(), ours.numbers().maxCmdSN());
    switch (ours) {
      case NopIn pdu -> {
        same(parser.getLogicalUnitNumber(), pdu.lun());
        same(((NOPInParser) parser).getTargetTransferTag(), pdu.targetTransferTag());
      }
      case ScsiResponse pdu -> response(pdu, (SCSIResponseParser) parser);
      case TaskManagementResponse pdu ->
          same(
              ((TaskManagementFunctionResponseParser) parser).getResponse().value(),
              pdu.response());
      case LoginResponse pdu -> login(pdu, (LoginResponseParser) parser, theirs);
      case TextResponse pdu -> {
        same(((TextResponseParser) parser).getTargetTransferTag(), pdu.targetTransferTag());
        same(((TextResponseParser) parser).isContinueFlag(), pdu.continues());
      }
      case DataIn pdu -> dataIn(pdu, (DataInParser) parser, theirs);
      case LogoutResponse pdu -> {
        same(((LogoutResponseParser) parser).getResponse().value(), pdu.response());
        same(((LogoutResponseParser) parser).getTime2Wait(), pdu.time2Wait());
        same(((LogoutResponseParser) parser).getTime2Retain(), pdu.time2Retain());
      }
      case R2T pdu -> readyToTransfer(pdu, (Ready2TransferParser) parser);
      case AsyncMessage pdu -> async(pdu, (AsynchronousMessageParser) parser);
      case Reject pdu -> {
        same(((RejectParser) parser).getReasonCode().value(), pdu.reason().code());
        same(((RejectParser) parser).getDataSequenceNumber(), pdu.dataSN());
      }
    }
  }

  private static void command(ScsiCommand ours, SCSICommandParser parser, ProtocolDataUnit theirs) {
    same(theirs.getBasicHeaderSegment().isFinalFlag(), ours.isFinal());
    same(parser.isReadExpectedFlag(), ours.read());
    same(parser.isWriteExpectedFlag(), ours.write());
    same(parser.getTaskAttributes().value(), ours.attribute());
    same(parser.getLogicalUnitNumber(), ours.lun());
    same(parser.getExpectedDataTransferLength(), ours.expectedDataTransferLength());
    byte[] cdb = new byte[ScsiCommand.CDB_LENGTH];
    parser.getCDB().duplicate().get(cdb);
    assertThat(cdb).isEqualTo(ours.cdb());
  }

  private static void taskManagement(
      TaskManagementRequest ours, TaskManagementFunctionRequestParser parser) {
    same(parser.getFunction().value(), ours.function());
    same(parser.getLogicalUnitNumber(), ours.lun());
    same(parser.getReferencedTaskTag(), ours.referencedTaskTag());
    same(parser.getRefCmdSN(), ours.refCmdSN());
    same(parser.getExpDataSN(), ours.expDataSN());
  }

  private static void login(LoginRequest ours, LoginRequestParser parser, ProtocolDataUnit theirs) {
    same(theirs.getBasicHeaderSegment().isFinalFlag(), ours.transit());
    same(parser.isContinueFlag(), ours.continues());
    same(parser.getCurrentStageNumber().value(), ours.currentStage());
    same(parser.getNextStageNumber().value(), ours.nextStage());
    same(parser.getMaxVersion(), ours.versionMax());
    same(parser.getMinVersion(), ours.versionMin());
    same(isid(parser.getInitiatorSessionID()), ours.isid());
    same(parser.getTargetSessionIdentifyingHandle(), ours.tsih());
    same(parser.getConnectionID(), ours.cid());
  }

  private static void login(
      LoginResponse ours, LoginResponseParser parser, ProtocolDataUnit theirs) {
    same(theirs.getBasicHeaderSegment().isFinalFlag(), ours.transit());
    same(parser.isContinueFlag(), ours.continues());
    same(parser.getCurrentStageNumber().value(), ours.currentStage());
    same(parser.getNextStageNumber().value(), ours.nextStage());
    same(parser.getMaxVersion(), ours.versionMax());
    same(parser.getActiveVersion(), ours.versionActive());
    same(isid(parser.getInitiatorSessionID()), ours.isid());
    same(parser.getTargetSessionIdentifyingHandle(), ours.tsih());
    same(parser.getStatus().value(), ours.statusClass() << 8 | ours.statusDetail());
  }

  private static void dataOut(DataOut ours, DataOutParser parser, ProtocolDataUnit theirs) {
    same(theirs.getBasicHeaderSegment().isFinalFlag(), ours.isFinal());
    same(parser.getLogicalUnitNumber(), ours.lun());
    same(parser.getTargetTransferTag(), ours.targetTransferTag());
    same(parser.getDataSequenceNumber(), ours.dataSN());
    same(parser.getBufferOffset(), ours.bufferOffset());
  }

  private static void snack(SnackRequest ours, SNACKRequestParser parser) {
    same(parser.getType().value(), ours.type());
    same(parser.getTargetTransferTag(), ours.targetTransferTag());
    same(parser.getBegRun(), ours.begRun());
    same(parser.getRunLength(), ours.runLength());
  }

  private static void response(ScsiResponse ours, SCSIResponseParser parser) {
    same(parser.getResponse().value(), ours.response());
    same(parser.getStatus().value(), ours.status());
    same(parser.getSNACKTag(), ours.snackTag());
    same(parser.getExpectedDataSequenceNumber(), ours.expDataSN());
    same(parser.getResidualCount(), ours.residual().count());
    same(parser.isResidualOverflow(), ours.residual().kind() == Residual.Kind.OVERFLOW);
    same(parser.isResidualUnderflow(), ours.residual().kind() == Residual.Kind.UNDERFLOW);
    same(parser.getBidirectionalReadResidualCount(), ours.bidirectionalReadResidual().count());
  }

  private static void dataIn(DataIn ours, DataInParser parser, ProtocolDataUnit theirs) {
    same(theirs.getBasicHeaderSegment().isFinalFlag(), ours.isFinal());
    same(parser.isAcknowledgeFlag(), ours.acknowledge());
    same(parser.isStatusFlag(), ours.hasStatus());
    same(parser.getStatus().value(), ours.status());
    same(parser.getTargetTaskTag(), ours.targetTransferTag());
    same(parser.getDataSequenceNumber(), ours.dataSN());
    same(parser.getBufferOffset(), ours.bufferOffset());
    same(parser.getResidualCount(), ours.residual().count());
    same(parser.isResidualOverflow(), ours.residual().kind() == Residual.Kind.OVERFLOW);
    same(parser.isResidualUnderflow(), ours.residual().kind() == Residual.Kind.UNDERFLOW);
  }

  private static void readyToTransfer(R2T ours, Ready2TransferParser parser) {
    same(parser.getLogicalUnitNumber(), ours.lun());
    same(parser.getTargetTransferTag(), ours.targetTransferTag());
    same(parser.getReady2TransferSequenceNumber(), ours.r2tSN());
    same(parser.getBufferOffset(), ours.bufferOffset());
    same(parser.getDesiredDataTransferLength(), ours.desiredDataTransferLength());
  }

  private static void async(AsyncMessage ours, AsynchronousMessageParser parser) {
    same(parser.getLogicalUnitNumber(), ours.lun());
    same(parser.getAsyncEvent().value(), ours.asyncEvent());
    same(parser.getAsyncVCode(), ours.asyncVCode());
    same(parser.getParameter1(), ours.parameter1());
    same(parser.getParameter2(), ours.parameter2());
    same(parser.getParameter3(), ours.parameter3());
  }

  /**
   * T (2 bits), A (6), B (16), C (8) and D (16) in their 48 bits (RFC 7143 11.12.5); jSCSI keeps T
   * to itself, so the examples have 0 there.
   */
  private static long isid(ISID isid) {
    return (long) isid.getA() << 40
        | (long) (isid.getB() & 0xFFFF) << 24
        | (long) (isid.getC() & 0xFF) << 16
        | (isid.getD() & 0xFFFF);
  }

  private static void same(long theirs, long ours) {
    assertThat(theirs).isEqualTo(ours);
  }

  private static void same(boolean theirs, boolean ours) {
    assertThat(theirs).isEqualTo(ours);
  }
}
