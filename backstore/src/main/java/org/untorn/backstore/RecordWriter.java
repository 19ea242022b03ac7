package org.untorn.backstore;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.AbstractList;
import java.util.List;

/** Writes records to their places; the first one of a segment brings the segment's header along. */
final class RecordWriter {

  /** Heads are as long as this or shorter, but for those of very long writes and unmaps. */
  private static final int HEAD_BYTES = 16 << 10;

  private static final ThreadLocal<ByteBuffer> HEAD =
      ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(HEAD_BYTES));

  private final Medium medium;
  private final Log.Identity identity;

  RecordWriter(Medium medium, Log.Identity identity) {
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
    int opening = append.isFirst() ? SegmentLayout.HEADER_BYTES : 0;
    ByteBuffer head = head(opening + RecordHeader.paddedBytes(change.bodyBytes()));
    if (append.isFirst()) {
      RecordHeader own = header(append, synced, RecordType.SEGMENT, Change.Nothing.INSTANCE, 0, 0);
      own.put(head, Change.Nothing.INSTANCE);
    }
    header(append, synced, change.type(), change, append.unit(), payloadBytes).put(head, change);
    head.flip();
    long offset = (long) append.unit() * Location.UNIT_BYTES - opening;
    medium.write(append.segment().file(), offset, new HeadAndData(head, data), Purpose.DATA);
  }

  /** A buffer for the head, from its position on. */
  private static ByteBuffer head(int bytes) {
    return bytes <= HEAD_BYTES ? HEAD.get().clear() : ByteBuffer.allocateDirect(bytes);
  }

  private RecordHeader header(
      Append append, long synced, RecordType type, Change change, int unit, int payloadBytes) {
    return new RecordHeader(
        type,
        append.sequence(),
        synced,
        identity.pool(),
        append.segment().number(),
        unit,
        identity.epoch(),
        change.volume(),
        change.lba(),
        change.bodyBytes(),
        payloadBytes);
  }

  /** One list of two. */
  private static final class HeadAndData extends AbstractList<ByteBuffer> {
    private final ByteBuffer head;
    private final List<ByteBuffer> data;

    HeadAndData(ByteBuffer head, List<ByteBuffer> data) {
      this.head = head;
      this.data = data;
    }

    @Override
    public ByteBuffer get(int index) {
      return index == 0 ? head : data.get(index - 1);
    }

    @Override
    public int size() {
      return 1 + data.size();
    }
  }
}
