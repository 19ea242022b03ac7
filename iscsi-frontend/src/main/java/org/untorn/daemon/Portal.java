package org.untorn.daemon;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.util.Optional;
import org.untorn.daemon.config.Endpoint;
import org.untorn.iscsi.Listener;

/**
 * An address that was bound, and how to reach it.
 *
 * @param bound what the socket says; its port is never 0
 */
record Portal(InetSocketAddress bound) {

  /** Where a listener of the server is. */
  static Portal of(Listener listener) {
    return new Portal(listener.portal().address());
  }

  /** Whether only this host can reach it. */
  boolean isLoopback() {
    return bound.getAddress().isLoopbackAddress();
  }

  /**
   * Where to connect. A socket that listens on every address is reached by any of them: this gives
   * the first that other hosts can use, or loopback if there is none.
   */
  Endpoint reachable() {
    InetAddress address = bound.getAddress();
    if (!address.isAnyLocalAddress()) {
      return Endpoint.of(bound);
    }
    InetAddress one = externalAddress().orElseGet(InetAddress::getLoopbackAddress);
    return Endpoint.of(new InetSocketAddress(one, bound.getPort()));
  }

  private static Optional<InetAddress> externalAddress() {
    try {
      return NetworkInterface.networkInterfaces()
          .flatMap(NetworkInterface::inetAddresses)
          .filter(a -> !a.isLoopbackAddress() && !a.isLinkLocalAddress())
          .findFirst();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** The URL of a logical unit as libiscsi, QEMU and sg3_utils take it. */
  String url(String target, int lun) {
    return "iscsi://" + reachable() + "/" + target + "/" + lun;
  }
}
