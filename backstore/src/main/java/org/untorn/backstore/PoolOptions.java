package org.untorn.backstore;

/**
 * How a pool is laid out and what it may use.
 *
 * @param segmentBytes the length of each segment, a multiple of 4096, 8 KiB to 1 GiB; an existing
 *     pool keeps its own
 * @param capacityBytes what all segments together may take, at least eight segments
 * @param unsyncedBytes about how much may be appended and not yet be on stable storage; when it is
 *     reached, writes wait for a sync, which has begun long before
 */
public record PoolOptions(int segmentBytes, long capacityBytes, long unsyncedBytes) {

  /** Segments of 64 MiB, no limit but the medium's own, and 128 MiB unsynced. */
  public static final PoolOptions DEFAULT = new PoolOptions(64 << 20, Long.MAX_VALUE, 128L << 20);

  private static final int FEWEST_SEGMENTS = 8;

  public PoolOptions {
    if (segmentBytes < 8 << 10 || segmentBytes > 1 << 30 || segmentBytes % 4096 != 0) {
      throw new IllegalArgumentException(
          "segments of " + segmentBytes + " bytes: 8 KiB to 1 GiB, a multiple of 4096");
    }
    if (capacityBytes / segmentBytes < FEWEST_SEGMENTS) {
      throw new IllegalArgumentException(
          "a capacity of " + capacityBytes + " bytes is less than eight segments");
    }
    if (unsyncedBytes < 1) {
      throw new IllegalArgumentException(unsyncedBytes + " bytes unsynced: at least one");
    }
  }

  /** The same with segments of another length. */
  public PoolOptions withSegmentBytes(int bytes) {
    return new PoolOptions(bytes, capacityBytes, unsyncedBytes);
  }

  /** The same with another capacity. */
  public PoolOptions withCapacityBytes(long bytes) {
    return new PoolOptions(segmentBytes, bytes, unsyncedBytes);
  }

  /** The same with another bound of what is unsynced. */
  public PoolOptions withUnsyncedBytes(long bytes) {
    return new PoolOptions(segmentBytes, capacityBytes, bytes);
  }

  /**
   * The same with a capacity that {@code bytes} of blocks fit into, however they are written: some
   * is lost to headers, to half-empty segments and to granules that were overwritten in part, and
   * some is kept for cleaning.
   */
  public PoolOptions withRoomFor(long bytes) {
    long payload = 2 * bytes + bytes / 4;
    return withCapacityBytes(payload + FEWEST_SEGMENTS * (long) segmentBytes);
  }

  /**
   * The longest atomic write, in blocks: it is one record, and a record does not span segments. A
   * longer one is a breach of the contract of {@link BlockStore}.
   */
  public int maximumAtomicBlocks(int blockLength) {
    return SegmentLayout.maximumBlocks(segmentBytes, blockLength);
  }
}
