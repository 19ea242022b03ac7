package org.untorn.backstore;

/**
 * How much some leaves refer to, by segment. What leaves refer to that went different ways since
 * they were one, like those of a volume and its snapshot, counts for each: a segment that nothing
 * refers to has nothing here, and no other one has more than is said here.
 */
final class LiveBytes {

  private final IntMap bySegment = new IntMap();
  private long total;

  void add(LeafView leaf) {
    for (int i = 0; i < leaf.count(); i++) {
      long bytes = (long) leaf.units(i) * Location.UNIT_BYTES;
      bySegment.add(Location.segment(leaf.location(i)), bytes);
      total += bytes;
    }
  }

  boolean contains(Segment segment) {
    return of(segment) > 0;
  }

  long of(Segment segment) {
    return bySegment.get(segment.number());
  }

  long total() {
    return total;
  }
}
