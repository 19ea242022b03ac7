package org.untorn.iscsi.pdu;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import org.untorn.iscsi.pdu.BadPdu.Fault;

/**
 * Cuts a TCP stream into {@link Received} PDUs (RFC 7143 11.1).
 *
 * <pre>
 *            header complete            segment complete
 *  HEADER ──────────────────► SEGMENT ──────────────────► deliver, HEADER
 *     └───── fault that ends the connection: deliver it, LOST (all else is discarded)
 * </pre>
 *
 * One read may bring many PDUs. A PDU that lies whole in one read is parsed in place and its data
 * segment is a slice; only a header that spans reads, and small pieces of a segment that spans
 * reads, are copied.
 *
 * <p>Invariants: it holds at most one header (1072 bytes) and one data segment, which is never
 * longer than the declared MaxRecvDataSegmentLength; each PDU is delivered once, in order; settings
 * changed while a PDU is delivered apply from the next one. Owned by its channel's event loop.
 */
public final class PduDecoder extends ChannelInboundHandlerAdapter {

  /** The longest data segment that either side may send during login (RFC 7143 13.12). */
  public static final int DEFAULT_MAX_DATA_SEGMENT_LENGTH = 8192;

  private static final int MAX_HEADER = BasicHeaderSegment.LENGTH + 0xFF * 4;

  private final Opcode.Sender peer;

  /** The header that spans reads, or whose segment does; empty if there is none. */
  private final ByteBuf header = Unpooled.buffer(64, MAX_HEADER + PduCodec.DIGEST_LENGTH);

  private final ByteCollector segment = new ByteCollector();
  private int dataLength;
  private boolean headerDigest;
  private boolean dataDigest;
  private int maxDataSegmentLength = DEFAULT_MAX_DATA_SEGMENT_LENGTH;
  private boolean lost;

  /** Decodes what {@code peer} sends. */
  public PduDecoder(Opcode.Sender peer) {
    this.peer = peer;
  }

  /** Says which digests the PDUs carry from now on. */
  public void digests(boolean headerDigest, boolean dataDigest) {
    this.headerDigest = headerDigest;
    this.dataDigest = dataDigest;
  }

  /** Declares the longest data segment to take, in bytes. */
  public void maxDataSegmentLength(int length) {
    this.maxDataSegmentLength = length;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf in = (ByteBuf) message;
    try {
      while (!lost && in.isReadable() && decodeOne(ctx, in)) {
        // one PDU more
      }
    } finally {
      in.release();
    }
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    segment.discard();
    lost = true;
  }

  /** Goes on with the PDU at hand; false if the input ended before it did. */
  private boolean decodeOne(ChannelHandlerContext ctx, ByteBuf in) {
    if (segment.missing() > 0) {
      segment.addFrom(in, ctx.alloc());
      return segment.missing() == 0 && closeSegment(ctx);
    }
    if (!header.isReadable() && in.readableBytes() >= BasicHeaderSegment.LENGTH) {
      int base = in.readerIndex();
      int length = headerLength(in, base);
      if (in.readableBytes() >= length) {
        in.skipBytes(length);
        return startSegment(ctx, in, in, base, length);
      }
    }
    if (!fillHeader(in, BasicHeaderSegment.LENGTH) || !fillHeader(in, headerLength(header, 0))) {
      return false;
    }
    return startSegment(ctx, in, header, 0, header.readableBytes());
  }

  private int headerLength(ByteBuf buffer, int base) {
    int ahs = new BasicHeaderSegment(buffer, base).totalAhsLength();
    return BasicHeaderSegment.LENGTH + ahs + (headerDigest ? PduCodec.DIGEST_LENGTH : 0);
  }

  private boolean fillHeader(ByteBuf in, int length) {
    int missing = length - header.readableBytes();
    if (missing > 0) {
      header.writeBytes(in, Math.min(missing, in.readableBytes()));
    }
    return header.readableBytes() >= length;
  }

  /** A header of {@code length} bytes stands at {@code base}; the input goes on behind it. */
  private boolean startSegment(
      ChannelHandlerContext ctx, ByteBuf in, ByteBuf from, int base, int length) {
    if (headerDigest) {
      int covered = length - PduCodec.DIGEST_LENGTH;
      if (PduCodec.digest(from, base, covered) != from.getIntLE(base + covered)) {
        return fault(ctx, from, base, Fault.HEADER_DIGEST);
      }
    }
    dataLength = new BasicHeaderSegment(from, base).dataSegmentLength();
    if (dataLength > maxDataSegmentLength) {
      return fault(ctx, from, base, Fault.DATA_SEGMENT_TOO_LONG);
    }
    if (dataLength == 0) {
      header.clear();
      return deliver(ctx, PduCodec.decode(from, base, peer, Unpooled.EMPTY_BUFFER));
    }
    int padded = PduCodec.padded(dataLength);
    int total = padded + (dataDigest ? PduCodec.DIGEST_LENGTH : 0);
    if (in.readableBytes() >= total) {
      int start = in.readerIndex();
      in.skipBytes(total);
      header.clear();
      if (dataDigest && PduCodec.digest(in, start, padded) != in.getIntLE(start + padded)) {
        return fault(ctx, from, base, Fault.DATA_DIGEST);
      }
      ByteBuf data = in.retainedSlice(start, dataLength);
      return deliver(ctx, PduCodec.decode(from, base, peer, data));
    }
    if (!header.isReadable()) {
      header.writeBytes(in, base, length);
    }
    segment.open(total);
    segment.addFrom(in, ctx.alloc());
    return false;
  }

  private boolean closeSegment(ChannelHandlerContext ctx) {
    int padded = PduCodec.padded(dataLength);
    ByteBuf data = segment.take(ctx.alloc());
    if (dataDigest && PduCodec.digest(data, 0, padded) != data.getIntLE(padded)) {
      data.release();
      fault(ctx, header, 0, Fault.DATA_DIGEST);
    } else {
      deliver(ctx, PduCodec.decode(header, 0, peer, data.writerIndex(dataLength)));
    }
    header.clear();
    return true;
  }

  private boolean fault(ChannelHandlerContext ctx, ByteBuf from, int base, Fault fault) {
    return deliver(ctx, new BadPdu(new BasicHeaderSegment(from, base).copy(), fault));
  }

  private boolean deliver(ChannelHandlerContext ctx, Received received) {
    if (received instanceof BadPdu bad && bad.fault().endsConnection()) {
      lost = true;
    }
    ctx.fireChannelRead(received);
    return true;
  }
}
