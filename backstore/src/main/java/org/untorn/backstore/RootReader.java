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
  }

  /** Fills {@code into} with the blocks from {@code lba} on. */
  BlockOutcome read(Volume volume, long lba, ByteBuffer into) {
    Work work = works.get();
    long missing = Location.NONE;
    while (true) {
      find(volume, lba, into.remaining() / Location.UNIT_BYTES, work);
      long gone = Location.NONE;
      Pieces pieces = work.pieces;
      long origin = lba * work.blockUnits;
      long at = origin;
      for (int i = 0; i < pieces.count() && gone == Location.NONE; ) {
        int next = pieces.isWhole(i) ? pieces.endOfRun(i) : i + 1;
        zero(into, at - origin, pieces.start(i) - at);
        at = pieces.end(next - 1);
        Optional<BlockOutcome> outcome =
            pieces.isWhole(i)
                ? readRun(work, i, next, slice(into, pieces.start(i) - origin, at - origin))
                : readPart(work, i, slice(into, pieces.start(i) - origin, at - origin));
        if (outcome.isEmpty()) {
          gone = pieces.location(i);
        } else if (!(outcome.get() instanceof BlockOutcome.Done)) {
          return outcome.get();
        }
        i = next;
      }
      if (gone == Location.NONE) {
        zero(into, at - origin, into.remaining() / Location.UNIT_BYTES - (at - origin));
        return BlockOutcome.DONE;
      }
      if (gone == missing) {
        return new BlockOutcome.Unreadable(lba, "a segment of the newest root is gone");
      }
      // The segment was freed on the way: what it held lies elsewhere now, or is out of date.
      missing = gone;
    }
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

  private static void zero(ByteBuffer into, long fromUnit, long units) {
    if (units > 0) {
      int at = into.position() + (int) fromUnit * Location.UNIT_BYTES;
      Zeros.put(into, at, (int) units * Location.UNIT_BYTES);
    }
  }

  private static ByteBuffer slice(ByteBuffer into, long fromUnit, long toUnit) {
    int from = (int) fromUnit * Location.UNIT_BYTES;
    return into.slice(into.position() + from, (int) toUnit * Location.UNIT_BYTES - from);
  }

  /** Whole pieces, one behind the other; empty if their segment was freed. */
  private Optional<BlockOutcome> readRun(Work work, int first, int end, ByteBuffer into) {
    Pieces pieces = work.pieces;
    Optional<BlockOutcome> outcome = fetch(work, first, into);
    if (outcome.isEmpty() || !(outcome.get() instanceof BlockOutcome.Done)) {
      return outcome;
    }
    int limit = 0;
    for (int i = first; i < end; i++) {
      limit += pieces.units(i) * Location.UNIT_BYTES;
      if (!isRight(work, i, into.limit(limit))) {
        return Optional.of(rotten(work, i));
      }
    }
    return DONE;
  }

  /** A part of a piece, all of which is checked. */
  private Optional<BlockOutcome> readPart(Work work, int piece, ByteBuffer into) {
    Pieces pieces = work.pieces;
    ByteBuffer whole = work.piece.clear();
    whole.limit(pieces.checkedUnits(piece) * Location.UNIT_BYTES);
    Optional<BlockOutcome> outcome = fetch(work, piece, whole);
    if (outcome.isEmpty() || !(outcome.get() instanceof BlockOutcome.Done)) {
      return outcome;
    }
    if (!isRight(work, piece, whole)) {
      return Optional.of(rotten(work, piece));
    }
    into.put(0, whole, pieces.skip(piece) * Location.UNIT_BYTES, into.capacity());
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
