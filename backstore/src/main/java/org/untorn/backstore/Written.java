package org.untorn.backstore;

/**
 * A run of blocks that were stored one behind the other.
 *
 * <p>The arrays are shared and must not be changed.
 */
final class Written {

  private final long lba;
  private final long location;
  private final int unitsPerBlock;
  private final int[] checksums;
  private final int count;

  /** The blocks from {@code lba} on, the first at {@code location}, one for each checksum. */
  Written(long lba, long location, int blockLength, int[] checksums, int count) {
    this.lba = lba;
    this.location = location;
    this.unitsPerBlock = blockLength / Location.UNIT_BYTES;
    this.checksums = checksums;
    this.count = count;
  }

  long lba() {
    return lba;
  }

  /** The block after the last one. */
  long end() {
    return lba + count;
  }

  long location(long block) {
    return location + (block - lba) * unitsPerBlock;
  }

  int checksum(long block) {
    return checksums[(int) (block - lba)];
  }
}
