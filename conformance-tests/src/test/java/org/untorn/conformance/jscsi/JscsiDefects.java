package org.untorn.conformance.jscsi;

import org.untorn.iscsi.pdu.AsyncMessage;
import org.untorn.iscsi.pdu.DataIn;
import org.untorn.iscsi.pdu.Pdu;
import org.untorn.iscsi.pdu.Residual;
import org.untorn.iscsi.pdu.TaskManagementRequest;
import org.untorn.iscsi.pdu.TaskManagementResponse;

/**
 * Where jSCSI 2.2 is wrong about RFC 7143 and cannot judge. A test asserts that each of these is
 * still so.
 *
 * <ul>
 *   <li>It has no parser for asynchronous messages.
 *   <li>It refuses every task management request: it takes a field in use for a reserved one.
 *   <li>It reads and writes every response to a task management function as 0.
 *   <li>It writes the U and O bits of Data-In as those of a bidirectional command.
 *   <li>Its CRC32C of 32 zero bytes is not AA 36 91 8A, so digests are judged by others.
 * </ul>
 */
final class JscsiDefects {

  private JscsiDefects() {}

  /** Whether jSCSI cannot make sense of the bytes of this PDU. */
  static boolean cannotParse(Pdu pdu) {
    return pdu instanceof AsyncMessage
        || pdu instanceof TaskManagementRequest
        || (pdu instanceof TaskManagementResponse response && response.response() != 0);
  }

  /** Whether jSCSI parses this PDU but changes it when it writes it. */
  static boolean cannotSerialise(Pdu pdu) {
    return pdu instanceof DataIn dataIn && !dataIn.residual().equals(Residual.NONE);
  }
}
