package org.untorn.oracle;

import java.util.List;

/** What was asked of a disk, as far as a history remembers it. Ranges are in blocks. */
public sealed interface Operation {

  /**
   * New content for the blocks from {@code lba} on.
   *
   * <p>It changes in units of {@code unit} blocks, counted from {@code lba}, each of which is whole
   * or absent for every reader and after every power cut:
   *
   * <pre>
   *   WRITE                               unit 1             a disk promises no more than a block
   *   WRITE ATOMIC, ATOMIC BOUNDARY 0     unit = all of it
   *   WRITE ATOMIC, ATOMIC BOUNDARY n     unit n             several atomic operations (SBC-4 4.29)
   * </pre>
   *
   * @param contents one {@link Content} for each block; at least one
   * @param atomic whether it was a WRITE ATOMIC
   * @param stable whether it was to be on stable storage when answered: FUA, or no write cache
   */
  record Write(long lba, List<Long> contents, boolean atomic, int unit, boolean stable)
      implements Operation {

    public Write {
      contents = List.copyOf(contents);
      if (contents.isEmpty() || unit < 1 || lba < 0) {
        throw new IllegalArgumentException(
            "a write of %d blocks in units of %d at %d".formatted(contents.size(), unit, lba));
      }
    }

    /** A plain write into the disk's cache. */
    public static Write plain(long lba, List<Long> contents) {
      return new Write(lba, contents, false, 1, false);
    }

    /** One atomic operation, into the disk's cache. */
    public static Write atomic(long lba, List<Long> contents) {
      return new Write(lba, contents, true, contents.size(), false);
    }

    /** The same with FUA. */
    public Write forced() {
      return new Write(lba, contents, atomic, unit, true);
    }

    /** How many blocks it covers. */
    public int blocks() {
      return contents.size();
    }

    /** The first block behind it. */
    public long end() {
      return lba + contents.size();
    }

    boolean covers(long block) {
      return block >= lba && block < end();
    }

    long contentAt(long block) {
      return contents.get((int) (block - lba));
    }

    /** The place of the unit that a block is in. */
    int unitAt(long block) {
      return (int) (block - lba) / unit;
    }

    /** For people: {@code WRITE ATOMIC of 8 blocks at 64 (FUA)}. */
    @Override
    public String toString() {
      return "%s of %d %s at %d%s"
          .formatted(
              atomic ? "WRITE ATOMIC" : "WRITE",
              blocks(),
              blocks() == 1 ? "block" : "blocks",
              lba,
              stable ? " with FUA" : "");
    }
  }

  /** The content of {@code blocks} blocks from {@code lba} on is asked for. */
  record Read(long lba, int blocks) implements Operation {}

  /** SYNCHRONIZE CACHE: what was answered before it was sent is stable when it is answered. */
  record Flush() implements Operation {}
}
