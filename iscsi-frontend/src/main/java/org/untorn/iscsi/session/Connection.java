package org.untorn.iscsi.session;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.IOException;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.untorn.iscsi.login.Directory;
import org.untorn.iscsi.login.LoginAction;
import org.untorn.iscsi.login.LoginEvent;
import org.untorn.iscsi.login.LoginMachine;
import org.untorn.iscsi.login.LoginResult;
import org.untorn.iscsi.login.LoginState;
import org.untorn.iscsi.login.SessionParameters;
import org.untorn.iscsi.pdu.AsyncMessage;
import org.untorn.iscsi.pdu.LoginRequest;
import org.untorn.iscsi.pdu.LoginResponse;
import org.untorn.iscsi.pdu.Opcode;
import org.untorn.iscsi.pdu.PduDecoder;
import org.untorn.iscsi.pdu.PduEncoder;
import org.untorn.iscsi.pdu.Received;
import org.untorn.iscsi.pdu.TargetPdu;
import org.untorn.iscsi.session.ConnectionState.Event;

/**
 * The end of a channel's pipeline: logs the initiator in, then feeds the session.
 *
 * <pre>
 *  socket ─► PduDecoder ─► Connection ─► LoginMachine, then Session
 *         ◄─ PduEncoder ◄──────┘
 * </pre>
 *
 * Responses leave with one flush at the end of each read; what is sent in between reads is flushed
 * by a task of the event loop. While the outbound side is full nothing is read. Owned by its event
 * loop; {@link #drop}, {@link #whenEnded} and {@link #info} may be called from any thread.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a write that fails closes the channel
public final class Connection extends ChannelInboundHandlerAdapter implements Link {

  private static final Logger LOG = LoggerFactory.getLogger(Connection.class);

  /** How long the outbound side may take to drain before the connection is closed anyway. */
  private static final Duration DRAIN = Duration.ofSeconds(10);

  /** How long the last PDU may take to reach an initiator that still sends. */
  private static final Duration LINGER = Duration.ofSeconds(1);

  private final Channel channel;
  private final PortalGroup group;
  private final SessionRegistry registry;
  private final ConnectionOptions options;
  private final PduDecoder decoder;
  private final PduEncoder encoder;
  private final int tsih;
  private final LoginMachine machine;
  private final SessionCounters counters = new SessionCounters();
  private final CompletableFuture<Void> ended = new CompletableFuture<>();

  private ConnectionState state = ConnectionState.FREE;
  private LoginState login;
  private Optional<LoginResult> established = Optional.empty();
  private Optional<Session> session = Optional.empty();
  private Optional<KeepAlive> keepAlive = Optional.empty();
  private Optional<ScheduledFuture<?>> timer = Optional.empty();
  private volatile Optional<SessionInfo> info = Optional.empty();
  private boolean closing;
  private boolean reading;
  private boolean flushScheduled;

  private Connection(Channel channel, PortalGroup group, int tsih) {
    this.channel = channel;
    this.group = group;
    this.registry = group.registry();
    this.options = group.options();
    this.decoder = new PduDecoder(Opcode.Sender.INITIATOR);
    this.encoder = new PduEncoder();
    this.tsih = tsih;
    Directory directory = group.seenFrom(channel.remoteAddress());
    this.machine = new LoginMachine(directory, tsih, options.commandWindow());
    this.login = LoginState.start(options.parameters(), 1);
  }

  /**
   * Makes a channel that was just accepted a connection of a portal group; empty if its node can
   * have no more.
   */
  public static Optional<Connection> accept(Channel channel, PortalGroup group) {
    OptionalInt handle = group.registry().reserveHandle();
    if (handle.isEmpty()) {
      return Optional.empty();
    }
    Connection connection = new Connection(channel, group, handle.getAsInt());
    channel.pipeline().addLast(connection.decoder, connection.encoder, connection);
    return Optional.of(connection);
  }

  int tsih() {
    return tsih;
  }

  /** Whether it is still in its login. */
  public boolean isHalfOpen() {
    return info.isEmpty();
  }

  /** The session, once the login has succeeded. */
  public Optional<SessionInfo> info() {
    return info;
  }

  /** Runs an action, on any thread, when everything has ended. */
  public void whenEnded(Runnable action) {
    ended.thenRun(action);
  }

  /** Completed, on any thread, when everything has ended. */
  public CompletableFuture<Void> ended() {
    return ended;
  }

  /** Drops the connection: its session was reinstated, or its target was reset. */
  public void drop() {
    execute(this::close);
  }

  /** Says that the session's connections will be dropped, and closes the connection (11.9.1). */
  public void announceAndDrop() {
    execute(
        () -> {
          if (state == ConnectionState.LOGGED_IN && session.isPresent()) {
            state = state.next(Event.END_ANNOUNCED);
            sendAndClose(AsyncMessage.allConnectionsWillBeDropped(session.get().nextNumbers()));
          } else {
            close();
          }
        });
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    state = state.next(Event.ACCEPTED);
    after(options.loginTimeout().toNanos(), () -> login(new LoginEvent.Timeout()));
  }

  private void after(long nanos, Runnable action) {
    timer.ifPresent(old -> old.cancel(false));
    timer = Optional.of(channel.eventLoop().schedule(action, nanos, TimeUnit.NANOSECONDS));
  }

  private long now() {
    return channel.eventLoop().ticker().nanoTime();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    Received received = (Received) message;
    reading = true;
    if (closing || !channel.isActive()) {
      received.release();
    } else if (session.isPresent()) {
      session.get().receive(received);
    } else if (established.isPresent()) {
      received.release(); // the final login response has not been sent yet
      close();
    } else {
      login(received);
    }
  }

  private void login(Received received) {
    switch (received) {
      case LoginRequest request -> {
        state = state.next(Event.LOGIN_REQUEST);
        login(new LoginEvent.Request(request));
      }
      case Received _ -> login(new LoginEvent.OtherPdu());
    }
    received.release();
  }

  private void login(LoginEvent event) {
    LoginMachine.Step step = machine.next(login, event);
    login = step.state();
    for (LoginAction action : step.actions()) {
      switch (action) {
        case LoginAction.Send(LoginResponse response) -> send(response);
        case LoginAction.Establish(LoginResult result, LoginResponse response) ->
            establish(result, response);
        case LoginAction.Close(String why, boolean unproven) -> {
          LOG.warn("{}: {}", channel.remoteAddress(), why);
          if (unproven) {
            registry.wrongLogin(channel.remoteAddress());
          }
          state = state.next(Event.LOGIN_FAILED);
          closeAfterFlush();
        }
      }
    }
  }

  private void establish(LoginResult result, LoginResponse response) {
    established = Optional.of(result);
    registry.establish(this, result, () -> run(() -> enterFullFeature(result, response)));
  }

  private void run(Runnable action) {
    if (inEventLoop()) {
      action.run();
    } else {
      execute(action);
    }
  }

  private void enterFullFeature(LoginResult result, LoginResponse response) {
    if (closing || !channel.isActive()) {
      response.release();
      return;
    }
    state = state.next(Event.LOGIN_SUCCEEDED);
    send(response);
    SessionParameters agreed = result.parameters();
    encoder.digests(agreed.headerDigest(), agreed.dataDigest());
    decoder.digests(agreed.headerDigest(), agreed.dataDigest());
    decoder.maxDataSegmentLength(agreed.receiveSegmentLength());
    session =
        Optional.of(
            new Session(
                result,
                registry.target(result),
                SessionRegistry.nexus(result),
                this,
                registry,
                group.budget(),
                options.commandWindow(),
                counters));
    info = Optional.of(SessionInfo.of(result, channel, counters));
    timer.ifPresent(login -> login.cancel(false));
    if (!options.pingAfter().isZero()) {
      KeepAlive clock = new KeepAlive(options.pingAfter(), options.pingTimeout(), now());
      keepAlive = Optional.of(clock);
      after(clock.nextCheck(now()), this::checkAlive);
    }
  }

  private void checkAlive() {
    if (closing || session.isEmpty()) {
      return;
    }
    KeepAlive clock = keepAlive.orElseThrow();
    clock.outbound(channel.bytesBeforeWritable(), now());
    switch (clock.check(now())) {
      case WAIT -> {}
      case PING -> session.get().pingInitiator();
      case GIVE_UP -> {
        LOG.info("{} does not answer", channel.remoteAddress());
        close();
        return;
      }
    }
    after(clock.nextCheck(now()), this::checkAlive);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    reading = false;
    keepAlive.ifPresent(clock -> clock.heard(now()));
    ctx.flush();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    boolean writable = channel.isWritable();
    channel.config().setAutoRead(writable);
    if (writable) {
      keepAlive.ifPresent(clock -> clock.heard(now()));
      session.ifPresent(Session::resume);
    }
    scheduleFlush();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    state = state.next(Event.TRANSPORT_LOST);
    timer.ifPresent(old -> old.cancel(false));
    session.ifPresent(Session::end);
    registry.giveBackHandle(tsih);
    info = Optional.empty();
    ended.complete(null);
    ctx.fireChannelInactive();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (cause instanceof IOException) {
      LOG.debug("{} is gone", channel.remoteAddress(), cause);
    } else {
      LOG.error("a bug ended the connection of {}", channel.remoteAddress(), cause);
    }
    close();
  }

  @Override
  public void send(TargetPdu pdu) {
    channel.write(pdu, channel.voidPromise());
    scheduleFlush();
  }

  private void scheduleFlush() {
    if (!reading && !flushScheduled) {
      flushScheduled = execute(this::flush);
    }
  }

  private void flush() {
    flushScheduled = false;
    channel.flush();
  }

  @Override
  public void sendAndClose(TargetPdu pdu) {
    state = state.next(Event.LOGOUT_REQUEST);
    channel.write(pdu, channel.voidPromise());
    closeAfterFlush();
  }

  /**
   * Ends the connection so that the last PDU arrives: a socket that is closed with bytes unread
   * would reset it.
   */
  private void closeAfterFlush() {
    closing = true;
    after(DRAIN.toNanos(), this::close);
    channel
        .writeAndFlush(Unpooled.EMPTY_BUFFER)
        .addListener(
            _ -> {
              if (channel instanceof DuplexChannel duplex && duplex.isActive()) {
                duplex.shutdownOutput();
                after(LINGER.toNanos(), this::close);
              } else {
                close();
              }
            });
  }

  @Override
  public void close() {
    closing = true;
    channel.close();
  }

  @Override
  public boolean isWritable() {
    return channel.isWritable();
  }

  @Override
  public ByteBufAllocator allocator() {
    return channel.alloc();
  }

  @Override
  public SocketAddress localAddress() {
    return channel.localAddress();
  }

  @Override
  public boolean inEventLoop() {
    return channel.eventLoop().inEventLoop();
  }

  @Override
  public boolean execute(Runnable action) {
    try {
      channel.eventLoop().execute(action);
      return true;
    } catch (RejectedExecutionException _) {
      return false;
    }
  }
}
