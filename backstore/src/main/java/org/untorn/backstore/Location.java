package org.untorn.backstore;

/**
 * Where stored bytes lie, in the low 48 bits of a long.
 *
 * <pre>
 *   63      48 47                  21 20             0
 *   [ 0       | segment number       | unit          ]     unit: 512 bytes, from the segment's start
 * </pre>
 *
 * Segment numbers start at 1 and are never used again, so a location means the same bytes for ever;
 * 0 is no location. The numbers last for 8 EiB of log in segments of 64 MiB.
 */
final class Location {

  static final long NONE = 0;

  /** What records, payloads and locations are counted in, in bytes: a sector of the medium. */
  static final int UNIT_BYTES = 512;

  static final int BITS = 48;

  private static final int UNIT_BITS = 21;

  /** The last number that a segment can have. */
  static final int LAST_SEGMENT = (1 << (BITS - UNIT_BITS)) - 1;

  private Location() {}

  static long of(int segment, int unit) {
    return ((long) segment << UNIT_BITS) | unit;
  }

  static int segment(long location) {
    return (int) (location >>> UNIT_BITS);
  }

  static int unit(long location) {
    return (int) location & ((1 << UNIT_BITS) - 1);
  }

  /** Bytes from the start of the segment. */
  static long offset(long location) {
    return (long) unit(location) * UNIT_BYTES;
  }
}
