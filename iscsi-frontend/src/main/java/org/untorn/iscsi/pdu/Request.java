package org.untorn.iscsi.pdu;

/** An initiator's PDU with a command sequence number (RFC 7143 4.2.2.1). */
public sealed interface Request extends InitiatorPdu
    permits ScsiCommand, NopOut, TaskManagementRequest, LoginRequest, TextRequest, LogoutRequest {

  /** The I bit: delivered at once, and its CmdSN is not consumed. */
  boolean immediate();

  int cmdSN();
}
