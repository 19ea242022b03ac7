package org.untorn.backstore;

import java.util.BitSet;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Which stored blocks some roots refer to, by segment. Each is counted once, however many nodes and
 * roots hold it.
 */
final class LiveBlocks {

  private final Map<Integer, Live> bySegment = new HashMap<>();
  private final Set<BlockMap.Node> seen = Collections.newSetFromMap(new IdentityHashMap<>());

  /** The blocks of one segment. Units are 512 bytes. */
  static final class Live {
    private final BitSet first = new BitSet();
    private final BitSet covered = new BitSet();

    /** The unit where the next block at or behind {@code unit} begins; -1 if there is none. */
    int nextBlock(int unit) {
      return first.nextSetBit(unit);
    }

    /** The length of the block that begins at {@code unit}, in units. */
    int length(int unit) {
      int next = first.nextSetBit(unit + 1);
      int end = covered.nextClearBit(unit);
      return (next < 0 ? end : Math.min(next, end)) - unit;
    }

    long bytes() {
      return (long) covered.cardinality() * Location.UNIT_BYTES;
    }

    private void add(int unit, int blockLength) {
      first.set(unit);
      covered.set(unit, unit + blockLength / Location.UNIT_BYTES);
    }
  }

  void add(Root root) {
    add(root.map().top(), root.geometry().blockLength());
  }

  boolean contains(Segment segment) {
    return bySegment.containsKey(segment.number());
  }

  Live of(Segment segment) {
    return bySegment.getOrDefault(segment.number(), new Live());
  }

  private void add(BlockMap.Node node, int blockLength) {
    if (node == BlockMap.Leaf.EMPTY || !seen.add(node)) {
      return;
    }
    switch (node) {
      case BlockMap.Inner inner -> {
        for (BlockMap.Node child : inner.children) {
          add(child, blockLength);
        }
      }
      case BlockMap.Leaf leaf -> {
        for (long location : leaf.locations) {
          if (location != Location.NONE) {
            bySegment
                .computeIfAbsent(Location.segment(location), number -> new Live())
                .add(Location.unit(location), blockLength);
          }
        }
      }
    }
  }
}
