package org.untorn.backstore;

import java.util.Arrays;
import java.util.Optional;
import java.util.function.LongUnaryOperator;

/**
 * The maps of a pool's roots: from each block to where it is stored and what its bytes add up to. A
 * map is a B+ tree of {@link MapNodes}, ordered by address in units of 512 bytes; its entries stand
 * for whole granules of 4096 bytes, alone or in runs, and for less only where less was written
 * ({@link Kind}).
 *
 * <pre>
 *   root --> [ 0 |  4096 | 90000 ]          a change copies the nodes on its way and shares all
 *              |      |       |             others with the root that it came from; what no other
 *            leaf    leaf    leaf           root shares is unlinked
 *                     \--> leaf             where nobody else can see the node above, the copy of
 *                                           one child takes its place there, by one word
 * </pre>
 *
 * Invariants:
 *
 * <ol>
 *   <li>Child i of an inner node has what lies from its key up to the next one's; the first child
 *       has also what lies in front of it. An entry lies in one leaf.
 *   <li>No node is empty; a map that maps nothing has none. So memory is proportional to what is
 *       mapped, whatever the volume's size.
 *   <li>A node is at most {@value NodeSpace#MAXIMUM_BYTES} bytes long.
 *   <li>A reader that began before a change sees nothing of it; one that begins while it runs sees
 *       all of it or nothing.
 * </ol>
 *
 * Changes are guarded by the {@link Log}'s lock; {@link MapReader} reads without one.
 */
final class BlockMaps {

  static final int MOST_CHILDREN = 80;

  /** Leaves made of much are filled up to here, so that the next change does not split them. */
  private static final int GOOD_LEAF_BYTES = 750;

  /** So many nodes are reclaimed beside each change, and this part of those that wait for it. */
  private static final int NODES_PER_CHANGE = 16;

  private final MapNodes nodes = new MapNodes();
  private final MapReader reader = new MapReader(nodes);
  private final LeafImage leaf = new LeafImage();
  private final LeafImage fresh = new LeafImage();
  private final LeafView view = new LeafView();
  private ChildRow[] rows = {};
  private Optional<LongUnaryOperator> forwarding = Optional.empty();
  private boolean sound = true;

  // The change under way.
  private long start;
  private long end;
  private Written written = Written.NOTHING;
  private long delta;

  /** Whether one word can be all that the change does to what is published. */
  private boolean inPlace;

  MapNodes nodes() {
    return nodes;
  }

  MapReader reader() {
    return reader;
  }

  /** Gives the holder a reference of its own, to be given back by {@link #release}. */
  Root share(Root root) {
    if (root.top() != MapNodes.NONE) {
      nodes.addReference(root.top());
    }
    return root;
  }

  void release(Root root) {
    nodes.drop(root.top(), root.height());
  }

  /** Does a part of the tidying up, before a change and after the one before it is published. */
  void tidy() {
    if (sound) {
      nodes.advance();
      nodes.reclaim(NODES_PER_CHANGE + nodes.backlog() / NODES_PER_CHANGE);
    }
  }

  /** Reclaims some nodes that nobody refers to, between changes: false if there are none left. */
  boolean reclaim(int count) {
    return sound && nodes.reclaim(count);
  }

  /**
   * Stores what lies inside the volume; a resize may have run ahead of a write. Takes the reference
   * that {@code root} had over to the answer; the other changes do, too.
   */
  Root with(Root root, Written what) {
    long end = root.geometry().blocks() * root.blockUnits();
    inPlace = what.end() <= end;
    Root wider = change(root, what.start(), what.end(), what);
    return inPlace ? wider : change(wider, end, what.end(), Written.NOTHING);
  }

  /** Unmaps {@code count} blocks from {@code lba} on. */
  Root without(Root root, long lba, long count) {
    long first = lba * root.blockUnits();
    inPlace = false; // it may be one extent of several, or a part of a resize
    return change(root, first, first + count * root.blockUnits(), Written.NOTHING);
  }

  /** What lies past a new end is unmapped, so that it reads as zeros if the volume grows again. */
  Root resized(Root root, long blocks) {
    Root less = without(root, blocks, Math.max(0, root.geometry().blocks() - blocks));
    Geometry shape = root.geometry().withBlocks(blocks);
    return new Root(shape, less.top(), less.height(), less.mappedUnits());
  }

