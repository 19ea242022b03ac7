package org.untorn.iscsi.pdu;

/** What {@link PduDecoder} delivers, in the order of the wire: a PDU, or one that is broken. */
public sealed interface Received permits Pdu, BadPdu {

  /** Gives the data segment back to its allocator. The receiver owns it until then. */
  void release();
}
