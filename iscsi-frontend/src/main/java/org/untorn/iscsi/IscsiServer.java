package org.untorn.iscsi;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.WriteBufferWaterMark;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.untorn.iscsi.session.Connection;
import org.untorn.iscsi.session.DataBudget;
import org.untorn.iscsi.session.NetworkPortal;
import org.untorn.iscsi.session.PortalGroup;
import org.untorn.iscsi.session.ScsiTarget;
import org.untorn.iscsi.session.SessionInfo;
import org.untorn.iscsi.session.SessionRegistry;

/**
 * An iSCSI target node that listens at one or several portals (RFC 7143 4.4). Each connection stays
 * on one event loop, and its commands are carried out there.
 *
 * <p>Invariants: connections, connections in login, and the Data-Out that they hold are bounded;
 * what is beyond a bound is closed when it is accepted. Safe for use by many threads.
 */
@SuppressWarnings("FutureReturnValueIgnored") // whether a close succeeds changes nothing
public final class IscsiServer implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(IscsiServer.class);

  /**
   * One receive buffer holds many commands, or a good part of a large write. What it brought is
   * answered before the next is read, so that the initiator goes on meanwhile.
   */
  private static final int RECEIVE_BUFFER = 256 << 10;

  /** Reading stops when this many bytes wait to be sent, and goes on below the first number. */
  private static final WriteBufferWaterMark OUTBOUND = new WriteBufferWaterMark(1 << 20, 4 << 20);

  private static final long GRACE_SECONDS = 2;

  private static final long COMPLAINT_INTERVAL = TimeUnit.SECONDS.toNanos(1);

  private final IscsiOptions options;
  private final SessionRegistry registry;
  private final DataBudget budget;
  private final EventLoopGroup eventLoops;
  private final Transport transport;
  private final List<Listener> listeners = new CopyOnWriteArrayList<>();
  private final Map<Connection, Accepted> connections = new ConcurrentHashMap<>();
  private final AtomicBoolean closed = new AtomicBoolean();
  private volatile boolean dark;
  private long tooMany;
  private long lastComplaint;

  private final BiConsumer<ChannelPipeline, String> between;

  /** A connection's channel, and where it came in. */
  private record Accepted(Channel channel, Listener listener) {}

  private IscsiServer(
      IscsiOptions options,
      Map<String, ScsiTarget> targets,
      Transport transport,
      BiConsumer<ChannelPipeline, String> between) {
    this.options = options;
    this.between = between;
    this.registry =
        new SessionRegistry(
            targets,
            options.targetAddresses(),
            this::openPortals,
            options.limits().connections(),
            options.limits().wrongLogins(),
            options.access());
    this.budget = new DataBudget(options.limits().data(), options.limits().dataPerConnection());
    this.eventLoops = transport.eventLoops(options.eventLoops(), "iscsi", options.spin());
    this.transport = transport;
    boolean bound = false;
    try {
      options.portals().forEach(this::listen);
      bound = true;
    } finally {
      if (!bound) {
        close();
      }
    }
  }

  /**
   * Listens.
   *
   * @param targets by their iSCSI names
   * @throws RuntimeException if the server cannot start; an address that cannot be bound comes as
   *     the {@link java.io.IOException} of the bind, undeclared
   */
  public static IscsiServer start(IscsiOptions options, Map<String, ScsiTarget> targets) {
    return start(options, targets, Transport.best());
  }

  /**
   * Listens, with something between the codec and each connection.
   *
   * @param between puts it into a pipeline, before the handler of this name
   */
  public static IscsiServer start(
      IscsiOptions options,
      Map<String, ScsiTarget> targets,
      BiConsumer<ChannelPipeline, String> between) {
    return new IscsiServer(options, targets, Transport.best(), between);
  }

  /** Listens with a certain transport. */
  public static IscsiServer start(
      IscsiOptions options, Map<String, ScsiTarget> targets, Transport transport) {
    return new IscsiServer(options, targets, transport, (_, _) -> {});
  }

  /**
   * Listens at one more portal.
   *
   * @throws RuntimeException if its address cannot be bound; it comes as the {@link
   *     java.io.IOException} of the bind, undeclared
   */
  public Listener listen(NetworkPortal portal) {
    Listener listener = new Listener(portal, this::bind);
    listener.open();
    listeners.add(listener);
    return listener;
  }

  /** All portals, open or closed, in the order in which they were opened first. */
  public List<Listener> listeners() {
    return List.copyOf(listeners);
  }

  /** Listens at a portal again that was closed; an open one stays open. See {@link #listen}. */
  public void open(Listener listener) {
    listener.open();
  }

  /**
   * Stops listening at a portal, and resets the connections that came by it without a word, as one
   * finds them whose cable was pulled.
   *
   * @return how many there were
   */
  public int close(Listener listener) {
    listener.close();
    List<Accepted> cut;
    synchronized (this) {
      cut = connections.values().stream().filter(one -> one.listener() == listener).toList();
    }
    cut.forEach(one -> onItsLoop(one.channel(), () -> reset(one.channel())));
    return cut.size();
  }

  /** The connections that came by a portal, those in their login included. */
  public int connections(Listener listener) {
    return (int) connections.values().stream().filter(one -> one.listener() == listener).count();
  }

  private List<NetworkPortal> openPortals() {
    return listeners.stream().filter(Listener::isOpen).map(Listener::portal).toList();
  }

  private Channel bind(Listener listener) {
    return new ServerBootstrap()
        .group(eventLoops)
        .channel(transport.serverChannel())
        .option(ChannelOption.SO_REUSEADDR, true)
        .childOption(ChannelOption.TCP_NODELAY, true)
        .childOption(ChannelOption.SO_KEEPALIVE, true)
        .childOption(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
        .childOption(
            ChannelOption.RECVBUF_ALLOCATOR,
            new FixedRecvByteBufAllocator(RECEIVE_BUFFER).maxMessagesPerRead(1))
        .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, OUTBOUND)
        .childHandler(
            new ChannelInitializer<>() {
              @Override
              protected void initChannel(Channel channel) {
                accept(channel, listener);
              }
            })
        .bind(listener.portal().address())
        .syncUninterruptibly()
        .channel();
  }

  /** One at a time: event loops accept at once, and must not count past each other. */
  private synchronized void accept(Channel channel, Listener listener) {
    if (dark || !channel.parent().isOpen()) {
      reset(channel);
      return;
    }
    if (registry.bars(channel.remoteAddress())) {
      LOG.debug("closing the connection of {}, which is barred", channel.remoteAddress());
      channel.close();
      return;
    }
    Limits limits = options.limits();
    long halfOpen = connections.keySet().stream().filter(Connection::isHalfOpen).count();
    if (connections.size() >= limits.connections() || halfOpen >= limits.halfOpen()) {
      complain(channel);
      channel.close();
      return;
    }
    int tag = listener.portal().portalGroupTag();
    Optional<Connection> accepted =
        Connection.accept(channel, new PortalGroup(registry, tag, options.connection(), budget));
    if (accepted.isEmpty()) {
      channel.close();
      return;
    }
    between.accept(channel.pipeline(), channel.pipeline().context(accepted.get()).name());
    connections.put(accepted.get(), new Accepted(channel, listener));
    accepted.get().whenEnded(() -> connections.remove(accepted.get()));
  }

  /** Says what is closed, at most once in a second: a crowd must not fill the log either. */
  private synchronized void complain(Channel channel) {
    tooMany++;
    long now = System.nanoTime();
    if (tooMany == 1 || now - lastComplaint >= COMPLAINT_INTERVAL) {
      LOG.warn(
          "too many connections: {} closed so far, now that of {}",
          tooMany,
          channel.remoteAddress());
      lastComplaint = now;
    }
  }

  /** Where it listens: its first portal, which there must be. */
  public InetSocketAddress address() {
    return listeners.getFirst().portal().address();
  }

  /** The sessions that there are now. */
  public List<SessionInfo> sessions() {
    return registry.sessions();
  }

  /** Ends the session with a handle: its initiator is told; false if there is none. */
  public boolean drop(int tsih) {
    return registry.drop(tsih);
  }

  /**
   * Resets every connection without a word, as a host does whose power fails; a new one meets the
   * same until {@link #resume}.
   *
   * @return completes, on any thread, when all have ended: no initiator hears anything any more
   */
  public CompletableFuture<Void> sever() {
    Map<Connection, Accepted> all;
    synchronized (this) {
      dark = true;
      all = Map.copyOf(connections);
    }
    all.values().forEach(one -> onItsLoop(one.channel(), () -> reset(one.channel())));
    return CompletableFuture.allOf(
        all.keySet().stream().map(Connection::ended).toArray(CompletableFuture<?>[]::new));
  }

  private static void onItsLoop(Channel channel, Runnable action) {
    if (channel.eventLoop().inEventLoop()) {
      action.run();
    } else {
      channel.eventLoop().execute(action);
    }
  }

  /** Ends a channel with a TCP reset, which is what a socket does that must not linger. */
  private static void reset(Channel channel) {
    if (channel.isOpen()) {
      channel.config().setOption(ChannelOption.SO_LINGER, 0);
      channel.close();
    }
  }

  /** Takes connections again. */
  public synchronized void resume() {
    dark = false;
  }

  /** The connections that there are now, those in their login included. */
  public int connections() {
    return connections.size();
  }

  /** The bytes of Data-Out that connections hold or have been promised. */
  public long dataHeld() {
    return budget.reserved();
  }

  /**
   * Stops listening, tells the initiators, ends all sessions and waits until they have ended, but
   * not for long. Closing twice does nothing more.
   */
  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    listeners.forEach(Listener::close);
    connections.keySet().forEach(Connection::announceAndDrop);
    CompletableFuture.allOf(
            connections.keySet().stream()
                .map(Connection::ended)
                .toArray(CompletableFuture<?>[]::new))
        .completeOnTimeout(null, GRACE_SECONDS, TimeUnit.SECONDS)
        .join();
    shutDown();
  }

  private void shutDown() {
    eventLoops
        .shutdownGracefully(0, GRACE_SECONDS, TimeUnit.SECONDS)
        .awaitUninterruptibly(GRACE_SECONDS, TimeUnit.SECONDS);
  }
}
