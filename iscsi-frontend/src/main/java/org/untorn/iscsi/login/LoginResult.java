package org.untorn.iscsi.login;

import java.util.Optional;
import java.util.SortedMap;
import org.untorn.iscsi.login.AccessControl.Initiator;

/**
 * A login that succeeded.
 *
 * @param user the CHAP name that the initiator has proven to have
 * @param luns the logical units that it may use; see {@link Access.Granted}
 * @param isid the initiator's part of the session identifier, 48 bits
 * @param tsih the target's part, 1 to 65535
 * @param cid the connection identifier
 * @param targetName empty in a discovery session that names none
 * @param portalGroupTag of the target; 0 in a discovery session that names none
 * @param nextCmdSN the CmdSN that the first command has
 * @param nextStatSN the StatSN of the first response of the full feature phase
 * @param negotiation for what is negotiated later, and for who asks what was agreed
 */
public record LoginResult(
    Initiator initiator,
    Optional<String> user,
    Optional<SortedMap<Integer, Integer>> luns,
    long isid,
    int tsih,
    int cid,
    String targetName,
    int portalGroupTag,
    int nextCmdSN,
    int nextStatSN,
    Negotiation negotiation,
    SessionParameters parameters) {

  /** The InitiatorName. */
  public String initiatorName() {
    return initiator.name();
  }

  /** Whether only discovery is allowed in the session. */
  public boolean isDiscovery() {
    return negotiation.isDiscovery();
  }
}
