package org.untorn.backstore;

/**
 * Finds out what a root maps, without a lock: a caller that holds no reference to the root is
 * between {@link Readers#enter} and {@link Readers#exit}. Addresses are in units of 512 bytes.
 */
final class MapReader {

  private final MapNodes nodes;

  MapReader(MapNodes nodes) {
    this.nodes = nodes;
  }

  /** Where mapped ranges go. */
  @FunctionalInterface
  interface RangeSink {
    /** Takes a range, which may go on where the last one ended; false says: enough. */
    boolean range(long start, long end);
  }

  /** Adds the pieces that are mapped from {@code start} to {@code end}. */
  void find(Root root, long start, long end, Pieces into) {
    LeafView leaf = into.leaf();
    long at = start;
    while (at < end && root.top() != MapNodes.NONE) {
      long covered = descend(root, at, leaf);
      for (int i = leaf.firstBehind(at); i < leaf.count() && leaf.start(i) < end; i++) {
        addPieces(leaf, i, at, end, into);
      }
      at = covered;
    }
  }

  /** Tells {@code sink} in order what is mapped from {@code start} to {@code end}. */
  void ranges(Root root, long start, long end, RangeSink sink) {
    LeafView leaf = new LeafView();
    long at = start;
    while (at < end && root.top() != MapNodes.NONE) {
      long covered = descend(root, at, leaf);
      for (int i = leaf.firstBehind(at); i < leaf.count() && leaf.start(i) < end; i++) {
        if (!sink.range(Math.max(at, leaf.start(i)), Math.min(end, leaf.end(i)))) {
          return;
        }
      }
      at = covered;
    }
  }

  /** Looks at the leaf that has an address, and says from where on others have it. */
  private long descend(Root root, long address, LeafView leaf) {
    long covered = Long.MAX_VALUE;
    int node = root.top();
    for (int level = root.height(); level > 0; level--) {
      int child = nodes.childIndex(node, address);
      if (child + 1 < nodes.count(node)) {
        covered = Math.min(covered, nodes.key(node, child + 1));
      }
      node = nodes.child(node, child);
    }
    leaf.of(nodes, node);
    return covered;
  }

  private static void addPieces(LeafView leaf, int entry, long from, long to, Pieces into) {
    long start = leaf.start(entry);
    long location = leaf.location(entry);
    int first = leaf.firstSum(entry);
    int kind = leaf.kind(entry);
    if (Kind.isPart(kind)) {
      long wanted = Math.max(start, from);
      int units = (int) (Math.min(start + kind, to) - wanted);
      int before = (int) (start % Kind.GRANULE_UNITS);
      int skip = before + (int) (wanted - start);
      into.add(wanted, location - before, skip, units, Kind.GRANULE_UNITS, leaf.checksum(first));
      return;
    }
    int length = Kind.units(kind);
    int end = leaf.endSum(entry);
    int sum = first + (int) (Math.max(0, from - start) / length);
    for (; sum < end; sum++) {
      int offset = (sum - first) * length;
      long piece = start + offset;
      if (piece >= to) {
        return;
      }
      long wanted = Math.max(piece, from);
      int units = (int) (Math.min(piece + length, to) - wanted);
      int skip = (int) (wanted - piece);
      into.add(wanted, location + offset, skip, units, length, leaf.checksum(sum));
    }
  }
}
