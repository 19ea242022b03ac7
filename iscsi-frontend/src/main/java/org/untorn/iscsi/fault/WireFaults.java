package org.untorn.iscsi.fault;

import static org.untorn.iscsi.fault.WireFault.Digest.HEADER;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.util.ReferenceCountUtil;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.untorn.iscsi.fault.Passing.Direction;
import org.untorn.iscsi.pdu.BadPdu;
import org.untorn.iscsi.pdu.LoginRequest;
import org.untorn.iscsi.pdu.LoginResponse;
import org.untorn.iscsi.pdu.Pdu;
import org.untorn.iscsi.pdu.PduEncoder;
import org.untorn.iscsi.pdu.Received;
import org.untorn.iscsi.pdu.TargetPdu;
import org.untorn.iscsi.pdu.TaskManagementRequest;
import org.untorn.iscsi.pdu.TaskManagementResponse;

/**
 * Makes PDUs of one connection go wrong. It stands between the codec and the connection, and has a
 * hand at the bytes:
 *
 * <pre>
 *  socket ── WireBytes ── PduDecoder, PduEncoder ── WireFaults ── Connection
 * </pre>
 *
 * Owned by the channel's event loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a write that fails closes the channel
public final class WireFaults extends ChannelDuplexHandler {

  private static final int HEADER_BYTES = 48;
  private static final int DIGEST_BYTES = 4;

  /** No task management function has this number (RFC 7143 11.5.1). */
  private static final int NO_FUNCTION = 0;

  private final Function<Passing, Optional<WireFault>> faults;
  private final Conversation conversation;
  private final WireBytes bytes = new WireBytes();

  /** The response codes of the functions that are refused, by their tags. */
  private final Map<Integer, Integer> refused = new HashMap<>();

  private final DelayLine in = new DelayLine();
  private final DelayLine out = new DelayLine();

  /** What a stall has swallowed, as those who sent it see it: it is on its way. */
  private final List<ChannelPromise> swallowed = new ArrayList<>();

  private boolean stalled;

  private WireFaults(Conversation conversation, Function<Passing, Optional<WireFault>> faults) {
    this.conversation = conversation;
    this.faults = faults;
  }

  /**
   * Puts it into a pipeline.
   *
   * @param connection the name of the handler that it stands before
   * @param faults what is to go wrong with a PDU, if anything is; asked once for each
   */
  public static void install(
      ChannelPipeline pipeline, String connection, Function<Passing, Optional<WireFault>> faults) {
    Conversation conversation = new Conversation(pipeline.get(PduEncoder.class));
    WireFaults wire = new WireFaults(conversation, faults);
    pipeline.addFirst("wire-bytes", wire.bytes);
    pipeline.addBefore(connection, "wire-faults", wire);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    Received pdu = (Received) message;
    if (stalled) {
      pdu.release();
      return;
    }
    Optional<WireFault> fault = faults.apply(conversation.pass(Direction.IN, pdu));
    if (fault.isEmpty()) {
      arrive(ctx, pdu);
      return;
    }
    switch (fault.get()) {
      case WireFault.Reset _ -> {
        pdu.release();
        reset(ctx);
      }
      case WireFault.Stall _ -> {
        pdu.release();
        stall(ctx);
      }
      case WireFault.Delay(Duration delay) ->
          in.delay(ctx, delay, arrival(ctx, pdu), ctx::fireChannelReadComplete);
      case WireFault.RefuseLogin(int statusClass, int statusDetail) -> {
        if (pdu instanceof LoginRequest request) {
          refuse(ctx, request, statusClass, statusDetail);
        }
        pdu.release();
      }
      case WireFault.Drop _ -> pdu.release();
      case WireFault.Duplicate _ -> {
        Optional<Pdu> twin =
            pdu instanceof Pdu whole ? Optional.of(Pdu.copy(whole)) : Optional.empty();
        arrive(ctx, pdu);
        twin.ifPresent(copy -> arrive(ctx, copy));
      }
      case WireFault.CorruptDigest(Optional<WireFault.Digest> which) ->
          arrive(ctx, corrupted(pdu, which));
      case WireFault.RefuseFunction(int response) -> {
        if (pdu instanceof TaskManagementRequest request) {
          refused.put(request.initiatorTaskTag(), response);
          arrive(ctx, request.as(NO_FUNCTION));
        } else {
          arrive(ctx, pdu);
        }
      }
      case WireFault.FlipBit _, WireFault.Truncate _ -> arrive(ctx, pdu);
    }
  }

  private void arrive(ChannelHandlerContext ctx, Received pdu) {
    in.pass(arrival(ctx, pdu));
  }

  private static DelayLine.Item arrival(ChannelHandlerContext ctx, Received pdu) {
    return new DelayLine.Item(() -> ctx.fireChannelRead(pdu), pdu::release);
  }

  /** What a decoder makes of a PDU with a wrong digest. */
  private Received corrupted(Received received, Optional<WireFault.Digest> which) {
    Optional<WireFault.Digest> digest = conversation.digest(received, which);
    if (digest.isEmpty() || !(received instanceof Pdu pdu)) {
      return received;
    }
    BadPdu bad =
        new BadPdu(
            BadPdu.headerOf(pdu),
            switch (digest.get()) {
              case HEADER -> BadPdu.Fault.HEADER_DIGEST;
              case DATA -> BadPdu.Fault.DATA_DIGEST;
            });
    pdu.release();
    return bad;
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
    if (stalled) {
      swallow(message, promise);
      return;
    }
    if (!(message instanceof TargetPdu sent)) {
      leave(message, promise, () -> ctx.write(message, promise));
      return;
    }
    TargetPdu pdu = answered(sent);
    Optional<WireFault> fault = faults.apply(conversation.pass(Direction.OUT, pdu));
    if (fault.isEmpty()) {
      leave(pdu, promise, () -> ctx.write(pdu, promise));
      return;
    }
    switch (fault.get()) {
      case WireFault.Reset _ -> {
        drop(pdu, promise);
        reset(ctx);
      }
      case WireFault.Stall _ -> {
        swallow(pdu, promise);
        stall(ctx);
      }
      case WireFault.Drop _ -> drop(pdu, promise);
      case WireFault.Duplicate _ ->
          leave(
              pdu,
              promise,
              () -> {
                ctx.write(Pdu.copy(pdu), ctx.voidPromise());
                ctx.write(pdu, promise);
              });
      case WireFault.Delay(Duration delay) ->
          out.delay(ctx, delay, departure(pdu, promise, () -> ctx.write(pdu, promise)), ctx::flush);
      case WireFault.FlipBit(int bit) ->
          leave(pdu, promise, () -> alone(ctx, pdu, promise, new WireBytes.Hand.Flip(bit)));
      case WireFault.CorruptDigest(Optional<WireFault.Digest> which) ->
          leave(pdu, promise, () -> corrupt(ctx, pdu, promise, which));
      case WireFault.Truncate _ ->
          leave(
              pdu,
              promise,
              () -> alone(ctx, pdu, promise, new WireBytes.Hand.Cut(HEADER_BYTES / 2)));
      case WireFault.RefuseLogin _, WireFault.RefuseFunction _ ->
          leave(pdu, promise, () -> ctx.write(pdu, promise));
    }
  }

  /** A response with the code that a rule has chosen, if one has. */
  private TargetPdu answered(TargetPdu pdu) {
    if (pdu instanceof TaskManagementResponse(int _, int _, int tag, TargetPdu.Numbers numbers)) {
      Integer code = refused.remove(tag);
      return code == null ? pdu : new TaskManagementResponse(code, tag, numbers);
    }
    return pdu;
  }

  private void leave(Object message, ChannelPromise promise, Runnable go) {
    out.pass(departure(message, promise, go));
  }

  private static DelayLine.Item departure(Object message, ChannelPromise promise, Runnable go) {
    return new DelayLine.Item(
        go,
        () -> {
          release(message);
          end(promise);
        });
  }

  private void corrupt(
      ChannelHandlerContext ctx,
      TargetPdu pdu,
      ChannelPromise promise,
      Optional<WireFault.Digest> which) {
    Optional<WireFault.Digest> digest = conversation.digest(pdu, which);
    if (digest.isEmpty()) {
      ctx.write(pdu, promise);
      return;
    }
    long at =
        switch (digest.get()) {
          case HEADER -> HEADER_BYTES;
          case DATA -> {
            long padded = (pdu.data().readableBytes() + 3L) & ~3L;
            boolean both = conversation.digest(pdu, Optional.of(HEADER)).isPresent();
            yield HEADER_BYTES + (both ? DIGEST_BYTES : 0) + padded;
          }
        };
    alone(ctx, pdu, promise, new WireBytes.Hand.Flip(at * 8));
  }

  private static void drop(Pdu pdu, ChannelPromise promise) {
    pdu.release();
    if (!promise.isVoid()) {
      promise.setSuccess();
    }
  }

  private static void release(Object message) {
    if (message instanceof Pdu pdu) {
      pdu.release();
    } else {
      ReferenceCountUtil.release(message);
    }
  }

  private static void end(ChannelPromise promise) {
    if (!promise.isVoid()) {
      promise.tryFailure(new ClosedChannelException());
    }
  }

  private void swallow(Object message, ChannelPromise promise) {
    release(message);
    if (!promise.isVoid()) {
      swallowed.add(promise);
    }
  }

  /** The connection has ended: what waits passes no more. */
  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    in.drop();
    out.drop();
    swallowed.forEach(WireFaults::end);
    swallowed.clear();
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

  private void refuse(
      ChannelHandlerContext ctx, LoginRequest request, int statusClass, int statusDetail) {
    TargetPdu.Numbers numbers =
        new TargetPdu.Numbers(request.expStatSN(), request.cmdSN(), request.cmdSN());
    LoginResponse refusal =
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
            Unpooled.EMPTY_BUFFER);
    ChannelPromise sent = ctx.newPromise().addListener(ChannelFutureListener.CLOSE);
    leave(refusal, sent, () -> ctx.writeAndFlush(refusal, sent));
  }

  /** Sends a PDU apart from those before and behind it, with a hand at its bytes. */
  private void alone(
      ChannelHandlerContext ctx, Pdu pdu, ChannelPromise promise, WireBytes.Hand hand) {
    ctx.flush();
    bytes.take(hand);
    ctx.write(pdu, promise);
    ctx.flush();
  }
}
