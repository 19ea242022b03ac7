package org.untorn.backstore;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads segments as recovery finds them: nothing in them is believed before it was checked. */
final class SegmentScan {

  private static final int WINDOW_BYTES = 1 << 20;

  private final Medium medium;
  private final long pool;
  private final int segmentBytes;

  /** What was read last: bytes {@code windowFrom} up to {@code windowTo} of a file. */
  private final ByteBuffer window;

  private String windowFile = "";
  private long windowFrom;
  private long windowTo;

  /** So much is read at once: more and more while one read follows the other. */
  private int readAhead;

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

  /** Reads the header of every segment file on the medium. */
  FoundSegments files() throws IOException {
    List<Found> found = new ArrayList<>();
    List<String> headless = new ArrayList<>();
    for (String file : medium.files()) {
      if (SegmentLayout.isSegment(file)) {
        open(file).ifPresentOrElse(found::add, () -> headless.add(file));
      }
    }
    return new FoundSegments(found, headless);
  }

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
    Optional<Whole> found = headAt(in, unit, sequence);
    return found.isPresent() && payloadIsWhole(in.file(), found.get()) ? found : Optional.empty();
  }

  /** Like {@link #record}, but only header and body are known to be whole. */
  Optional<Whole> head(Found in, int unit, long sequence) throws IOException {
    Optional<Whole> behind = headAt(in, unit, sequence);
    int rest = SegmentLayout.restOfPage((long) unit * Location.UNIT_BYTES) / Location.UNIT_BYTES;
    return behind.isPresent() || rest == 0 ? behind : headAt(in, unit + rest, sequence);
  }

  private Optional<Whole> headAt(Found in, int unit, long sequence) throws IOException {
    return header(in.file(), (long) unit * Location.UNIT_BYTES)
        .filter(whole -> belongsTo(in, whole.header()) && whole.header().sequence() == sequence);
  }

  /** Whether a whole header is that of a record of the segment, and not of an earlier one. */
  static boolean belongsTo(Found in, RecordHeader header) {
    return header.type() != RecordType.SEGMENT
        && header.segment() == in.number()
        && header.epoch() == in.epoch();
  }

  /** Takes the headers that are found. */
  @FunctionalInterface
  interface HeaderSink {
    void header(RecordHeader header) throws IOException;
  }

  /** Finds every whole header from byte {@code from} on, whatever lies between them. */
  void headers(String file, long from, HeaderSink sink) throws IOException {
    long length = Math.min(medium.length(file), segmentBytes);
    for (long at = from; at + Location.UNIT_BYTES <= length; at += Location.UNIT_BYTES) {
      if (RecordHeader.parse(bytes(file, at, Location.UNIT_BYTES)).isPresent()) {
        Optional<Whole> found = header(file, at);
        if (found.isPresent()) {
          sink.header(found.get().header());
        }
      }
    }
  }

  /** Header and body at {@code offset}, if they are whole and belong there. */
  private Optional<Whole> header(String file, long offset) throws IOException {
    if (offset + Location.UNIT_BYTES > segmentBytes) {
      return Optional.empty();
    }
    Optional<RecordHeader> parsed =
        RecordHeader.parse(bytes(file, offset, Location.UNIT_BYTES))
            .filter(header -> header.pool() == pool)
            .filter(header -> header.bodyBytes() <= segmentBytes)
            .filter(header -> header.unit() == offset / Location.UNIT_BYTES)
            .filter(header -> offset + header.totalBytes() <= segmentBytes);
    if (parsed.isEmpty()) {
      return Optional.empty();
    }
    RecordHeader header = parsed.get();
    ByteBuffer head = bytes(file, offset, RecordHeader.paddedBytes(header.bodyBytes()));
    if (!header.isWhole(head)) {
      return Optional.empty();
    }
    ByteBuffer body = head.slice(RecordHeader.BYTES, header.bodyBytes());
    return Optional.of(new Whole(header, header.change(body)));
  }

  /** Bytes of a segment, to be looked at before the next ones are asked for. */
  private ByteBuffer bytes(String file, long offset, int length) throws IOException {
    if (length > window.capacity()) {
      ByteBuffer alone = ByteBuffer.allocate(length);
      medium.read(file, offset, alone, Purpose.DATA);
      return alone;
    }
    boolean near =
        file.equals(windowFile)
            && offset >= windowFrom
            && offset <= windowTo + SegmentLayout.PAGE_BYTES;
    if (!near || offset + length > windowTo) {
      readAhead = near ? Math.min(2 * readAhead, window.capacity()) : Location.UNIT_BYTES;
      long most = Math.max(length, Math.min(readAhead, segmentBytes - offset));
      window.clear().limit((int) most);
      windowFile = "";
      medium.read(file, offset, window, Purpose.DATA);
      windowFile = file;
      windowFrom = offset;
      windowTo = offset + most;
    }
    return window.slice((int) (offset - windowFrom), length);
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
    for (int piece = 0; piece < checksums.length; piece++) {
      int length = layout.pieceUnits(piece) * Location.UNIT_BYTES;
      if (Checksum.of(bytes(file, offset, length), 0, length) != checksums[piece]) {
        return false;
      }
      offset += length;
    }
    return true;
  }
}
