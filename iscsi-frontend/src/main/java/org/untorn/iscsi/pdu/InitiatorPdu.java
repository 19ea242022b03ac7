package org.untorn.iscsi.pdu;

/** A PDU that an initiator sends. */
public sealed interface InitiatorPdu extends Pdu permits Request, DataOut, SnackRequest {

  int initiatorTaskTag();

  /** The StatSN that the initiator expects next; it has all before it. */
  int expStatSN();
}
