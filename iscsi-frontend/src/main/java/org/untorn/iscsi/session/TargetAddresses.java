package org.untorn.iscsi.session;

import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;

/** What TargetAddress says in answer to SendTargets (RFC 7143 13.8). */
public sealed interface TargetAddresses {

  /** The address at which the initiator reached this node. */
  record OfConnection() implements TargetAddresses {}

  /** Addresses as configured, each {@code host:port}. */
  record Configured(List<String> addresses) implements TargetAddresses {}

  /** None: the initiator uses the address that it has (appendix C). */
  record Omitted() implements TargetAddresses {}

  /** The addresses to tell, without portal group tag. */
  default List<String> tell(SocketAddress local) {
    return switch (this) {
      case OfConnection _ ->
          local instanceof InetSocketAddress inet ? List.of(format(inet)) : List.of();
      case Configured(List<String> addresses) -> addresses;
      case Omitted _ -> List.of();
    };
  }

  private static String format(InetSocketAddress inet) {
    String host = inet.getAddress().getHostAddress();
    boolean v6 = inet.getAddress() instanceof Inet6Address;
    return (v6 ? "[" + host + "]" : host) + ":" + inet.getPort();
  }
}
