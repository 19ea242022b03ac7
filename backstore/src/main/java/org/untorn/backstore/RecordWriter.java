package org.untorn.backstore;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Writes records to their places; the first one of a segment brings the segment's header along. */
final class RecordWriter {

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
    Append.Place place = append.place();
    int opening = place.isFirst() ? SegmentLayout.HEADER_BYTES : 0;
    ByteBuffer head = ByteBuffer.allocate(opening + RecordHeader.paddedBytes(change.bodyBytes()));
    if (place.isFirst()) {
      RecordHeader own = header(append, synced, RecordType.SEGMENT, Change.Nothing.INSTANCE, 0, 0);
      own.put(head, Change.Nothing.INSTANCE);
    }
    header(append, synced, change.type(), change, place.unit(), payloadBytes).put(head, change);
    List<ByteBuffer> all = new ArrayList<>(1 + data.size());
    all.add(head.flip());
    all.addAll(data);
    medium.write(place.segment().file(), place.offset() - opening, all, Purpose.DATA);
  }

  private RecordHeader header(
      Append append, long synced, RecordType type, Change change, int unit, int payloadBytes) {
    return new RecordHeader(
        type,
        append.sequence(),
        synced,
        identity.pool(),
        append.place().segment().number(),
        unit,
        identity.epoch(),
        change.volume(),
        change.lba(),
        change.bodyBytes(),
        payloadBytes);
  }
}
