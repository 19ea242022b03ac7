package org.untorn.iscsi.session;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;

/** What TargetAddress says in answer to SendTargets (RFC 7143 13.8). */
public sealed interface TargetAddresses {

  /** Every portal, by the address at which the initiator can reach it. */
  record OfConnection() implements TargetAddresses {}

  /** Addresses as configured, each {@code host:port}; they stand for the first portal. */
  record Configured(List<String> addresses) implements TargetAddresses {}

  /** None: the initiator uses the address that it has (appendix C). */
  record Omitted() implements TargetAddresses {}

  /**
   * The addresses to tell, each {@code host:port,tag}.
   *
   * @param local where the initiator reached this node
   * @param open the portals that listen now
   */
  default List<String> tell(SocketAddress local, List<NetworkPortal> open) {
    return switch (this) {
      case OfConnection _ ->
          local instanceof InetSocketAddress reached
              ? open.stream()
                  .flatMap(portal -> portal.seenFrom(reached).map(at -> text(portal, at)).stream())
                  .distinct()
                  .toList()
              : List.of();
      case Configured(List<String> addresses) ->
          open.stream()
              .limit(1)
              .flatMap(first -> addresses.stream().map(one -> one + "," + first.portalGroupTag()))
              .toList();
      case Omitted _ -> List.of();
    };
  }

  private static String text(NetworkPortal portal, InetSocketAddress at) {
    return NetworkPortal.format(at) + "," + portal.portalGroupTag();
  }
}
