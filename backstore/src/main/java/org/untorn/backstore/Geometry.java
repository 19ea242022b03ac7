package org.untorn.backstore;

/**
 * The shape of a volume.
 *
 * @param blockLength bytes per logical block: a power of two, 512 to 4096
 * @param blocks the capacity in logical blocks, at least 0
 */
public record Geometry(int blockLength, long blocks) {

  public Geometry {
    if (blockLength < 512 || blockLength > 4096 || Integer.bitCount(blockLength) != 1) {
      throw new IllegalArgumentException(
          "a block of " + blockLength + " bytes: 512, 1024, 2048 or 4096 are supported");
    }
    if (blocks < 0 || blocks > Long.MAX_VALUE / blockLength) {
      throw new IllegalArgumentException("a volume of " + blocks + " blocks");
    }
  }

  /** The capacity in bytes. */
  public long bytes() {
    return blocks * blockLength;
  }

  /**
   * Whether {@code count} blocks from {@code lba} lie inside the volume; both are unsigned, an
   * empty range may start at its end.
   */
  public boolean contains(long lba, long count) {
    return lba >= 0 && count >= 0 && count <= blocks && lba <= blocks - count;
  }
}
