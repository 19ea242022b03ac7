package org.untorn.backstore;

import java.util.List;

/**
 * How a {@link BlockOperation} ended. What is expected to go wrong is a value; exceptions mean a
 * bug.
 */
public sealed interface BlockOutcome {

  /** The one instance that most operations end in. */
  Done DONE = new Done();

  /** It was carried out, with the durability that was asked for. */
  record Done() implements BlockOutcome {}

  /**
   * The answer to {@link BlockOperation.Status}: runs that alternate or not, without a gap, in
   * order.
   */
  record Mapping(List<Run> runs) implements BlockOutcome {

    /** {@code count} blocks from {@code lba} on that are all mapped or all not. */
    public record Run(long lba, long count, boolean mapped) {}
  }

  /**
   * Nothing was written: the first differing byte is {@code offset} bytes into the compared range.
   */
  record Miscompare(long offset) implements BlockOutcome {}

  /** Nothing was done: the blocks do not lie in the volume, which may have shrunk meanwhile. */
  record OutOfRange() implements BlockOutcome {}

  /** Nothing was written: the pool has no space left. Reads go on, and freeing space heals it. */
  record OutOfSpace() implements BlockOutcome {}

  /** The medium could not give back the block at {@code lba}. */
  record Unreadable(long lba, String why) implements BlockOutcome {}

  /** The block at {@code lba} was marked as bad by a command, and was not written since. */
  record MarkedBad(long lba) implements BlockOutcome {}

  /** The medium failed a write; the operation left nothing behind. */
  record WriteFailed(String why) implements BlockOutcome {}

  /**
   * The store has stopped (a sync or a write failed, or it was closed) and takes no change until it
   * is reopened. Unless it was closed, reads go on.
   */
  record Stopped(String why) implements BlockOutcome {}
}
