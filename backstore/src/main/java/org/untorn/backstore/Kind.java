package org.untorn.backstore;

/**
 * What an entry of a map stands for: pieces of data that were written one behind the other and that
 * have a checksum each. Lengths are in units of 512 bytes.
 *
 * <pre>
 *   kind      entry                                     checksums
 *   0         whole granules of 8 units                 one per granule
 *   1 to 7    so many units of one granule that was     one, of the whole granule as it was
 *             written whole, and overwritten in part    written: all of it is read to check it
 *   8 to 10   blocks of 1, 2 or 4 units                 one per block
 * </pre>
 *
 * A granule is an aligned piece of 4096 bytes. It has one entry when it was written at once; only
 * where a part of it was written or unmapped are there several.
 */
final class Kind {

  static final int GRANULE_UNITS = 8;
  static final int GRANULE_BYTES = GRANULE_UNITS * Location.UNIT_BYTES;
  static final int GRANULES = 0;
  private static final int BLOCKS = 8;

  private Kind() {}

  /** Blocks of so many units; a block of a whole granule is a granule. */
  static int ofBlocks(int units) {
    return units == GRANULE_UNITS ? GRANULES : BLOCKS + Integer.numberOfTrailingZeros(units);
  }

  /** So many units of one granule. */
  static int ofPart(int units) {
    return units;
  }

  static boolean isPart(int kind) {
    return kind != GRANULES && kind < BLOCKS;
  }

  /** The units that one checksum covers, as far as the entry has them. */
  static int units(int kind) {
    if (kind == GRANULES) {
      return GRANULE_UNITS;
    }
    return kind < BLOCKS ? kind : 1 << (kind - BLOCKS);
  }

  /** The units that one checksum covers. */
  static int checkedUnits(int kind) {
    return kind < BLOCKS ? GRANULE_UNITS : 1 << (kind - BLOCKS);
  }
}
