package org.untorn.backstore;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * Reads the blocks of a root. Each block is checked against the checksum that the map holds for it,
 * so what comes back is what was written.
 */
final class RootReader {

  private static final Optional<BlockOutcome> DONE = Optional.of(BlockOutcome.DONE);

  private final Medium medium;
  private final Segments segments;

  RootReader(Medium medium, Segments segments) {
    this.medium = medium;
    this.segments = segments;
  }

  /**
   * Fills {@code into}.
   *
   * @return empty if a segment was freed on the way: the root is no longer the newest, and a newer
   *     one can be read
   */
  Optional<BlockOutcome> read(Root root, long lba, ByteBuffer into) {
    int blockLength = root.geometry().blockLength();
    Cursor cursor = new Cursor(root.map());
    long end = lba + into.remaining() / blockLength;
    int at = into.position();
    for (long block = lba; block < end; ) {
      int count = cursor.runLength(block, end, blockLength / Location.UNIT_BYTES);
      if (cursor.location(block) == Location.NONE) {
        Zeros.put(into, at, count * blockLength);
      } else {
        Optional<BlockOutcome> outcome =
            readRun(cursor, block, into.slice(at, count * blockLength), blockLength);
        if (outcome.isEmpty() || !(outcome.get() instanceof BlockOutcome.Done)) {
          return outcome;
        }
      }
      at += count * blockLength;
      block += count;
    }
    return DONE;
  }

  private Optional<BlockOutcome> readRun(
      Cursor cursor, long lba, ByteBuffer into, int blockLength) {
    long location = cursor.location(lba);
    Optional<Segment> segment = segments.find(Location.segment(location));
    if (segment.isEmpty() || !segment.get().tryPin()) {
      return Optional.empty();
    }
    try {
      medium.read(segment.get().file(), Location.offset(location), into, Purpose.DATA);
    } catch (IOException | RuntimeException e) {
      return Optional.of(new BlockOutcome.Unreadable(lba, e.toString()));
    } finally {
      segment.get().unpin();
    }
    CRC32C crc = new CRC32C();
    ByteBuffer block = into.duplicate();
    for (int i = 0; i < into.limit() / blockLength; i++) {
      crc.reset();
      crc.update(block.limit((i + 1) * blockLength));
      if ((int) crc.getValue() != cursor.checksum(lba + i)) {
        return Optional.of(rotten(segment.get(), cursor.location(lba + i), lba + i));
      }
    }
    return DONE;
  }

  private static BlockOutcome rotten(Segment segment, long location, long lba) {
    String where = segment.file() + " at byte " + Location.offset(location);
    return new BlockOutcome.Unreadable(lba, where + ": the block's checksum is wrong");
  }

  /** Walks along a map, keeping the leaf that it is in. */
  private static final class Cursor {
    private final BlockMap map;
    private BlockMap.Leaf leaf = BlockMap.Leaf.EMPTY;
    private long leafNumber = -1;

    Cursor(BlockMap map) {
      this.map = map;
    }

    long location(long lba) {
      return leafOf(lba).locations[(int) lba & (BlockMap.WIDTH - 1)];
    }

    int checksum(long lba) {
      return leafOf(lba).checksums[(int) lba & (BlockMap.WIDTH - 1)];
    }

    /** How many blocks from {@code lba} on are stored one behind the other, or nowhere. */
    int runLength(long lba, long end, int unitsPerBlock) {
      long location = location(lba);
      int step = location == Location.NONE ? 0 : unitsPerBlock;
      int count = 1;
      while (lba + count < end && location(lba + count) == location + (long) count * step) {
        count++;
      }
      return count;
    }

    private BlockMap.Leaf leafOf(long lba) {
      if (lba >>> BlockMap.BITS != leafNumber) {
        leafNumber = lba >>> BlockMap.BITS;
        leaf = map.leaf(lba);
      }
      return leaf;
    }
  }
}
