package org.untorn.iscsi.fault;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.util.ReferenceCountUtil;
import java.util.Optional;

/**
 * Next to the socket: changes the bytes that it is told to. Owned by the channel's event loop.
 *
 * <p>Only bytes that the encoder wrote itself are changed, never a data segment, which others may
 * share.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a write that fails closes the channel
final class WireBytes extends ChannelOutboundHandlerAdapter {

  /** What is done to the bytes that come next. */
  sealed interface Hand {

    /** A bit is flipped, counted from the most significant one of the first byte on. */
    record Flip(long bit) implements Hand {}

    /** So many bytes go out, and then the connection ends. */
    record Cut(int bytes) implements Hand {}
  }

  private Optional<Hand> hand = Optional.empty();
  private boolean ended;

  /** Says what is to be done from the next byte on. */
  void take(Hand next) {
    hand = Optional.of(next);
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
    if (ended) {
      ReferenceCountUtil.release(message);
      if (!promise.isVoid()) {
        promise.setSuccess();
      }
    } else if (hand.isPresent() && message instanceof ByteBuf bytes && bytes.isReadable()) {
      switch (hand.get()) {
        case Hand.Flip(long bit) -> flip(bytes, bit);
        case Hand.Cut(int length) -> {
          ended = true;
          bytes.writerIndex(bytes.readerIndex() + Math.min(length, bytes.readableBytes()));
          ctx.writeAndFlush(bytes).addListener(ChannelFutureListener.CLOSE);
          return;
        }
      }
      ctx.write(message, promise);
    } else {
      ctx.write(message, promise);
    }
  }

  private void flip(ByteBuf bytes, long bit) {
    long length = bytes.readableBytes() * 8L;
    if (bit >= length) {
      hand = Optional.of(new Hand.Flip(bit - length));
      return;
    }
    hand = Optional.empty();
    int at = bytes.readerIndex() + (int) (bit / 8);
    bytes.setByte(at, bytes.getByte(at) ^ (0x80 >> (bit % 8)));
  }
}
