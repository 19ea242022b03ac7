package org.untorn.backstore;

import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;

/**
 * Rewrites maps so that they refer to copies of blocks instead of the originals. What maps share
 * before they share after, whatever order they are rewritten in.
 */
final class Relocation {

  private final Map<Long, Long> copies = new HashMap<>();
  private final IdentityHashMap<BlockMap.Node, BlockMap.Node> rewritten = new IdentityHashMap<>();

  /** The block at {@code original} has a copy. All copies are named before the first map. */
  void add(long original, long copy) {
    copies.put(original, copy);
  }

  boolean isEmpty() {
    return copies.isEmpty();
  }

  Root rewrite(Root root) {
    BlockMap map = root.map();
    BlockMap.Node top = rewrite(map.top());
    return top == map.top() ? root : new Root(root.geometry(), new BlockMap(top, map.height()));
  }

  private BlockMap.Node rewrite(BlockMap.Node node) {
    if (node == BlockMap.Leaf.EMPTY) {
      return node;
    }
    BlockMap.Node known = rewritten.get(node);
    if (known != null) {
      return known;
    }
    BlockMap.Node result =
        switch (node) {
          case BlockMap.Inner inner -> rewriteInner(inner);
          case BlockMap.Leaf leaf -> rewriteLeaf(leaf);
        };
    rewritten.put(node, result);
    rewritten.put(result, result);
    return result;
  }

  private BlockMap.Node rewriteInner(BlockMap.Inner inner) {
    BlockMap.Node[] children = inner.children.clone();
    boolean changed = false;
    for (int i = 0; i < children.length; i++) {
      children[i] = rewrite(children[i]);
      changed |= children[i] != inner.children[i];
    }
    return changed ? new BlockMap.Inner(children, inner.mapped()) : inner;
  }

  private BlockMap.Node rewriteLeaf(BlockMap.Leaf leaf) {
    long[] locations = leaf.locations.clone();
    boolean changed = false;
    for (int i = 0; i < locations.length; i++) {
      Long copy = locations[i] == Location.NONE ? null : copies.get(locations[i]);
      if (copy != null) {
        locations[i] = copy;
        changed = true;
      }
    }
    return changed ? new BlockMap.Leaf(locations, leaf.checksums, leaf.mapped()) : leaf;
  }
}
