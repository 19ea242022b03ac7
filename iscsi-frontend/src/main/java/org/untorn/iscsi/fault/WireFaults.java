package org.untorn.iscsi.fault;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Locale;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.untorn.iscsi.pdu.LoginRequest;
import org.untorn.iscsi.pdu.LoginResponse;
import org.untorn.iscsi.pdu.Pdu;
import org.untorn.iscsi.pdu.Received;
import org.untorn.iscsi.pdu.TargetPdu;

/**
 * Makes PDUs of one connection go wrong. It stands between the codec and the connection, and has a
 * hand at the bytes:
 *
 * <pre>
 *  socket ── Bytes ── PduDecoder, PduEncoder ── WireFaults ── Connection
 * </pre>
 *
 * Owned by the channel's event loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a write that fails closes the channel
public final class WireFaults extends ChannelDuplexHandler {

  /** Which way a PDU goes. */
  public enum Direction {
    IN,
    OUT
  }

  private final BiFunction<Direction, String, Optional<WireFault>> faults;
  private final Bytes bytes = new Bytes();
  private final Queue<Waiting> delayedIn = new ArrayDeque<>();
  private final Queue<Waiting> delayedOut = new ArrayDeque<>();
  private boolean stalled;

  /**
   * A PDU that is delayed, or stands behind one that is.
   *
   * @param go lets it pass
   * @param drop what becomes of it if the connection ends before
   */
  private record Waiting(Runnable go, Runnable drop) {}

  private WireFaults(BiFunction<Direction, String, Optional<WireFault>> faults) {
    this.faults = faults;
  }

  /**
   * Puts it into a pipeline.
   *
   * @param connection the name of the handler that it stands before
   * @param faults what is to go wrong with a PDU of a kind, if anything is; asked once for each
   */
  public static void install(
      ChannelPipeline pipeline,
      String connection,
      BiFunction<Direction, String, Optional<WireFault>> faults) {
    WireFaults wire = new WireFaults(faults);
    pipeline.addFirst("wire-bytes", wire.bytes);
    pipeline.addBefore(connection, "wire-faults", wire);
  }

  /** The kind of a PDU as rules have it, like {@code scsi-response}. */
  static String kind(Object pdu) {
    return pdu.getClass()
        .getSimpleName()
        .replaceAll("([a-z])([A-Z])", "$1-$2")
        .toLowerCase(Locale.ROOT);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    Received pdu = (Received) message;
    if (stalled) {
      pdu.release();
      return;
    }
    Optional<WireFault> fault = faults.apply(Direction.IN, kind(pdu));
    if (fault.isEmpty()) {
      inOrder(delayedIn, new Waiting(() -> ctx.fireChannelRead(pdu), pdu::release));
      return;
    }
    switch (fault.get()) {
      case WireFault.Reset _, WireFault.Truncate _ -> {
        pdu.release();
        reset(ctx);
      }
      case WireFault.Stall _ -> {
        pdu.release();
        stall(ctx);
      }
      case WireFault.Delay(Duration delay) ->
          delay(
              ctx,
              delay,
              delayedIn,
              new Waiting(
                  () -> {
                    ctx.fireChannelRead(pdu);
                    ctx.fireChannelReadComplete();
                  },
                  pdu::release));
      case WireFault.RefuseLogin(int statusClass, int statusDetail) -> {
        if (pdu instanceof LoginRequest request) {
          refuse(ctx, request, statusClass, statusDetail);
        }
        pdu.release();
      }
      case WireFault.Drop _, WireFault.FlipBit _, WireFault.CorruptDigest _ -> pdu.release();
    }
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
    if (!(message instanceof TargetPdu pdu)) {
      ctx.write(message, promise);
      return;
    }
    if (stalled) {
      drop(pdu, promise);
      return;
    }
    Optional<WireFault> fault = faults.apply(Direction.OUT, kind(pdu));
    if (fault.isEmpty()) {
      inOrder(delayedOut, new Waiting(() -> ctx.write(pdu, promise), () -> end(pdu, promise)));
      return;
    }
    switch (fault.get()) {
      case WireFault.Reset _ -> {
        drop(pdu, promise);
        reset(ctx);
      }
      case WireFault.Stall _ -> {
        drop(pdu, promise);
        stall(ctx);
      }
      case WireFault.Drop _, WireFault.RefuseLogin _ -> drop(pdu, promise);
      case WireFault.Delay(Duration delay) ->
          delay(
              ctx,
              delay,
              delayedOut,
              new Waiting(() -> ctx.writeAndFlush(pdu, promise), () -> end(pdu, promise)));
      case WireFault.FlipBit(int bit) -> alone(ctx, pdu, promise, new Hand(bit, false));
      case WireFault.CorruptDigest _ -> alone(ctx, pdu, promise, new Hand(HEADER_BYTES * 8, false));
      case WireFault.Truncate _ -> alone(ctx, pdu, promise, new Hand(0, true));
    }
  }

  private static void drop(Pdu pdu, ChannelPromise promise) {
    pdu.release();
    if (!promise.isVoid()) {
      promise.setSuccess();
    }
  }

  private static void end(Pdu pdu, ChannelPromise promise) {
    pdu.release();
    if (!promise.isVoid()) {
      promise.tryFailure(new ClosedChannelException());
    }
  }

  /** The connection has ended: what waits passes no more. */
  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    Stream.of(delayedIn, delayedOut)
        .forEach(
            delayed -> {
              while (!delayed.isEmpty()) {
                delayed.remove().drop.run();
              }
            });
  }

  /** Lets it pass now, or behind those that are delayed. */
  private static void inOrder(Queue<Waiting> delayed, Waiting pdu) {
    if (delayed.isEmpty()) {
      pdu.go.run();
    } else {
      delayed.add(pdu);
    }
  }

  private static void delay(
      ChannelHandlerContext ctx, Duration delay, Queue<Waiting> delayed, Waiting pdu) {
    delayed.add(pdu);
    ctx.executor()
        .schedule(
            () -> {
              while (!delayed.isEmpty()) {
                delayed.remove().go.run();
              }
              ctx.flush();
            },
            delay.toNanos(),
            TimeUnit.NANOSECONDS);
  }

  private void stall(ChannelHandlerContext ctx) {
    stalled = true;
    ctx.channel().config().setAutoRead(false);
  }

  private static void reset(ChannelHandlerContext ctx) {
    if (ctx.channel().isOpen()) {
      ctx.channel().config().setOption(ChannelOption.SO_LINGER, 0);
      ctx.channel().close();
    }
  }

  private static void refuse(
      ChannelHandlerContext ctx, LoginRequest request, int statusClass, int statusDetail) {
    TargetPdu.Numbers numbers =
        new TargetPdu.Numbers(request.expStatSN(), request.cmdSN(), request.cmdSN());
    ctx.writeAndFlush(
            new LoginResponse(
                false,
                false,
                request.currentStage(),
                0,
                0,
                0,
                request.isid(),
                request.tsih(),
                request.initiatorTaskTag(),
                numbers,
                statusClass,
                statusDetail,
                Unpooled.EMPTY_BUFFER))
        .addListener(ChannelFutureListener.CLOSE);
  }

  /** Sends a PDU apart from those before and behind it, with a hand at its bytes. */
  private void alone(ChannelHandlerContext ctx, Pdu pdu, ChannelPromise promise, Hand hand) {
    ctx.flush();
    bytes.hand = Optional.of(hand);
    ctx.write(pdu, promise);
    ctx.flush();
  }

  private static final int HEADER_BYTES = 48;

  /**
   * What is done to the first bytes that come.
   *
   * @param bit the one that is flipped, from the first byte's most significant on
   * @param cut whether the bytes are cut off and the connection ends instead
   */
  private record Hand(int bit, boolean cut) {}

  /** Next to the socket: changes the bytes that it is told to. */
  private static final class Bytes extends ChannelOutboundHandlerAdapter {
    private Optional<Hand> hand = Optional.empty();

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
      if (hand.isEmpty() || !(message instanceof ByteBuf all) || !all.isReadable()) {
        ctx.write(message, promise);
        return;
      }
      Hand now = hand.get();
      hand = Optional.empty();
      if (now.cut) {
        all.writerIndex(all.readerIndex() + Math.min(HEADER_BYTES / 2, all.readableBytes()));
        ctx.writeAndFlush(all).addListener(ChannelFutureListener.CLOSE);
        return;
      }
      int at = all.readerIndex() + Math.min(now.bit / 8, all.readableBytes() - 1);
      all.setByte(at, all.getByte(at) ^ (0x80 >> (now.bit % 8)));
      ctx.write(all, promise);
    }
  }
}
