package org.untorn.iscsi;

import io.netty.channel.Channel;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.function.Function;
import org.untorn.iscsi.session.NetworkPortal;

/**
 * A network portal of a server, which can be closed and opened again while the server runs.
 *
 * <pre>
 *   listens ──► close: its connections are reset ──► closed ──► open: at the same address ──► listens
 * </pre>
 *
 * Safe for use by many threads.
 */
@SuppressWarnings("FutureReturnValueIgnored") // whether a close succeeds changes nothing
public final class Listener {

  private final Function<Listener, Channel> binding;
  private final int portalGroupTag;

  /** What to bind: with port 0 before the first time only. */
  private volatile InetSocketAddress address;

  /** Replaced under this object's lock. */
  private volatile Optional<Channel> channel = Optional.empty();

  /**
   * One that is closed.
   *
   * @param binding binds a listener's address
   */
  Listener(NetworkPortal portal, Function<Listener, Channel> binding) {
    this.address = portal.address();
    this.portalGroupTag = portal.portalGroupTag();
    this.binding = binding;
  }

  /** Where it listens, or listened. */
  public NetworkPortal portal() {
    return new NetworkPortal(address, portalGroupTag);
  }

  /** Whether it listens. */
  public boolean isOpen() {
    return channel.isPresent();
  }

  /**
   * Listens, if it does not yet.
   *
   * @throws RuntimeException if the address cannot be bound; it comes as the {@link
   *     java.io.IOException} of the bind, undeclared
   */
  synchronized void open() {
    if (channel.isEmpty()) {
      Channel bound = binding.apply(this);
      address = (InetSocketAddress) bound.localAddress();
      channel = Optional.of(bound);
    }
  }

  /** Stops listening; what it accepted stays. */
  synchronized void close() {
    channel.ifPresent(open -> open.close().syncUninterruptibly());
    channel = Optional.empty();
  }
}
