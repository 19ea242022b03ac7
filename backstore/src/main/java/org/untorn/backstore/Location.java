package org.untorn.backstore;

/**
 * Where a block's bytes are stored, in one long.
 *
 * <pre>
 *   63            32 31             0
 *   [ segment number | unit         ]     unit: 512 bytes, counted from the start of the segment
 * </pre>
 *
 * Segment numbers start at 1 and are never used again, so a location means the same bytes for ever;
 * 0 is no location.
 */
final class Location {

  static final long NONE = 0;

  /** What records, payloads and locations are counted in, in bytes: a sector of the medium. */
  static final int UNIT_BYTES = 512;

  private Location() {}

  static long of(int segment, int unit) {
    return ((long) segment << 32) | unit;
  }

  static int segment(long location) {
    return (int) (location >>> 32);
  }

  static int unit(long location) {
    return (int) location;
  }

  /** Bytes from the start of the segment. */
  static long offset(long location) {
    return (location & 0xFFFF_FFFFL) * UNIT_BYTES;
  }
}