  /** From now on no new leaf refers to a location that {@code by} changes. Says what was before. */
  Optional<LongUnaryOperator> forward(Optional<LongUnaryOperator> by) {
    Optional<LongUnaryOperator> before = forwarding;
    forwarding = by;
    return before;
  }

  private Root change(Root root, long from, long to, Written what) {
    if (from >= to || (what.isNothing() && root.top() == MapNodes.NONE)) {
      return root;
    }
    if (!sound) {
      throw new IllegalStateException("an earlier change of the map has failed");
    }
    sound = false;
    start = from;
    end = to;
    written = what;
    delta = 0;
    Root changed = root.top() == MapNodes.NONE ? first(root) : changed(root);
    nodes.changed();
    sound = true;
    return changed;
  }

  private Root first(Root root) {
    ChildRow row = row(0);
    leaf.clear();
    written.addTo(leaf);
    delta = leaf.mapped(0, leaf.count());
    storeLeaves(0, row);
    return top(root, row, 0);
  }

  private Root changed(Root root) {
    ChildRow row = row(root.height() + 1);
    if (edit(root.top(), 0, root.height(), true, !written.isNothing(), row)) {
      return top(root, row, root.height());
    }
    return delta == 0
        ? root
        : new Root(root.geometry(), root.top(), root.height(), root.mappedUnits() + delta);
  }

  /** A root of the nodes of a row, be they none, one or many. */
  private Root top(Root root, ChildRow row, int level) {
    int height = level;
    ChildRow under = row;
    while (under.count() > 1) {
      ChildRow above = row(height + 2);
      storeInner(under, 0, root.mappedUnits() + delta, above);
      under = above;
      height++;
    }
    if (under.count() == 0) {
      return Root.empty(root.geometry());
    }
    int top = under.child(0);
    while (height > 0 && nodes.count(top) == 1) {
      int only = nodes.child(top, 0);
      if (nodes.references(top) > 1) { // an older root has it, too, and the child by it
        nodes.addReference(only);
      }
      leave(top, true);
      top = only;
      height--;
    }
    return new Root(root.geometry(), top, height, root.mappedUnits() + delta);
  }

  /** A row that is empty; one for the nodes of each level and one above. */
  private ChildRow row(int level) {
    if (level >= rows.length) {
      rows = Arrays.copyOf(rows, level + 2);
      for (int i = 0; i < rows.length; i++) {
        rows[i] = rows[i] == null ? new ChildRow() : rows[i];
      }
    }
    rows[level].clear();
    return rows[level];
  }

  /**
   * Adds to {@code out} what takes the place of a node, with a reference each; false if the node
   * stays: nothing was done, or it was done in place.
   *
   * @param key from where on the node has something
   * @param owned whether the reference to the node is taken back, or remains another one's
   * @param insert whether the new content goes here
   */
  private boolean edit(int node, long key, int level, boolean owned, boolean insert, ChildRow out) {
    if (level == 0) {
      return editLeaf(node, key, owned, insert, out);
    }
    boolean mine = owned && nodes.references(node) == 1;
    int first = nodes.childIndex(node, start);
    int last = nodes.lastChildIndex(node, first, end - 1);
    inPlace &= mine && first == last;
    long before = delta;
    ChildRow row = row(level);
    boolean firstStays = !editChild(node, first, nodes.key(node, first), level, mine, insert, row);
    for (int i = first + 1; i < last; i++) {
      dropChild(node, i, level, mine);
    }
    // What lies in front of the end is the new content's, which is further to the left.
    long rest = Math.max(nodes.key(node, last), end);
    boolean lastStays = last > first && !editChild(node, last, rest, level, mine, false, row);
    if (firstStays && (last == first || (lastStays && last == first + 1))) {
      nodes.addMapped(node, delta - before);
      return false;
    }
    if (inPlace && row.count() == 1 && nodes.readers().areNone()) {
      nodes.replaceChild(node, first, row.child(0));
      nodes.addMapped(node, delta - before);
      return false;
    }
    row.surround(nodes, node, first, last + 1);
    if (!mine) {
      shareChildren(node, 0, firstStays ? first + 1 : first);
      shareChildren(node, lastStays ? last : last + 1, nodes.count(node));
    }
    storeInner(row, key, nodes.mapped(node) + delta - before, out);
    leave(node, owned);
    return true;
  }

