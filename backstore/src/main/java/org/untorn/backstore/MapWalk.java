package org.untorn.backstore;

import java.io.IOException;

/**
 * Visits the nodes of several roots, each once however many roots share it, children first. The
 * roots are held by references while that goes on; it needs no lock.
 */
final class MapWalk {

  private final MapNodes nodes;
  private final IntMap visited = new IntMap();
  private final LeafView leaf = new LeafView();
  private int places;

  MapWalk(MapNodes nodes) {
    this.nodes = nodes;
  }

  /** Where nodes go. */
  @FunctionalInterface
  interface Visitor {

    /** A leaf, to be looked at now. */
    void leaf(LeafView leaf) throws IOException;

    /** An inner node, and where its children came in the walk, counted from 1 on. */
    default void inner(int node, int[] places) throws IOException {}
  }

  /** Visits what was not visited yet, and says where the root's top came, from 1 on; 0 is none. */
  int visit(Root root, Visitor visitor) throws IOException {
    return root.top() == MapNodes.NONE ? 0 : visit(root.top(), root.height(), visitor);
  }

  private int visit(int node, int level, Visitor visitor) throws IOException {
    // Only a node that several refer to can be come across again.
    boolean shared = nodes.references(node) > 1;
    int known = shared ? (int) visited.get(node) : 0;
    if (known != 0) {
      return known;
    }
    if (level == 0) {
      visitor.leaf(leaf.of(nodes, node));
    } else {
      int[] children = new int[nodes.count(node)];
      for (int i = 0; i < children.length; i++) {
        children[i] = visit(nodes.child(node, i), level - 1, visitor);
      }
      visitor.inner(node, children);
    }
    places++;
    if (shared) {
      visited.put(node, places);
    }
    return places;
  }
}
