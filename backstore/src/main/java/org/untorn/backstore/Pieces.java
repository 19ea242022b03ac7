package org.untorn.backstore;

import java.util.Arrays;

/**
 * What a read has to fetch: for each stored piece that it wants something of, where that lies, what
 * it adds up to, and where it goes. It is used again and again, by one thread, and grows to what is
 * needed.
 *
 * <pre>
 *   stored, one checksum   [ ..... | wanted | .. ]      checkedUnits long
 *                            skip    units
 *   read                           [ wanted ]           at {@code start} in the volume
 * </pre>
 *
 * Lengths and addresses are in units of 512 bytes; pieces are in the order of their addresses.
 */
final class Pieces {

  private final LeafView leaf = new LeafView();
  private int count;
  private long[] starts = new long[16];
  private long[] locations = new long[16];
  private int[] shapes = new int[16];
  private int[] checksums = new int[16];

  /** What the search looks at. */
  LeafView leaf() {
    return leaf;
  }

  void clear() {
    count = 0;
  }

  int count() {
    return count;
  }

  /** The first wanted unit of the volume. */
  long start(int piece) {
    return starts[piece];
  }

  /** Where the whole piece is stored, of which a part may be wanted. */
  long location(int piece) {
    return locations[piece];
  }

  /** How much of the piece lies in front of what is wanted. */
  int skip(int piece) {
    return shapes[piece] >>> 16;
  }

  /** How much is wanted. */
  int units(int piece) {
    return shapes[piece] >>> 8 & 0xFF;
  }

  /** How long the whole piece is. */
  int checkedUnits(int piece) {
    return shapes[piece] & 0xFF;
  }

  int checksum(int piece) {
    return checksums[piece];
  }

  boolean isWhole(int piece) {
    return units(piece) == checkedUnits(piece);
  }

  long end(int piece) {
    return starts[piece] + units(piece);
  }

  void add(long start, long location, int skip, int units, int checkedUnits, int checksum) {
    if (count == starts.length) {
      starts = Arrays.copyOf(starts, 2 * count);
      locations = Arrays.copyOf(locations, 2 * count);
      shapes = Arrays.copyOf(shapes, 2 * count);
      checksums = Arrays.copyOf(checksums, 2 * count);
    }
    starts[count] = start;
    locations[count] = location;
    shapes[count] = skip << 16 | units << 8 | checkedUnits;
    checksums[count] = checksum;
    count++;
  }

  /** Where a run of whole pieces ends that lie one behind the other, here and where stored. */
  int endOfRun(int first) {
    int next = first + 1;
    while (next < count
        && isWhole(next)
        && starts[next] == end(next - 1)
        && locations[next] == locations[next - 1] + checkedUnits(next - 1)) {
      next++;
    }
    return next;
  }
}
