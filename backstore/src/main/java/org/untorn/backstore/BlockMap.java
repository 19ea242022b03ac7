package org.untorn.backstore;

import java.util.Arrays;

/**
 * The map of one root: from each logical block to where it is stored and what its bytes add up to.
 * It is immutable; a change copies the nodes on its way and shares all others with the map that it
 * came from.
 *
 * <pre>
 *   height 2          [ . . . . ]           each inner node has 64 children,
 *                     /    |                each leaf 64 blocks:
 *   height 1    [ . . ]  [ . . ]
 *               /    \       \              location[64]   0, or a {@link Location}
 *   height 0  leaf   leaf    leaf           checksum[64]   CRC32C of the block
 * </pre>
 *
 * Invariants:
 *
 * <ol>
 *   <li>A subtree that maps nothing is {@link Leaf#EMPTY}, at any height, so memory is proportional
 *       to what is mapped.
 *   <li>{@code mapped} of a node is the number of mapped blocks below it.
 *   <li>Nodes reachable from a map never change.
 * </ol>
 */
final class BlockMap {

  static final int BITS = 6;
  static final int WIDTH = 1 << BITS;
  private static final int MASK = WIDTH - 1;

  static final BlockMap EMPTY = new BlockMap(Leaf.EMPTY, 0);

  private final Node top;
  private final int height;

  BlockMap(Node top, int height) {
    this.top = top;
    this.height = height;
  }

  Node top() {
    return top;
  }

  int height() {
    return height;
  }

  /** How many blocks are mapped. */
  long mapped() {
    return top.mapped();
  }

  /** The leaf that holds a block, or {@link Leaf#EMPTY}. */
  Leaf leaf(long lba) {
    if (lba >>> BITS >= span(height) >>> BITS) {
      return Leaf.EMPTY;
    }
    Node node = top;
    for (int level = height; ; level--) {
      switch (node) {
        case Leaf leaf -> {
          return leaf;
        }
        case Inner inner -> node = inner.children[index(lba, level)];
      }
    }
  }

  /** Maps the blocks of {@code written}. */
  BlockMap with(Written written) {
    int tall = height;
    Node node = top;
    while (written.end() > span(tall)) {
      node = grow(node);
      tall++;
    }
    return new BlockMap(put(node, tall, 0, written), tall);
  }

  /** Unmaps {@code count} blocks from {@code lba} on. */
  BlockMap without(long lba, long count) {
    long end = Math.min(lba + count, span(height));
    if (lba >= end) {
      return this;
    }
    Node less = remove(top, height, 0, lba, end);
    return less == top ? this : new BlockMap(less, height);
  }

  /**
   * Tells {@code sink} in order about the ranges of {@code count} blocks from {@code lba} on, each
   * all mapped or all not; neighbours may be alike.
   */
  void ranges(long lba, long count, RangeSink sink) {
    long end = lba + count;
    long covered = Math.min(end, span(height));
    boolean more = lba >= covered || visit(top, height, 0, lba, covered, sink);
    long rest = Math.max(lba, covered);
    if (more && rest < end) {
      sink.range(rest, end - rest, false);
    }
  }

  /** How many blocks a tree of this height can hold. */
  private static long span(int height) {
    int bits = BITS * (height + 1);
    return bits >= Long.SIZE - 1 ? Long.MAX_VALUE : 1L << bits;
  }

  private static int index(long lba, int level) {
    return (int) (lba >>> (BITS * level)) & MASK;
  }

  private static Node grow(Node node) {
    if (node == Leaf.EMPTY) {
      return node;
    }
    Node[] children = Inner.emptyChildren();
    children[0] = node;
    return new Inner(children, node.mapped());
  }

  private static Node put(Node node, int level, long base, Written written) {
    if (level == 0) {
      return putLeaf((Leaf) node, base, written);
    }
    Node[] children = Inner.childrenOf(node);
    long mapped = node.mapped();
    long step = span(level - 1);
    int first = index(Math.max(base, written.lba()), level);
    int last = index(Math.min(base + step * WIDTH, written.end()) - 1, level);
    for (int i = first; i <= last; i++) {
      Node child = put(children[i], level - 1, base + i * step, written);
      mapped += child.mapped() - children[i].mapped();
      children[i] = child;
    }
    return new Inner(children, mapped);
  }

