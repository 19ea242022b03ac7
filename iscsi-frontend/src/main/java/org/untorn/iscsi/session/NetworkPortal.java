package org.untorn.iscsi.session;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * A network portal (RFC 7143 4.4.1): an address where initiators connect, and the portal group that
 * it belongs to. The portal groups of a target are its SCSI target ports.
 *
 * @param address port 0, before it is bound: the kernel chooses
 * @param portalGroupTag 1 to 65535
 */
public record NetworkPortal(InetSocketAddress address, int portalGroupTag) {

  /** The tag where nothing else is said. */
  public static final int FIRST_GROUP = 1;

  private static final int LAST_GROUP = 0xFFFF;

  public NetworkPortal {
    if (portalGroupTag < FIRST_GROUP || portalGroupTag > LAST_GROUP) {
      throw new IllegalArgumentException("a portal group tag of " + portalGroupTag);
    }
  }

  /**
   * By what address an initiator gets here that has reached this node at another, or at this one.
   * Who came by a certain address reaches a portal on all addresses by that one, unless the portal
   * is on those of IPv4 only; loopback is of use to nobody but those who came by it.
   *
   * @return nothing if there is no address that it could use
   */
  Optional<InetSocketAddress> seenFrom(InetSocketAddress reached) {
    InetAddress own = address.getAddress();
    InetAddress other = reached.getAddress();
    if (own.isAnyLocalAddress()) {
      return own instanceof Inet4Address && other instanceof Inet6Address
          ? Optional.empty()
          : Optional.of(new InetSocketAddress(other, address.getPort()));
    }
    return own.isLoopbackAddress() && !other.isLoopbackAddress()
        ? Optional.empty()
        : Optional.of(address);
  }

  /** An address as TargetAddress has it: {@code host:port} (RFC 7143 13.8). */
  static String format(InetSocketAddress address) {
    String host = address.getAddress().getHostAddress().replaceFirst("%.*", "");
    boolean v6 = address.getAddress() instanceof Inet6Address;
    return (v6 ? "[" + host + "]" : host) + ":" + address.getPort();
  }
}
