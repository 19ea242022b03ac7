package org.untorn.iscsi.login;

/**
 * A login that succeeded.
 *
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
    String initiatorName,
    long isid,
    int tsih,
    int cid,
    String targetName,
    int portalGroupTag,
    int nextCmdSN,
    int nextStatSN,
    Negotiation negotiation,
    SessionParameters parameters) {

  /** Whether only discovery is allowed in the session. */
  public boolean isDiscovery() {
    return negotiation.isDiscovery();
  }
}
