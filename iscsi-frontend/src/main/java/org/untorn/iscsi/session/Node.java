package org.untorn.iscsi.session;

import java.net.SocketAddress;
import java.util.List;
import java.util.Optional;
import org.untorn.iscsi.login.AccessControl.Initiator;
import org.untorn.iscsi.login.TextPairs;

/** What a session asks of the iSCSI node that it belongs to. */
interface Node {

  /**
   * What SendTargets says (RFC 7143 appendix C): a record of TargetName and TargetAddress pairs for
   * each target that an initiator may log in to, or for one.
   *
   * @param localAddress where the initiator reached this node
   */
  List<TextPairs.Pair> sendTargets(
      Optional<String> targetName, Initiator initiator, SocketAddress localAddress);

  /** Drops all connections to a target, after a cold reset. */
  void dropAll(String targetName);
}
