package org.untorn.backstore;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * Reads the blocks of a volume's newest root. Each piece is checked against the checksum that the
 * map holds for it, so what comes back is what was written.
 *
 * <pre>
 *   enter -- take the root, find the pieces -- exit -- fetch them, each from its pinned segment
 * </pre>
 *
 * What it works with belongs to the calling thread, and is used again: a read costs no heap once a
 * thread has read as much before.
 */
final class RootReader {

  private static final Optional<BlockOutcome> DONE = Optional.of(BlockOutcome.DONE);

  private final Medium medium;
  private final Segments segments;
  private final BlockMaps maps;
  private final ThreadLocal<Work> works = ThreadLocal.withInitial(Work::new);

  RootReader(Medium medium, Segments segments, BlockMaps maps) {
    this.medium = medium;
    this.segments = segments;
    this.maps = maps;
  }

  /** What one thread reads with. */
  private static final class Work {
    private final Pieces pieces = new Pieces();
    private final ByteBuffer piece = ByteBuffer.allocateDirect(Kind.GRANULE_BYTES);
    private final CRC32C crc = new CRC32C();
    private int blockUnits;
    private long gone;
  }

  /** Fills {@code into} with the blocks from {@code lba} on. */
  BlockOutcome read(Volume volume, long lba, ByteBuffer into) {
    int position = into.position();
    int limit = into.limit();
    Work work = works.get();
    try {
      long gone = Location.NONE;
      while (true) {
        find(volume, lba, (limit - position) / Location.UNIT_BYTES, work);
        long missing = gone;
        Optional<BlockOutcome> outcome = fill(work, lba, into, position, limit);
        if (outcome.isPresent()) {
          return outcome.get();
        }
        // A segment was freed on the way: what it held lies elsewhere now, or is out of date.
        gone = work.gone;
        if (gone == missing) {
          return new BlockOutcome.Unreadable(lba, "a segment of the newest root is gone");
        }
      }
    } finally {
      into.limit(limit).position(position);
    }
  }

  /** Fetches the pieces that were found; empty if a segment was freed, which {@code work} notes. */
  private Optional<BlockOutcome> fill(
      Work work, long lba, ByteBuffer into, int position, int limit) {
    Pieces pieces = work.pieces;
    long origin = lba * work.blockUnits;
    int at = position;
    for (int i = 0; i < pieces.count(); ) {
      boolean whole = pieces.isWhole(i);
      int next = whole ? pieces.endOfRun(i) : i + 1;
      int from = position + (int) (pieces.start(i) - origin) * Location.UNIT_BYTES;
      int to = position + (int) (pieces.end(next - 1) - origin) * Location.UNIT_BYTES;
      into.limit(limit);
      Zeros.put(into, at, from - at);
      into.limit(to).position(from);
      Optional<BlockOutcome> outcome =
          whole ? readRun(work, i, next, into) : readPart(work, i, into);
      if (outcome.isEmpty()) {
        work.gone = pieces.location(i);
        return outcome;
      } else if (!(outcome.get() instanceof BlockOutcome.Done)) {
        return outcome;
      }
      at = to;
      i = next;
    }
    into.limit(limit);
    Zeros.put(into, at, limit - at);
    return DONE;
  }

  /** Tells {@code sink} in order which of {@code count} blocks from {@code lba} on are mapped. */
  void ranges(Volume volume, long lba, long count, MapReader.RangeSink sink) {
    Readers readers = maps.nodes().readers();
    int entered = readers.enter();
    try {
      Root root = volume.visible();
      int units = root.blockUnits();
      maps.reader()
          .ranges(
              root,
              lba * units,
              (lba + count) * units,
              (start, end) -> sink.range(start / units, end / units));
    } finally {
      readers.exit(entered);
    }
  }

