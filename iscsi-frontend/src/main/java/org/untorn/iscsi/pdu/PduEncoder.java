package org.untorn.iscsi.pdu;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;

/**
 * Turns PDUs into bytes. Headers and small data segments of the PDUs between two flushes share a
 * buffer; larger segments are passed on as they are.
 *
 * <pre>
 *   write(R2T) write(Response) write(Data-In, 64 KiB) write(Response) flush
 *   └──── one buffer: three headers ────┘ └─ data ─┘ └── one buffer ──┘
 * </pre>
 *
 * Messages that are no PDU pass through in order. Where {@value #EARLY} bytes of large segments
 * have been passed on since the last flush, it flushes of itself: their memory comes back while it
 * is still in the processor's cache, and the peer has something to do meanwhile.
 *
 * <p>Invariant: what waits in the shared buffer is at most {@value #SHARED} bytes and one PDU's
 * header and small segment, and leaves with the next flush or close. Owned by its channel's event
 * loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // the promise of a write tells how it ended
public final class PduEncoder extends ChannelOutboundHandlerAdapter {

  /** The longest data segment that is copied behind its header, in bytes. */
  private static final int COPIED = 1024;

  /** The length at which the shared buffer is passed on, in bytes. */
  private static final int SHARED = 16 << 10;

  /** How many bytes of large segments do not wait for a flush. */
  private static final int EARLY = 256 << 10;

  private ByteBuf shared = Unpooled.EMPTY_BUFFER;
  private int unflushed;
  private boolean headerDigest;
  private boolean dataDigest;

  /** Says which digests the PDUs get from now on. */
  public void digests(boolean headerDigest, boolean dataDigest) {
    this.headerDigest = headerDigest;
    this.dataDigest = dataDigest;
  }

  /** Whether the next PDU's header gets a digest. */
  public boolean hasHeaderDigest() {
    return headerDigest;
  }

  /** Whether the next PDU's data segment gets a digest, if it has one. */
  public boolean hasDataDigest() {
    return dataDigest;
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
    if (!(message instanceof Pdu pdu)) {
      passOn(ctx);
      ctx.write(message, promise);
      return;
    }
    if (shared.readableBytes() >= SHARED) {
      passOn(ctx);
    }
    ByteBuf out = shared(ctx);
    PduCodec.encodeHeader(pdu, headerDigest, out);
    encodeData(ctx, pdu.data());
    if (!promise.isVoid()) {
      ByteBuf last = shared;
      shared = Unpooled.EMPTY_BUFFER;
      ctx.write(last, promise);
    }
    if (unflushed >= EARLY) {
      flush(ctx);
    }
  }

  private void encodeData(ChannelHandlerContext ctx, ByteBuf data) {
    int length = data.readableBytes();
    int padding = PduCodec.padded(length) - length;
    if (length == 0) {
      data.release();
      return;
    }
    int digest = dataDigest ? digest(data, padding) : 0;
    if (length <= COPIED) {
      shared.writeBytes(data);
      data.release();
    } else {
      passOn(ctx);
      ctx.write(data, ctx.voidPromise());
      unflushed += length;
    }
    if (padding > 0 || dataDigest) {
      ByteBuf tail = shared(ctx).writeZero(padding);
      if (dataDigest) {
        tail.writeIntLE(digest);
      }
    }
  }

  private static int digest(ByteBuf data, int padding) {
    if (padding == 0) {
      return PduCodec.digest(data, data.readerIndex(), data.readableBytes());
    }
    ByteBuf padded =
        Unpooled.wrappedBuffer(data.retainedDuplicate(), Unpooled.wrappedBuffer(new byte[padding]));
    try {
      return PduCodec.digest(padded, padded.readerIndex(), padded.readableBytes());
    } finally {
      padded.release();
    }
  }

  private ByteBuf shared(ChannelHandlerContext ctx) {
    if (shared.capacity() == 0) {
      shared = ctx.alloc().directBuffer(SHARED / 4);
    }
    return shared;
  }

  private void passOn(ChannelHandlerContext ctx) {
    if (shared.capacity() > 0) {
      ByteBuf full = shared;
      shared = Unpooled.EMPTY_BUFFER;
      ctx.write(full, ctx.voidPromise());
    }
  }

  @Override
  public void flush(ChannelHandlerContext ctx) {
    unflushed = 0;
    passOn(ctx);
    ctx.flush();
  }

  @Override
  public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
    flush(ctx);
    ctx.close(promise);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    shared.release();
    shared = Unpooled.EMPTY_BUFFER;
  }
}
