package org.untorn.backstore;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * What can be asked of a {@link BlockStore}. Every operation is atomic towards every other one
 * except {@link Write}, which may be carried out as several.
 *
 * <p>A range that does not lie inside the volume is answered with {@link BlockOutcome.OutOfRange}:
 * the volume may have shrunk since the caller looked. Buffers hold whole blocks: a store answers a
 * breach of that with {@link IllegalArgumentException}. A store reads and fills buffers from their
 * position to their limit without moving either, and until the operation completes they are the
 * store's alone.
 */
public sealed interface BlockOperation {

  /**
   * Reads the blocks from {@code lba} on as they were in the newest root at one moment; {@code
   * into} gives the length.
   */
  record Read(long lba, ByteBuffer into) implements BlockOperation {}

  /** Writes the blocks from {@code lba} on; a reader or a power cut may see a part of it. */
  record Write(long lba, List<ByteBuffer> data, Durability durability) implements BlockOperation {}

  /**
   * Writes the blocks from {@code lba} on: every reader and every power cut sees all of it or
   * nothing.
   */
  record AtomicWrite(long lba, List<ByteBuffer> data, Durability durability)
      implements BlockOperation {}

  /**
   * Writes {@code data} if the blocks hold {@code expected} (as long as {@code data}); else answers
   * {@link BlockOutcome.Miscompare}.
   */
  record CompareAndWrite(
      long lba, ByteBuffer expected, List<ByteBuffer> data, Durability durability)
      implements BlockOperation {}

  /** Gives the blocks of all extents back, in one root; they read as zeros from then on. */
  record Unmap(List<BlockExtent> extents, Durability durability) implements BlockOperation {}

  /**
   * Says which of the {@code count} blocks from {@code lba} on are mapped: {@link
   * BlockOutcome.Mapping}, at most {@code maximumRuns} long.
   */
  record Status(long lba, long count, int maximumRuns) implements BlockOperation {}

  /** Puts everything that was acknowledged before it on stable storage. */
  record Flush() implements BlockOperation {}

  /** The sum of what the buffers hold, in bytes. */
  static long length(List<ByteBuffer> data) {
    long length = 0;
    for (ByteBuffer buffer : data) {
      length += buffer.remaining();
    }
    return length;
  }
}
