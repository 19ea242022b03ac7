package org.untorn.iscsi.pdu;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;

/**
 * Puts bytes together that arrive in pieces.
 *
 * <p>Large pieces are kept as they are; pieces under {@value #SLICE} bytes are copied into buffers
 * of up to {@value #RUN} bytes, so that a sender of tiny pieces cannot pin a receive buffer with
 * each of them. What a collector pins is so at most 16 times what it holds. Owned by one event
 * loop.
 */
public final class ByteCollector {

  /** The shortest piece worth keeping, in bytes. */
  static final int SLICE = 16 << 10;

  /** The length of the buffers that collect shorter pieces, in bytes. */
  static final int RUN = 64 << 10;

  private ByteBuf parts = Unpooled.EMPTY_BUFFER;
  private ByteBuf run = Unpooled.EMPTY_BUFFER;

  /** Whether {@code parts} is a composite buffer made here, to which parts can be added. */
  private boolean composed;

  private int missing;

  /** Starts anew, with the number of bytes that will come. */
  public void open(int total) {
    this.missing = total;
  }

  /** How many bytes are still to come. */
  public int missing() {
    return missing;
  }

  /** Takes the ownership of a piece of at most {@link #missing} bytes. */
  public void add(ByteBuf piece, ByteBufAllocator allocator) {
    int length = piece.readableBytes();
    if (length < SLICE) {
      copy(piece, length, allocator);
      piece.release();
    } else {
      closeRun(allocator);
      append(piece, allocator);
    }
    missing -= length;
  }

  /** Takes what is missing, or as much of it as there is, off a buffer that stays the caller's. */
  void addFrom(ByteBuf in, ByteBufAllocator allocator) {
    int length = Math.min(missing, in.readableBytes());
    if (length < SLICE) {
      copy(in, length, allocator);
      missing -= length;
    } else {
      add(in.readRetainedSlice(length), allocator);
    }
  }

  private void copy(ByteBuf from, int length, ByteBufAllocator allocator) {
    int left = length;
    int unfilled = missing;
    while (left > 0) {
      if (!run.isWritable()) {
        closeRun(allocator);
        int capacity = Math.min(unfilled, RUN);
        run = allocator.directBuffer(capacity, capacity);
      }
      int copied = Math.min(left, run.writableBytes());
      run.writeBytes(from, copied);
      left -= copied;
      unfilled -= copied;
    }
  }

  private void closeRun(ByteBufAllocator allocator) {
    ByteBuf closed = run;
    run = Unpooled.EMPTY_BUFFER;
    append(closed, allocator);
  }

  private void append(ByteBuf part, ByteBufAllocator allocator) {
    if (!part.isReadable()) {
      part.release();
    } else if (composed) {
      ((CompositeByteBuf) parts).addComponent(true, part);
    } else if (parts.isReadable()) {
      CompositeByteBuf composite = allocator.compositeBuffer(Integer.MAX_VALUE);
      parts = composite.addComponent(true, parts).addComponent(true, part);
      composed = true;
    } else {
      parts = part;
    }
  }

  /** Hands over what has come. */
  public ByteBuf take(ByteBufAllocator allocator) {
    closeRun(allocator);
    ByteBuf all = parts;
    parts = Unpooled.EMPTY_BUFFER;
    composed = false;
    missing = 0;
    return all;
  }

  /** Gives everything back. */
  public void discard() {
    parts.release();
    run.release();
    parts = Unpooled.EMPTY_BUFFER;
    composed = false;
    run = Unpooled.EMPTY_BUFFER;
    missing = 0;
  }
}
