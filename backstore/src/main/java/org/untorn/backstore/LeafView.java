package org.untorn.backstore;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/**
 * Looks at a leaf where it lies; {@link MapNodes} draws it. Used again and again, by one thread.
 * Addresses and lengths are in units of 512 bytes.
 */
final class LeafView {

  private static final VarHandle WORD = ValueLayout.JAVA_LONG.varHandle();

  private MemorySegment memory = MemorySegment.NULL;
  private long words;
  private long details;
  private long checksums;
  private long base;
  private long mapped;
  private int count;
  private int sums;
  private boolean detailed;

  /** Looks at a leaf from now on. */
  LeafView of(MapNodes nodes, int leaf) {
    memory = nodes.memory(leaf);
    count = nodes.count(leaf);
    sums = nodes.sums(leaf);
    detailed = nodes.isDetailed(leaf);
    base = nodes.base(leaf);
    mapped = nodes.mapped(leaf);
    words = MapNodes.wordsAt(leaf);
    details = MapNodes.detailsAt(leaf, count);
    checksums = MapNodes.sumsAt(leaf, count, detailed);
    return this;
  }

  int count() {
    return count;
  }

  int sums() {
    return sums;
  }

  boolean detailed() {
    return detailed;
  }

  /** How many units are mapped. */
  long mapped() {
    return mapped;
  }

  long base() {
    return base;
  }

  /** An entry's first eight bytes: its start and its location, which may be changing. */
  long word(int entry) {
    return (long) WORD.getOpaque(memory, words + (long) entry * MapNodes.WORD_BYTES);
  }

  /** Replaces an entry's location by another one where the same bytes lie; a reader sees either. */
  void relocate(int entry, long location) {
    long at = words + (long) entry * MapNodes.WORD_BYTES;
    WORD.setOpaque(memory, at, (word(entry) & ~MapNodes.LOCATION_MASK) | location);
  }

  /** An entry's other four bytes, as they would be if it is one granule alone. */
  int detail(int entry) {
    return detailed
        ? memory.get(ValueLayout.JAVA_INT, details + (long) entry * MapNodes.DETAIL_BYTES)
        : entry;
  }

  int checksum(int sum) {
    return memory.get(ValueLayout.JAVA_INT, checksums + (long) sum * MapNodes.SUM_BYTES);
  }

  long location(int entry) {
    return word(entry) & MapNodes.LOCATION_MASK;
  }

  long start(int entry) {
    return base + MapNodes.distance(word(entry), detail(entry));
  }

  int kind(int entry) {
    return MapNodes.kind(detail(entry));
  }

  int firstSum(int entry) {
    return MapNodes.firstSum(detail(entry));
  }

  /** The sum behind an entry's last one. */
  int endSum(int entry) {
    return entry + 1 < count ? firstSum(entry + 1) : sums;
  }

  int units(int entry) {
    return (endSum(entry) - firstSum(entry)) * Kind.units(kind(entry));
  }

  long end(int entry) {
    return start(entry) + units(entry);
  }

  /** The first entry that ends behind an address. */
  int firstBehind(long address) {
    int low = 0;
    int high = count;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (start(middle) <= address) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low > 0 && end(low - 1) > address ? low - 1 : low;
  }
}
