package org.untorn.backstore;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.function.LongUnaryOperator;

/**
 * Entries of a map, unpacked to be changed: what one leaf holds, or more than a leaf can hold. It
 * is used again and again, by one thread, and grows to what is needed.
 *
 * <p>Invariant: entries are in the order of their addresses and do not overlap; entry i has the
 * checksums from {@code firstSums[i]} up to the next one's first. Addresses and lengths are in
 * units of 512 bytes.
 */
final class LeafImage {

  private int count;
  private int sums;
  private long[] starts = new long[256];
  private long[] locations = new long[256];
  private int[] kinds = new int[256];
  private int[] firstSums = new int[256];
  private int[] checksums = new int[512];

  /** What is packed. A leaf has fewer. */
  private final long[] words = new long[256];

  private final int[] details = new int[256];

  int count() {
    return count;
  }

  long start(int entry) {
    return starts[entry];
  }

  long location(int entry) {
    return locations[entry];
  }

  int kind(int entry) {
    return kinds[entry];
  }

  int sumCount(int entry) {
    return (entry + 1 < count ? firstSums[entry + 1] : sums) - firstSums[entry];
  }

  int checksum(int entry, int index) {
    return checksums[firstSums[entry] + index];
  }

  int units(int entry) {
    return sumCount(entry) * Kind.units(kinds[entry]);
  }

  long end(int entry) {
    return starts[entry] + units(entry);
  }

  /** The sum of the entries' lengths. */
  long mapped(int from, int to) {
    long mapped = 0;
    for (int i = from; i < to; i++) {
      mapped += units(i);
    }
    return mapped;
  }

  /** The first entry that ends behind {@code address}. */
  int firstBehind(long address) {
    int entry = firstFrom(address);
    return entry > 0 && end(entry - 1) > address ? entry - 1 : entry;
  }