  /** Edits a child; false if it stays, and is in the row as it is. */
  private boolean editChild(
      int node, int index, long key, int level, boolean mine, boolean insert, ChildRow row) {
    int child = nodes.child(node, index);
    if (edit(child, key, level - 1, mine, insert, row)) {
      return true;
    }
    row.add(key, child);
    return false;
  }

  private void dropChild(int node, int index, int level, boolean mine) {
    int child = nodes.child(node, index);
    delta -= nodes.mapped(child);
    if (mine) {
      nodes.drop(child, level - 1);
    }
  }

  private void shareChildren(int node, int from, int to) {
    for (int i = from; i < to; i++) {
      nodes.addReference(nodes.child(node, i));
    }
  }

  /** Takes back the reference to a node that was replaced. */
  private void leave(int node, boolean owned) {
    if (owned && nodes.references(node) == 1) {
      nodes.unlink(node);
    } else if (owned) {
      nodes.takeReference(node);
    }
  }

  private boolean editLeaf(int node, long key, boolean owned, boolean insert, ChildRow out) {
    if (insert && tryOverwrite(node, key, out)) {
      leave(node, owned);
      return true;
    }
    leaf.load(nodes, node);
    int from = leaf.firstBehind(start);
    int to = leaf.firstFrom(end);
    if (from == to && !insert) {
      return false;
    }
    fresh.clear();
    if (from < to && leaf.start(from) < start) {
      fresh.addPart(leaf, from, leaf.start(from), start);
    }
    if (insert) {
      written.addTo(fresh);
    }
    if (from < to && leaf.end(to - 1) > end) {
      fresh.addPart(leaf, to - 1, end, leaf.end(to - 1));
    }
    delta += fresh.mapped(0, fresh.count()) - leaf.mapped(from, to);
    leaf.replace(from, to, fresh);
    storeLeaves(key, out);
    leave(node, owned);
    return true;
  }

  /** Copies a leaf whose shape stays: the same granules were written in one go before. */
  private boolean tryOverwrite(int node, long key, ChildRow out) {
    if (!written.isOneRun() || forwarding.isPresent()) {
      return false;
    }
    LeafView old = view.of(nodes, node);
    int entry = old.firstBehind(start);
    if (entry == old.count()
        || old.start(entry) != start
        || old.kind(entry) != Kind.GRANULES
        || old.end(entry) != end) {
      return false;
    }
    out.add(key, nodes.copyLeaf(node, entry, old.firstSum(entry), written));
    return true;
  }

  /** Makes as few leaves as it takes, about as long as each other. */
  private void storeLeaves(long key, ChildRow out) {
    int count = leaf.count();
    if (count == 0) {
      return;
    }
    forwarding.ifPresent(leaf::relocate);
    if (leaf.fitsOneLeaf()) {
      out.add(key, leaf.store(nodes, 0, count));
      return;
    }
    int bytes = leaf.bytes(0, count);
    int wanted = bytes / (bytes / GOOD_LEAF_BYTES + 1);
    int from = 0;
    while (from < count) {
      int to = leaf.endOfLeaf(from, wanted);
      out.add(from == 0 ? key : leaf.start(from), leaf.store(nodes, from, to));
      from = to;
    }
  }

  /** Makes as few inner nodes as it takes. */
  private void storeInner(ChildRow row, long key, long mapped, ChildRow out) {
    if (row.count() == 0) {
      return;
    }
    int parts = (row.count() + MOST_CHILDREN - 1) / MOST_CHILDREN;
    for (int part = 0; part < parts; part++) {
      int from = (int) ((long) row.count() * part / parts);
      int to = (int) ((long) row.count() * (part + 1) / parts);
      long below = parts == 1 ? mapped : mappedBelow(row, from, to);
      int node = nodes.allocateInner(to - from, below);
      row.fill(nodes, node, from);
      out.add(part == 0 ? key : row.key(from), node);
    }
  }

  private long mappedBelow(ChildRow row, int from, int to) {
    long mapped = 0;
    for (int i = from; i < to; i++) {
      mapped += nodes.mapped(row.child(i));
    }
    return mapped;
  }
}
