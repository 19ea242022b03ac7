package org.untorn.oracle;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Looks for units of writes that cannot have been carried out whole in any order.
 *
 * <p>A unit that is seen somewhere, or had to be there, was carried out; where another one is seen
 * on one of its blocks, that one came later. A cycle of that is a contradiction:
 *
 * <pre>
 *   block       1    2
 *   found       A    B      both cover both blocks: A came after B, and B after A
 * </pre>
 *
 * It is exact: without a cycle there is an order that leads to what was found.
 */
final class Contradictions {

  /** A unit of a write. */
  record Unit(Issued write, int number) {}

  private final Picture picture;
  private final Map<Unit, Integer> nodes = new HashMap<>();
  private final List<Unit> units = new ArrayList<>();
  private final OrderGraph graph = new OrderGraph();

  /**
   * Takes up what was carried out.
   *
   * @param carriedOut which units had to be there; those that are seen are taken in any case
   * @param explained the units whose story is told already: they are left out
   */
  Contradictions(Picture picture, List<Unit> carriedOut, Predicate<Unit> explained) {
    this.picture = picture;
    carriedOut.stream().filter(explained.negate()).forEach(this::take);
    for (Seen seen : picture.blocks()) {
      for (Issued writer : seen.writers()) {
        Unit unit = new Unit(writer, writer.write().unitAt(seen.lba()));
        if (seen.isCertainly(writer) && !explained.test(unit)) {
          take(unit);
        }
      }
    }
  }

  private void take(Unit unit) {
    if (nodes.putIfAbsent(unit, units.size()) == null) {
      units.add(unit);
      graph.node();
    }
  }

  /** Each contradiction as the units that take part, in their impossible order. */
  List<List<Unit>> find() {
    for (Seen seen : picture.blocks()) {
      seen.writers().stream().filter(seen::isCertainly).forEach(shown -> order(seen.lba(), shown));
    }
    List<Integer> numbers = units.stream().map(nodes::get).toList();
    graph.inTime(numbers, units.stream().map(Unit::write).toList());
    return graph.cycles().stream()
        .map(cycle -> cycle.stream().filter(node -> node < units.size()).map(units::get).toList())
        .toList();
  }

  /** Whatever else was carried out on a block came before what it shows. */
  private void order(long lba, Issued shown) {
    Integer last = nodes.get(new Unit(shown, shown.write().unitAt(lba)));
    if (last == null) {
      return;
    }
    for (Issued other : picture.covering(lba)) {
      Integer node = nodes.get(new Unit(other, other.write().unitAt(lba)));
      if (other != shown && node != null) {
        graph.before(node, last);
      }
    }
  }
}