  private static Leaf putLeaf(Leaf leaf, long base, Written written) {
    long[] locations = leaf.locations.clone();
    int[] checksums = leaf.checksums.clone();
    long mapped = leaf.mapped;
    int first = (int) (Math.max(base, written.lba()) - base);
    int end = (int) (Math.min(base + WIDTH, written.end()) - base);
    for (int i = first; i < end; i++) {
      mapped += locations[i] == Location.NONE ? 1 : 0;
      locations[i] = written.location(base + i);
      checksums[i] = written.checksum(base + i);
    }
    return new Leaf(locations, checksums, mapped);
  }

  private static Node remove(Node node, int level, long base, long from, long to) {
    long step = level == 0 ? 1 : span(level - 1);
    if (node == Leaf.EMPTY || (from <= base && to - base >= step * WIDTH)) {
      return Leaf.EMPTY;
    }
    int first = index(Math.max(base, from), level);
    int last = index(Math.min(base + step * WIDTH, to) - 1, level);
    Node less =
        switch (node) {
          case Leaf leaf -> removeFromLeaf(leaf, first, last);
          case Inner inner -> {
            Node[] children = inner.children.clone();
            long mapped = inner.mapped;
            for (int i = first; i <= last; i++) {
              Node child = remove(children[i], level - 1, base + i * step, from, to);
              mapped += child.mapped() - children[i].mapped();
              children[i] = child;
            }
            yield mapped == inner.mapped ? inner : new Inner(children, mapped);
          }
        };
    return less.mapped() == 0 ? Leaf.EMPTY : less;
  }

  private static Leaf removeFromLeaf(Leaf leaf, int first, int last) {
    long[] locations = leaf.locations.clone();
    long mapped = leaf.mapped;
    for (int i = first; i <= last; i++) {
      mapped -= locations[i] == Location.NONE ? 0 : 1;
      locations[i] = Location.NONE;
    }
    return mapped == leaf.mapped ? leaf : new Leaf(locations, leaf.checksums, mapped);
  }

  private static boolean visit(
      Node node, int level, long base, long from, long to, RangeSink sink) {
    long step = level == 0 ? 1 : span(level - 1);
    long start = Math.max(base, from);
    long end = to - base >= step * WIDTH ? base + step * WIDTH : to;
    if (node == Leaf.EMPTY) {
      return sink.range(start, end - start, false);
    }
    for (int i = index(start, level); start < end; i++) {
      long next = Math.min(base + (i + 1) * step, end);
      boolean more =
          switch (node) {
            case Leaf leaf -> sink.range(start, 1, leaf.locations[i] != Location.NONE);
            case Inner inner ->
                visit(inner.children[i], level - 1, base + i * step, start, next, sink);
          };
      if (!more) {
        return false;
      }
      start = next;
    }
    return true;
  }

  /** Where {@link BlockMap#ranges} goes. */
  @FunctionalInterface
  interface RangeSink {
    /** Takes a range; false says that it has seen enough. */
    boolean range(long lba, long count, boolean mapped);
  }

  /** A node of the tree. */
  sealed interface Node {
    /** The number of mapped blocks below. */
    long mapped();
  }

  /** A node with {@value #WIDTH} children. */
  static final class Inner implements Node {
    final Node[] children;
    private final long mapped;

    Inner(Node[] children, long mapped) {
      this.children = children;
      this.mapped = mapped;
    }

    @Override
    public long mapped() {
      return mapped;
    }

    private static Node[] emptyChildren() {
      Node[] children = new Node[WIDTH];
      Arrays.fill(children, Leaf.EMPTY);
      return children;
    }

    /** A copy of a node's children; the empty node has empty ones. */
    private static Node[] childrenOf(Node node) {
      return node instanceof Inner inner ? inner.children.clone() : emptyChildren();
    }
  }

  /** The last level: {@value #WIDTH} blocks. */
  static final class Leaf implements Node {
    static final Leaf EMPTY = new Leaf(new long[WIDTH], new int[WIDTH], 0);

    final long[] locations;
    final int[] checksums;
    private final long mapped;

    Leaf(long[] locations, int[] checksums, long mapped) {
      this.locations = locations;
      this.checksums = checksums;
      this.mapped = mapped;
    }

    @Override
    public long mapped() {
      return mapped;
    }
  }
}
