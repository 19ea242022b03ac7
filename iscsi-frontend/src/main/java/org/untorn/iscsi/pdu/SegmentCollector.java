package org.untorn.iscsi.pdu;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;

/**
 * Puts together one data segment that spans reads.
 *
 * <p>Large pieces are slices of the receive buffers; pieces under {@value #SLICE} bytes are copied
 * into buffers of {@value #RUN} bytes, so that a sender of tiny pieces cannot pin a receive buffer
 * with each of them. What a segment pins is so at most 16 times its length. Owned by the decoder.
 */
final class SegmentCollector {

  /** The shortest piece worth a slice, in bytes. */
  static final int SLICE = 16 << 10;

  /** The length of the buffers that collect shorter pieces, in bytes. */
  static final int RUN = 64 << 10;

  private ByteBuf whole = Unpooled.EMPTY_BUFFER;
  private ByteBuf run = Unpooled.EMPTY_BUFFER;
  private int dataLength;
  private int missing;

  /** Whether a segment is being put together. */
  boolean isOpen() {
    return missing > 0;
  }

  int dataLength() {
    return dataLength;
  }

  /** Starts a segment of {@code total} bytes on the wire, padding and digest included. */
  void open(int dataLength, int total, ByteBufAllocator allocator) {
    this.dataLength = dataLength;
    this.missing = total;
    this.whole =
        total <= RUN ? Unpooled.EMPTY_BUFFER : allocator.compositeBuffer(Integer.MAX_VALUE);
  }

  /** Takes what the segment still misses; true if it is complete then. */
  boolean add(ByteBuf in, ByteBufAllocator allocator) {
    while (missing > 0 && in.isReadable()) {
      int length = Math.min(missing, in.readableBytes());
      if (length >= SLICE && whole instanceof CompositeByteBuf parts) {
        closeRun();
        parts.addComponent(true, in.readRetainedSlice(length));
      } else {
        length = copy(in, length, allocator);
      }
      missing -= length;
    }
    return missing == 0;
  }

  private int copy(ByteBuf in, int length, ByteBufAllocator allocator) {
    if (!run.isWritable()) {
      closeRun();
      int capacity = Math.min(missing, RUN);
      run = allocator.directBuffer(capacity, capacity);
    }
    int copied = Math.min(length, run.writableBytes());
    run.writeBytes(in, copied);
    return copied;
  }

  private void closeRun() {
    if (run.isReadable()) {
      if (whole instanceof CompositeByteBuf parts) {
        parts.addComponent(true, run);
      } else {
        whole = run;
      }
      run = Unpooled.EMPTY_BUFFER;
    }
  }

  /** Hands the complete segment over, padding and digest included. */
  ByteBuf close() {
    closeRun();
    ByteBuf closed = whole;
    whole = Unpooled.EMPTY_BUFFER;
    return closed;
  }

  /** Gives everything back. */
  void discard() {
    close().release();
    missing = 0;
  }
}