  private void find(Volume volume, long lba, int units, Work work) {
    work.pieces.clear();
    Readers readers = maps.nodes().readers();
    int entered = readers.enter();
    try {
      Root root = volume.visible();
      work.blockUnits = root.blockUnits();
      long start = lba * work.blockUnits;
      maps.reader().find(root, start, start + units, work.pieces);
    } finally {
      readers.exit(entered);
    }
  }

  /**
   * Whole pieces, one behind the other, from the buffer's position to its limit; empty if their
   * segment was freed.
   */
  private Optional<BlockOutcome> readRun(Work work, int first, int end, ByteBuffer into) {
    Pieces pieces = work.pieces;
    Optional<BlockOutcome> outcome = fetch(work, first, into);
    if (end - first > 1 && outcome.isPresent() && !isDone(outcome)) {
      Optional<BlockOutcome> alone = readOneByOne(work, first, end, into);
      return isDone(alone) ? outcome : alone;
    } else if (!isDone(outcome)) {
      return outcome;
    }
    into.limit(into.position());
    for (int i = first; i < end; i++) {
      int limit = into.limit() + pieces.units(i) * Location.UNIT_BYTES;
      if (!isRight(work, i, into.limit(limit))) {
        return Optional.of(rotten(work, i));
      }
    }
    return DONE;
  }

  /** Finds out which of the pieces cannot be read. It may be none: a failed read is one even so. */
  private Optional<BlockOutcome> readOneByOne(Work work, int first, int end, ByteBuffer into) {
    Optional<BlockOutcome> outcome = DONE;
    int at = into.position();
    for (int i = first; i < end && isDone(outcome); i++) {
      int next = at + work.pieces.units(i) * Location.UNIT_BYTES;
      outcome = readRun(work, i, i + 1, into.limit(next).position(at));
      at = next;
    }
    return outcome;
  }

  private static boolean isDone(Optional<BlockOutcome> outcome) {
    return outcome.isPresent() && outcome.get() instanceof BlockOutcome.Done;
  }

  /** A part of a piece, all of which is checked. */
  private Optional<BlockOutcome> readPart(Work work, int piece, ByteBuffer into) {
    Pieces pieces = work.pieces;
    ByteBuffer whole = work.piece.clear();
    whole.limit(pieces.checkedUnits(piece) * Location.UNIT_BYTES);
    Optional<BlockOutcome> outcome = fetch(work, piece, whole);
    if (!isDone(outcome)) {
      return outcome;
    }
    if (!isRight(work, piece, whole)) {
      return Optional.of(rotten(work, piece));
    }
    int skip = pieces.skip(piece) * Location.UNIT_BYTES;
    into.put(into.position(), whole, skip, into.remaining());
    return DONE;
  }

  private Optional<BlockOutcome> fetch(Work work, int piece, ByteBuffer into) {
    long location = work.pieces.location(piece);
    Optional<Segment> segment = segments.find(Location.segment(location));
    if (segment.isEmpty() || !segment.get().tryPin()) {
      return Optional.empty();
    }
    try {
      medium.read(segment.get().file(), Location.offset(location), into, Purpose.DATA);
      return DONE;
    } catch (IOException | RuntimeException e) {
      return Optional.of(new BlockOutcome.Unreadable(lba(work, piece), e.toString()));
    } finally {
      segment.get().unpin();
    }
  }

  /** Checks a piece from the buffer's position to its limit, and moves behind it. */
  private static boolean isRight(Work work, int piece, ByteBuffer bytes) {
    work.crc.reset();
    work.crc.update(bytes);
    return (int) work.crc.getValue() == work.pieces.checksum(piece);
  }

  private static long lba(Work work, int piece) {
    return work.pieces.start(piece) / work.blockUnits;
  }

  private BlockOutcome rotten(Work work, int piece) {
    long location = work.pieces.location(piece);
    String file =
        segments
            .find(Location.segment(location))
            .map(Segment::file)
            .orElse("segment " + Location.segment(location));
    String where = file + " at byte " + Location.offset(location);
    return new BlockOutcome.Unreadable(lba(work, piece), where + ": the block's checksum is wrong");
  }
}
