package org.untorn.oracle;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.List;

/**
 * What must have happened before what. A cycle in it is a contradiction: no order explains what was
 * found.
 *
 * <p>Nodes are numbers from 0 on. That one operation was over before another one began would take
 * an edge for each such pair; instead there is a node for each moment at which one ended, and these
 * form a chain:
 *
 * <pre>
 *   operation ──&gt; the moment it ended ──&gt; a later moment ──&gt; an operation that began after it
 * </pre>
 */
final class OrderGraph {

  private final List<List<Integer>> after = new ArrayList<>();

  /** Makes a node. */
  int node() {
    after.add(new ArrayList<>());
    return after.size() - 1;
  }

  /** Says that one happened before another. */
  void before(int earlier, int later) {
    after.get(earlier).add(later);
  }

  /**
   * Orders nodes by time.
   *
   * @param nodes the nodes of operations
   * @param operations the same operations
   */
  void inTime(List<Integer> nodes, List<Issued> operations) {
    int[] ends = operations.stream().mapToInt(Issued::answeredAt).distinct().sorted().toArray();
    int first = after.size();
    for (int i = 0; i < ends.length; i++) {
      int moment = node();
      if (i > 0) {
        before(moment - 1, moment);
      }
    }
    for (int i = 0; i < nodes.size(); i++) {
      Issued operation = operations.get(i);
      before(nodes.get(i), first + Arrays.binarySearch(ends, operation.answeredAt()));
      int begun = Arrays.binarySearch(ends, operation.sentAt());
      int lastEnd = (begun < 0 ? -begun - 1 : begun) - 1;
      if (lastEnd >= 0) {
        before(first + lastEnd, nodes.get(i));
      }
    }
  }

  /** Cycles that share no node, each as short as can be; none if there is an order. */
  List<List<Integer>> cycles() {
    List<List<Integer>> cycles = new ArrayList<>();
    boolean[] gone = new boolean[after.size()];
    peel(gone);
    for (int node = 0; node < gone.length; node++) {
      if (!gone[node]) {
        List<Integer> cycle = shortestCycle(node, gone);
        cycle.forEach(part -> gone[part] = true);
        gone[node] = true;
        if (!cycle.isEmpty()) {
          cycles.add(cycle);
        }
        peel(gone);
      }
    }
    return cycles;
  }

  /** Takes away, again and again, what nothing comes before. */
  private void peel(boolean[] gone) {
    int[] earlier = new int[gone.length];
    for (int node = 0; node < gone.length; node++) {
      if (!gone[node]) {
        after.get(node).forEach(later -> earlier[later]++);
      }
    }
    Deque<Integer> free = new ArrayDeque<>();
    for (int node = 0; node < gone.length; node++) {
      if (!gone[node] && earlier[node] == 0) {
        free.add(node);
      }
    }
    while (!free.isEmpty()) {
      int node = free.remove();
      gone[node] = true;
      for (int later : after.get(node)) {
        earlier[later]--;
        if (!gone[later] && earlier[later] == 0) {
          free.add(later);
        }
      }
    }
  }

  private List<Integer> shortestCycle(int start, boolean[] gone) {
    int[] cameFrom = new int[gone.length];
    Arrays.fill(cameFrom, -1);
    Deque<Integer> queue = new ArrayDeque<>(List.of(start));
    while (!queue.isEmpty()) {
      int node = queue.remove();
      for (int later : after.get(node)) {
        if (later == start) {
          return path(start, node, cameFrom);
        }
        if (!gone[later] && cameFrom[later] < 0) {
          cameFrom[later] = node;
          queue.add(later);
        }
      }
    }
    return List.of();
  }

  private static List<Integer> path(int start, int end, int[] cameFrom) {
    List<Integer> path = new ArrayList<>();
    for (int node = end; node != start; node = cameFrom[node]) {
      path.add(node);
    }
    path.add(start);
    Collections.reverse(path);
    return path;
  }
}
