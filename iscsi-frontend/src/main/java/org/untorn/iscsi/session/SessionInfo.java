package org.untorn.iscsi.session;

import io.netty.channel.Channel;
import java.net.SocketAddress;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.untorn.iscsi.login.LoginResult;
import org.untorn.iscsi.login.SessionParameters;
import org.untorn.iscsi.login.TextKey;

/**
 * A session as it is shown to people.
 *
 * @param isid the initiator's part of the session identifier, 48 bits
 * @param tsih the target's part
 * @param user the CHAP name that the initiator has proven to have, if any
 * @param targetName empty in a discovery session that names none
 * @param portalGroupTag of the portal group that it goes through; 0 if it names no target
 * @param since when it logged in
 * @param negotiated the result of each key that was negotiated or declared by the initiator
 * @param parameters what the session runs on
 * @param counters live
 */
public record SessionInfo(
    String initiatorName,
    long isid,
    int tsih,
    int cid,
    Optional<String> user,
    String targetName,
    boolean discovery,
    int portalGroupTag,
    SocketAddress localAddress,
    SocketAddress remoteAddress,
    Instant since,
    Map<TextKey, String> negotiated,
    SessionParameters parameters,
    SessionCounters counters) {

  static SessionInfo of(LoginResult login, Channel channel, SessionCounters counters) {
    return new SessionInfo(
        login.initiatorName(),
        login.isid(),
        login.tsih(),
        login.cid(),
        login.user(),
        login.targetName(),
        login.isDiscovery(),
        login.portalGroupTag(),
        channel.localAddress(),
        channel.remoteAddress(),
        Instant.now(),
        login.negotiation().results(),
        login.parameters(),
        counters);
  }
}
