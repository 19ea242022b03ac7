package org.untorn.iscsi.initiator;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.FixedRecvByteBufAllocator;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.untorn.iscsi.Transport;
import org.untorn.iscsi.pdu.Opcode;
import org.untorn.iscsi.pdu.Pdu;
import org.untorn.iscsi.pdu.PduDecoder;
import org.untorn.iscsi.pdu.PduEncoder;
import org.untorn.iscsi.pdu.Received;

/**
 * A TCP connection to a target that sends any PDU, or any bytes, and hands over whatever comes: for
 * tests of the wire.
 *
 * <p>What comes is queued for {@link #receive}, or goes to a listener once there is one. Safe for
 * use by many threads.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a write that fails closes the channel
public final class RawConnection implements AutoCloseable {

  /** The event loops of all connections of this class; daemon threads. */
  private static final class Loops {
    static final Transport TRANSPORT = Transport.best();
    static final EventLoopGroup GROUP = TRANSPORT.eventLoops(2, "initiator", Duration.ZERO);
  }

  private static final int RECEIVE_BUFFER = 256 << 10;

  private final PduDecoder decoder = new PduDecoder(Opcode.Sender.TARGET);
  private final PduEncoder encoder = new PduEncoder();

  /** What came; nothing, at the end, when no more will. */
  private final BlockingQueue<Optional<Received>> received = new LinkedBlockingQueue<>();

  private final CompletableFuture<Void> closed = new CompletableFuture<>();
  private final Channel channel;
  private Optional<Consumer<Received>> listener = Optional.empty();

  private RawConnection(InetSocketAddress address) {
    ChannelFuture connected =
        new Bootstrap()
            .group(Loops.GROUP)
            .channel(Loops.TRANSPORT.channel())
            .option(ChannelOption.TCP_NODELAY, true)
            .option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(RECEIVE_BUFFER))
            .handler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel ch) {
                    ch.pipeline().addLast(decoder, encoder, new Inbound());
                  }
                })
            .connect(address)
            .awaitUninterruptibly();
    if (!connected.isSuccess()) {
      throw new InitiatorException("cannot connect to " + address, connected.cause());
    }
    this.channel = connected.channel();
  }

  /**
   * Connects.
   *
   * @throws InitiatorException if it cannot
   */
  public static RawConnection open(InetSocketAddress address) {
    return new RawConnection(address);
  }

  /** Sends a PDU; its data is the connection's now. */
  public void send(Pdu pdu) {
    channel.writeAndFlush(pdu);
  }

  /** Sends bytes as they are. */
  public void send(byte[] bytes) {
    channel.writeAndFlush(Unpooled.wrappedBuffer(bytes));
  }

  /**
   * The next PDU; empty if none comes in time, or the connection has ended. Whoever gets it
   * releases it.
   */
  public Optional<Received> receive(Duration timeout) {
    try {
      Optional<Received> next = take(timeout);
      if (next.isEmpty() && closed.isDone()) {
        received.add(next); // for whoever asks again
      }
      return next;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InitiatorException("interrupted while waiting for a PDU", e);
    }
  }

  private Optional<Received> take(Duration timeout) throws InterruptedException {
    Optional<Received> next = received.poll(timeout.toNanos(), TimeUnit.NANOSECONDS);
    return next == null ? Optional.empty() : next;
  }

  /** Says which digests PDUs carry from now on, both ways. */
  public void digests(boolean header, boolean data) {
    onLoop(
        () -> {
          decoder.digests(header, data);
          encoder.digests(header, data);
        });
  }

  /** Says how long a data segment may be that comes, in bytes. */
  public void maxDataSegmentLength(int length) {
    onLoop(() -> decoder.maxDataSegmentLength(length));
  }

  /** Whether the connection ends within a time. */
  public boolean awaitClosed(Duration timeout) {
    try {
      closed.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
      return true;
    } catch (TimeoutException _) {
      return false;
    } catch (ExecutionException | InterruptedException e) {
      throw new InitiatorException("cannot wait for the end of a connection", e);
    }
  }

  /** Calls an action, on any thread, when the connection has ended. */
  void whenClosed(Runnable action) {
    closed.thenRun(action);
  }

  /** From now on what comes goes to {@code to}, on the event loop. */
  void listen(Consumer<Received> to) {
    onLoop(
        () -> {
          listener = Optional.of(to);
          takeAll(to);
        });
  }

  /** Runs an action on the event loop and waits for it. */
  private void onLoop(Runnable action) {
    channel.eventLoop().submit(action).syncUninterruptibly();
  }

  /** Runs an action on the event loop later. */
  void execute(Runnable action) {
    channel.eventLoop().execute(action);
  }

  /** Writes a PDU without flushing. Only on the event loop. */
  void write(Pdu pdu) {
    channel.write(pdu, channel.voidPromise());
  }

  void flush() {
    channel.flush();
  }

  @Override
  public void close() {
    channel.close().syncUninterruptibly();
    takeAll(Received::release);
  }

  private void takeAll(Consumer<Received> to) {
    List<Optional<Received>> all = new ArrayList<>();
    received.drainTo(all);
    all.forEach(next -> next.ifPresent(to));
  }

  /** Takes what the decoder delivers. */
  private final class Inbound extends ChannelInboundHandlerAdapter {

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      Received next = (Received) message;
      if (listener.isPresent()) {
        listener.get().accept(next);
      } else {
        received.add(Optional.of(next));
      }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
      ctx.flush();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      closed.complete(null);
      received.add(Optional.empty());
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      ctx.close();
    }
  }
}