  /** The first entry that starts at {@code address} or behind it. */
  int firstFrom(long address) {
    int low = 0;
    int high = count;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (starts[middle] < address) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  void clear() {
    count = 0;
    sums = 0;
  }

  void add(long start, long location, int kind, int[] from, int first, int length) {
    reserve(count + 1, sums + length);
    starts[count] = start;
    locations[count] = location;
    kinds[count] = kind;
    firstSums[count] = sums;
    System.arraycopy(from, first, checksums, sums, length);
    count++;
    sums += length;
  }

  /** Adds what another image's entry has between two addresses, up to three entries. */
  void addPart(LeafImage from, int entry, long start, long end) {
    int kind = from.kinds[entry];
    if (kind == Kind.GRANULES) {
      long wholeFrom = Math.ceilDiv(start, Kind.GRANULE_UNITS) * Kind.GRANULE_UNITS;
      long wholeTo = end - end % Kind.GRANULE_UNITS;
      if (start < wholeFrom) {
        addPiece(from, entry, start, Math.min(wholeFrom, end));
      }
      if (wholeFrom < wholeTo) {
        addRun(from, entry, wholeFrom, wholeTo);
      }
      if (Math.max(wholeTo, wholeFrom) < end) {
        addPiece(from, entry, wholeTo, end);
      }
    } else if (Kind.isPart(kind)) {
      addPiece(from, entry, start, end);
    } else {
      addRun(from, entry, start, end);
    }
  }

  /** Whole pieces. */
  private void addRun(LeafImage from, int entry, long start, long end) {
    int kind = from.kinds[entry];
    int skipped = (int) (start - from.starts[entry]);
    int first = from.firstSums[entry] + skipped / Kind.units(kind);
    int length = (int) (end - start) / Kind.units(kind);
    add(start, from.locations[entry] + skipped, kind, from.checksums, first, length);
  }

  /** A part of one granule. */
  private void addPiece(LeafImage from, int entry, long start, long end) {
    int skipped = (int) (start - from.starts[entry]);
    int first = from.firstSums[entry];
    first += from.kinds[entry] == Kind.GRANULES ? skipped / Kind.GRANULE_UNITS : 0;
    int kind = Kind.ofPart((int) (end - start));
    add(start, from.locations[entry] + skipped, kind, from.checksums, first, 1);
  }

  /** Puts {@code entries} in the place of those from {@code from} to {@code to}. */
  void replace(int from, int to, LeafImage entries) {
    int firstSum = from < count ? firstSums[from] : sums;
    int nextSum = to < count ? firstSums[to] : sums;
    int moreSums = entries.sums - (nextSum - firstSum);
    int tail = count - to;
    reserve(from + entries.count + tail, sums + moreSums);
    int target = from + entries.count;
    System.arraycopy(starts, to, starts, target, tail);
    System.arraycopy(locations, to, locations, target, tail);
    System.arraycopy(kinds, to, kinds, target, tail);
    System.arraycopy(firstSums, to, firstSums, target, tail);
    System.arraycopy(checksums, nextSum, checksums, nextSum + moreSums, sums - nextSum);
    System.arraycopy(entries.starts, 0, starts, from, entries.count);
    System.arraycopy(entries.locations, 0, locations, from, entries.count);
    System.arraycopy(entries.kinds, 0, kinds, from, entries.count);
    System.arraycopy(entries.firstSums, 0, firstSums, from, entries.count);
    System.arraycopy(entries.checksums, 0, checksums, firstSum, entries.sums);
    for (int i = from; i < target; i++) {
      firstSums[i] += firstSum;
    }
    for (int i = target; i < target + tail; i++) {
      firstSums[i] += moreSums;
    }
    count = target + tail;
    sums += moreSums;
  }

  private void reserve(int entries, int checks) {
    if (entries > starts.length) {
      int length = Math.max(entries, 2 * starts.length);
      starts = Arrays.copyOf(starts, length);
      locations = Arrays.copyOf(locations, length);
      kinds = Arrays.copyOf(kinds, length);
      firstSums = Arrays.copyOf(firstSums, length);
    }
    if (checks > checksums.length) {
      checksums = Arrays.copyOf(checksums, Math.max(checks, 2 * checksums.length));
    }
  }

  /** Takes in what a leaf holds. */
  void load(MapNodes nodes, int leaf) {
    clear();
    int n = nodes.count(leaf);
    boolean detailed = nodes.isDetailed(leaf);
    int length = nodes.sums(leaf);
    reserve(n, length);
    MemorySegment memory = nodes.memory(leaf);
    MemorySegment.copy(memory, ValueLayout.JAVA_LONG, MapNodes.wordsAt(leaf), locations, 0, n);
    long sumsAt = MapNodes.sumsAt(leaf, n, detailed);
    MemorySegment.copy(memory, ValueLayout.JAVA_INT, sumsAt, checksums, 0, length);
    long base = nodes.base(leaf);
    if (detailed) {
      MemorySegment.copy(
          memory, ValueLayout.JAVA_INT, MapNodes.detailsAt(leaf, n), firstSums, 0, n);
      for (int i = 0; i < n; i++) {
        int detail = firstSums[i];
        starts[i] = base + MapNodes.distance(locations[i], detail);
        kinds[i] = MapNodes.kind(detail);
        firstSums[i] = MapNodes.firstSum(detail);
      }
    } else {
      for (int i = 0; i < n; i++) {
        starts[i] = base + MapNodes.distance(locations[i], 0);
        firstSums[i] = i;
      }
      Arrays.fill(kinds, 0, n, Kind.GRANULES);
    }
    for (int i = 0; i < n; i++) {
      locations[i] &= MapNodes.LOCATION_MASK;
    }
    count = n;
    sums = length;
  }

  /** What a leaf with these entries takes, in bytes. */
  int bytes(int from, int to) {
    return bytes(from, to, isDetailed(from, to));
  }

  private int bytes(int from, int to, boolean detailed) {
    return MapNodes.leafBytes(to - from, sumsOf(from, to), detailed);
  }

  private int sumsOf(int from, int to) {
    return (to < count ? firstSums[to] : sums) - firstSums[from];
  }

  private boolean isDetailed(int from, int to) {
    int kind = 0;
    for (int i = from; i < to; i++) {
      kind |= kinds[i];
    }
    return kind != Kind.GRANULES
        || sumsOf(from, to) != to - from
        || (starts[to - 1] - starts[from]) >>> 16 != 0;
  }

  /** Whether all entries fit into one leaf. */
  boolean fitsOneLeaf() {
    return isNear(0, count - 1) && bytes(0, count) <= NodeSpace.MAXIMUM_BYTES;
  }

  /** Where a leaf ends that begins with an entry and is to be about {@code wanted} bytes long. */
  int endOfLeaf(int from, int wanted) {
    boolean detailed = isDetailed(0, count);
    int to = from + 1;
    while (to < count
        && isNear(from, to)
        && bytes(from, to, detailed) < wanted
        && bytes(from, to + 1, detailed) <= NodeSpace.MAXIMUM_BYTES) {
      to++;
    }
    return to;
  }

  /** Whether a leaf that begins with one entry can hold the other one. */
  private boolean isNear(int from, int to) {
    return (starts[to] - starts[from]) >>> Integer.SIZE == 0;
  }

  /** Gives each entry the location that takes its old one's place. */
  void relocate(LongUnaryOperator forwarding) {
    for (int i = 0; i < count; i++) {
      locations[i] = forwarding.applyAsLong(locations[i]);
    }
  }

  /** Makes a leaf of some entries. */
  int store(MapNodes nodes, int from, int to) {
    int n = to - from;
    int length = sumsOf(from, to);
    long base = starts[from];
    boolean detailed = isDetailed(from, to);
    long mapped = detailed ? mapped(from, to) : (long) n * Kind.GRANULE_UNITS;
    int leaf = nodes.allocateLeaf(n, length, detailed, mapped, base);
    for (int i = 0; i < n; i++) {
      words[i] = (starts[from + i] - base) << Location.BITS | locations[from + i];
    }
    MemorySegment memory = nodes.memory(leaf);
    MemorySegment.copy(words, 0, memory, ValueLayout.JAVA_LONG, MapNodes.wordsAt(leaf), n);
    if (detailed) {
      int firstSum = firstSums[from];
      for (int i = 0; i < n; i++) {
        long distance = starts[from + i] - base;
        details[i] = MapNodes.detail(distance, kinds[from + i], firstSums[from + i] - firstSum);
      }
      long detailsAt = MapNodes.detailsAt(leaf, n);
      MemorySegment.copy(details, 0, memory, ValueLayout.JAVA_INT, detailsAt, n);
    }
    long sumsAt = MapNodes.sumsAt(leaf, n, detailed);
    MemorySegment.copy(checksums, firstSums[from], memory, ValueLayout.JAVA_INT, sumsAt, length);
    return leaf;
  }
}
