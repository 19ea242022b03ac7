package org.untorn.core;

import java.util.function.LongSupplier;
import org.untorn.backstore.Geometry;

/**
 * How much of what a disk's blocks are kept in there is, and is used (SBC-4, logical block
 * provisioning thresholds). Initiators are told in threshold sets: pieces of 2 to the power of
 * THRESHOLD EXPONENT blocks.
 *
 * @param usable what blocks may fill, in bytes; other disks may share it
 * @param used what of it is used, in bytes
 * @param threshold so many percent of what is usable initiators are warned of; 100 for no warning
 */
public record Provisioning(LongSupplier usable, LongSupplier used, int threshold) {

  private static final int PERCENT = 100;

  /** A threshold set has so many bytes, or more on a disk that has too many of them. */
  private static final int SET_BYTES = 1 << 20;

  /** There are fewer sets than this. */
  private static final long MOST_SETS = 1L << 32;

  /** A disk that has as much as it says, of which nothing is known to be used. */
  static Provisioning of(Geometry geometry) {
    return new Provisioning(geometry::bytes, () -> 0, PERCENT);
  }

  /** THRESHOLD EXPONENT of a disk. */
  static int exponent(Geometry geometry) {
    int exponent = Integer.numberOfTrailingZeros(SET_BYTES / geometry.dataLength());
    while (geometry.blocks() >> exponent >= MOST_SETS) {
      exponent++;
    }
    return exponent;
  }

  /**
   * An estimate in threshold sets.
   *
   * @param available what is not used
   * @param used what is, the last set of it in part
   */
  record Sets(long available, long used) {}

  /** Says in the mode page that tells of it whether there is a threshold, and where. */
  byte[] fill(ModePage page, byte[] bytes, Geometry geometry) {
    if (page.equals(ModePage.LOGICAL_BLOCK_PROVISIONING) && threshold < PERCENT) {
      long level = usable.getAsLong() / PERCENT * threshold;
      long sets = level / ((long) geometry.dataLength() << exponent(geometry));
      ModePage.ENABLED.put(bytes, 1);
      ModePage.THRESHOLD_COUNT.put(bytes, Math.min(sets, MOST_SETS - 1));
    }
    return bytes;
  }

  Sets sets(Geometry geometry) {
    long bytes = (long) geometry.dataLength() << exponent(geometry);
    long now = used.getAsLong();
    long left = Math.max(0, usable.getAsLong() - now);
    return new Sets(
        Math.min(left / bytes, MOST_SETS - 1), Math.min((now + bytes - 1) / bytes, MOST_SETS - 1));
  }
}
