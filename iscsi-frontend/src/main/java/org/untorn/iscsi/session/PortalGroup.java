package org.untorn.iscsi.session;

import java.net.SocketAddress;
import org.untorn.iscsi.login.Directory;

/**
 * What a connection is accepted into: a portal group of a node (RFC 7143 4.4.1).
 *
 * @param registry the node
 * @param tag 1 to 65535
 * @param options how its connections behave
 * @param budget what they may hold of Data-Out
 */
public record PortalGroup(
    SessionRegistry registry, int tag, ConnectionOptions options, DataBudget budget) {

  /** The node as an initiator at an address sees it when it logs in here. */
  Directory seenFrom(SocketAddress address) {
    return registry.seenFrom(address, tag);
  }
}
