package org.untorn.backstore;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.AbstractList;
import java.util.List;

/**
 * Writes records to their places. The first one of a segment brings the segment's header along, and
 * each one zeros up to the end of its last page ({@link Tail}).
 */
final class RecordWriter {

  /** Heads are as long as this or shorter, but for those of very long writes and unmaps. */
  private static final int HEAD_BYTES = 16 << 10;

  private static final ThreadLocal<ByteBuffer> HEAD =
      ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(HEAD_BYTES));

  /** Zeros, by the number of units that they are long. */
  private static final ByteBuffer[] RESTS =
      new ByteBuffer[SegmentLayout.PAGE_BYTES / Location.UNIT_BYTES];

  static {
    for (int units = 0; units < RESTS.length; units++) {
      RESTS[units] = ByteBuffer.allocateDirect(units * Location.UNIT_BYTES).asReadOnlyBuffer();
    }
  }

  private final Medium medium;
  private final LogStart.Identity identity;

  RecordWriter(Medium medium, LogStart.Identity identity) {
    this.medium = medium;
    this.identity = identity;
  }

  /**
   * Writes a record.
   *
   * @param synced the last sequence that is known to be on stable storage
   */
  void write(Append append, long synced) throws IOException {
    write(append, synced, append.change(), append.payloadBytes(), append.data());
  }

  /** Writes a record that says nothing and is as long; false if that fails, too. */
  boolean tryToFillPlaceOf(Append append, long synced) {
    int bytes = append.totalBytes() - RecordHeader.paddedBytes(0);
    try {
      write(append, synced, Change.Nothing.INSTANCE, bytes, List.of());
      return true;
    } catch (Throwable e) {
      return false;
    }
  }

  private void write(
      Append append, long synced, Change change, int payloadBytes, List<ByteBuffer> data)
      throws IOException {
    int before = append.isFirst() ? SegmentLayout.HEADER_BYTES : 0;
    ByteBuffer head = head(before + RecordHeader.paddedBytes(change.bodyBytes()));
    if (append.isFirst()) {
      segmentHeader(append, synced).put(head, Change.Nothing.INSTANCE);
    }
    header(append, synced, change, payloadBytes).put(head, change);
    head.flip();
    long offset = (long) append.unit() * Location.UNIT_BYTES - before;
    ByteBuffer rest =
        RESTS[
            SegmentLayout.restOfPage(offset + before + append.totalBytes()) / Location.UNIT_BYTES];
    medium.write(append.segment().file(), offset, new Parts(head, data, rest), Purpose.DATA);
  }

  /** A buffer for the head, from its position on. */
  private static ByteBuffer head(int bytes) {
    return bytes <= HEAD_BYTES ? HEAD.get().clear() : ByteBuffer.allocateDirect(bytes);
  }

  /** The header of the segment, whose first record it is. */
  private RecordHeader segmentHeader(Append append, long synced) {
    return new RecordHeader(
        RecordType.SEGMENT,
        append.sequence(),
        synced,
        identity.pool(),
        append.segment().number(),
        0,
        identity.epoch(),
        0,
        0,
        0,
        0);
  }

  private RecordHeader header(Append append, long synced, Change change, int payloadBytes) {
    return new RecordHeader(
        change.type(),
        append.sequence(),
        synced,
        identity.pool(),
        append.segment().number(),
        append.unit(),
        identity.epoch(),
        change.volume(),
        change.lba(),
        change.bodyBytes(),
        payloadBytes);
  }

  /** Head, data, and zeros, as one list. */
  private static final class Parts extends AbstractList<ByteBuffer> {
    private final ByteBuffer head;
    private final List<ByteBuffer> data;
    private final ByteBuffer rest;

    Parts(ByteBuffer head, List<ByteBuffer> data, ByteBuffer rest) {
      this.head = head;
      this.data = data;
      this.rest = rest;
    }

    @Override
    public ByteBuffer get(int index) {
      return index == 0 ? head : index <= data.size() ? data.get(index - 1) : rest;
    }

    @Override
    public int size() {
      return data.size() + 2;
    }
  }
}
