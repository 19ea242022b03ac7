package org.untorn.backstore;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/** Reads segments as recovery finds them: nothing in them is believed before it was checked. */
final class SegmentScan {

  private static final int WINDOW_BYTES = 1 << 20;

  private final Medium medium;
  private final long pool;
  private final int segmentBytes;
  private final ByteBuffer sector = ByteBuffer.allocate(Location.UNIT_BYTES);
  private final ByteBuffer window;

  SegmentScan(Medium medium, long pool, int segmentBytes) {
    this.medium = medium;
    this.pool = pool;
    this.segmentBytes = segmentBytes;
    this.window = ByteBuffer.allocate(Math.min(WINDOW_BYTES, segmentBytes));
  }

  /** A segment whose header is whole. */
  record Found(String file, int number, long epoch, long firstSequence) {}

  /** A record that is whole. */
  record Whole(RecordHeader header, Change change) {}

  /** Reads a segment's own header. */
  Optional<Found> open(String file) throws IOException {
    return header(file, 0)
        .filter(header -> header.header().type() == RecordType.SEGMENT)
        .map(Whole::header)
        .map(header -> new Found(file, header.segment(), header.epoch(), header.sequence()));
  }

  /**
   * Reads the record that must have this sequence, and begins at {@code unit} or with the next page
   * ({@link Tail}); empty if it is not there, or not whole.
   */
  Optional<Whole> record(Found in, int unit, long sequence) throws IOException {
    Optional<Whole> behind = recordAt(in, unit, sequence);
    int rest = SegmentLayout.restOfPage((long) unit * Location.UNIT_BYTES) / Location.UNIT_BYTES;
    return behind.isPresent() || rest == 0 ? behind : recordAt(in, unit + rest, sequence);
  }

  private Optional<Whole> recordAt(Found in, int unit, long sequence) throws IOException {
    Optional<Whole> found = header(in.file(), (long) unit * Location.UNIT_BYTES);
    if (found.isEmpty()) {
      return found;
    }
    RecordHeader header = found.get().header();
    boolean expected =
        header.type() != RecordType.SEGMENT
            && header.sequence() == sequence
            && header.segment() == in.number()
            && header.epoch() == in.epoch();
    return expected && payloadIsWhole(in.file(), found.get()) ? found : Optional.empty();
  }

  /** Finds a whole header that knows of a sync past {@code sequence}. */
  Optional<RecordHeader> findSyncedPast(String file, long from, long sequence) throws IOException {
    long length = Math.min(medium.length(file), segmentBytes);
    for (long start = from; start < length; start += window.capacity()) {
      window.clear().limit((int) Math.min(window.capacity(), length - start));
      medium.read(file, start, window, Purpose.DATA);
      for (int at = 0; at + Location.UNIT_BYTES <= window.limit(); at += Location.UNIT_BYTES) {
        if (RecordHeader.parse(window.position(at)).isPresent()) {
          Optional<Whole> found = header(file, start + at);
          if (found.isPresent() && found.get().header().synced() > sequence) {
            return found.map(Whole::header);
          }
        }
      }
    }
    return Optional.empty();
  }

  /** Header and body at {@code offset}, if they are whole and belong there. */
  private Optional<Whole> header(String file, long offset) throws IOException {
    if (offset + Location.UNIT_BYTES > segmentBytes) {
      return Optional.empty();
    }
    medium.read(file, offset, sector.clear(), Purpose.DATA);
    Optional<RecordHeader> parsed =
        RecordHeader.parse(sector)
            .filter(header -> header.pool() == pool)
            .filter(header -> header.unit() == offset / Location.UNIT_BYTES)
            .filter(header -> offset + header.totalBytes() <= segmentBytes);
    if (parsed.isEmpty()) {
      return Optional.empty();
    }
    RecordHeader header = parsed.get();
    ByteBuffer head = sector;
    if (RecordHeader.paddedBytes(header.bodyBytes()) > sector.capacity()) {
      head = ByteBuffer.allocate(RecordHeader.paddedBytes(header.bodyBytes()));
      medium.read(file, offset, head, Purpose.DATA);
    }
    if (!header.isWhole(head)) {
      return Optional.empty();
    }
    ByteBuffer body = head.slice(RecordHeader.BYTES, header.bodyBytes());
    return Optional.of(new Whole(header, header.change(body)));
  }

  private boolean payloadIsWhole(String file, Whole record) throws IOException {
    return switch (record.change()) {
      case Change.Write write -> piecesAreWhole(file, record.header(), write);
      case Change.Unmap unmap -> true;
      case Change.Create create -> true;
      case Change.Branch branch -> true;
      case Change.Resize resize -> true;
      case Change.Rollback rollback -> true;
      case Change.Delete delete -> true;
      case Change.Nothing nothing -> true;
    };
  }

  private boolean piecesAreWhole(String file, RecordHeader header, Change.Write write)
      throws IOException {
    PieceLayout layout = write.layout();
    int[] checksums = write.checksums();
    if (layout.pieces() != checksums.length
        || header.payloadBytes() != layout.units() * Location.UNIT_BYTES) {
      return false;
    }
    long offset =
        (long) header.unit() * Location.UNIT_BYTES + RecordHeader.paddedBytes(header.bodyBytes());
    window.clear().limit(0);
    for (int piece = 0; piece < checksums.length; piece++) {
      int bytes = layout.pieceUnits(piece) * Location.UNIT_BYTES;
      if (window.remaining() < bytes) {
        offset -= window.remaining();
        long end = (long) header.unit() * Location.UNIT_BYTES + header.totalBytes();
        window.clear().limit((int) Math.min(window.capacity(), end - offset));
        medium.read(file, offset, window, Purpose.DATA);
        offset += window.limit();
      }
      if (Checksum.of(window, window.position(), bytes) != checksums[piece]) {
        return false;
      }
      window.position(window.position() + bytes);
    }
    return true;
  }
}
