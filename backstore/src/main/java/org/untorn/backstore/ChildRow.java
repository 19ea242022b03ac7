package org.untorn.backstore;

import java.util.Arrays;

/**
 * Children of a node that is being made, and the keys from which on they have something. It is used
 * again and again, by one thread, and grows to what is needed.
 */
final class ChildRow {

  private long[] keys = new long[2 * BlockMaps.MOST_CHILDREN];
  private int[] children = new int[2 * BlockMaps.MOST_CHILDREN];
  private int count;

  int count() {
    return count;
  }

  long key(int index) {
    return keys[index];
  }

  int child(int index) {
    return children[index];
  }

  void clear() {
    count = 0;
  }

  void add(long key, int child) {
    reserve(1);
    keys[count] = key;
    children[count] = child;
    count++;
  }

  /** Adds a node's children that lie in front of {@code from}, and from {@code to} on. */
  void surround(MapNodes nodes, int node, int from, int to) {
    int behind = nodes.count(node) - to;
    reserve(from + behind);
    System.arraycopy(keys, 0, keys, from, count);
    System.arraycopy(children, 0, children, from, count);
    nodes.readInner(node, 0, from, keys, children, 0);
    nodes.readInner(node, to, to + behind, keys, children, from + count);
    count += from + behind;
  }

  /** Fills a new inner node with children from {@code from} on. */
  void fill(MapNodes nodes, int node, int from) {
    nodes.fillInner(node, keys, children, from);
  }

  private void reserve(int more) {
    if (count + more > keys.length) {
      int length = Math.max(count + more, 2 * keys.length);
      keys = Arrays.copyOf(keys, length);
      children = Arrays.copyOf(children, length);
    }
  }
}
