package org.untorn.oracle;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * A second judge that shares nothing with the first: it carries out every choice of units in every
 * order that time allows, and looks whether one of them leaves what was found. For histories of one
 * epoch whose blocks are all found.
 */
final class BruteForce {

  private record Part(int write, Operation.Write of, int unit, int sent, int end, boolean must) {}

  private final Set<Map<Long, Long>> reachable = new HashSet<>();

  /** Every state that the disk may be in after the cut. */
  static Set<Map<Long, Long>> states(List<Event> events, Map<Long, Long> before) {
    BruteForce all = new BruteForce();
    List<Part> parts = parts(events);
    all.choose(parts, 0, new ArrayList<>(), before);
    return all.reachable;
  }

  private static List<Part> parts(List<Event> events) {
    List<Part> parts = new ArrayList<>();
    for (int sent = 0; sent < events.size(); sent++) {
      if (events.get(sent) instanceof Event.Sent(int id, Operation.Write write)) {
        int answered = moment(events, id);
        boolean must = write.stable() && answered < events.size();
        for (int at = answered; at < events.size(); at++) {
          if (events.get(at) instanceof Event.Sent(int flush, Operation.Flush _)) {
            must |= moment(events, flush) < events.size();
          }
        }
        for (int unit = 0; unit * write.unit() < write.blocks(); unit++) {
          parts.add(new Part(id, write, unit, sent, answered, must));
        }
      }
    }
    return parts;
  }

  private static int moment(List<Event> events, int id) {
    for (int at = 0; at < events.size(); at++) {
      if (events.get(at) instanceof Event.Answered(int answered, List<Long> _) && answered == id) {
        return at;
      }
    }
    return events.size();
  }

  private void choose(List<Part> parts, int from, List<Part> chosen, Map<Long, Long> before) {
    if (from == parts.size()) {
      order(new ArrayList<>(chosen), new TreeMap<>(before));
      return;
    }
    chosen.add(parts.get(from));
    choose(parts, from + 1, chosen, before);
    chosen.removeLast();
    if (!parts.get(from).must()) {
      choose(parts, from + 1, chosen, before);
    }
  }

  private void order(List<Part> left, Map<Long, Long> disk) {
    if (left.isEmpty()) {
      reachable.add(disk);
    }
    for (Part next : left) {
      if (left.stream().noneMatch(other -> other.end() < next.sent())) {
        List<Part> rest = new ArrayList<>(left);
        rest.remove(next);
        Map<Long, Long> after = new TreeMap<>(disk);
        int first = next.unit() * next.of().unit();
        for (int i = first; i < Math.min(next.of().blocks(), first + next.of().unit()); i++) {
          after.put(next.of().lba() + i, next.of().contents().get(i));
        }
        order(rest, after);
      }
    }
  }

  /**
   * Whether the reads and writes of one block have an order in which each read sees the write
   * before it.
   */
  static boolean isLinearisable(List<Event> events, long before) {
    List<int[]> spans = new ArrayList<>();
    List<Long> values = new ArrayList<>();
    List<Boolean> isRead = new ArrayList<>();
    for (int sent = 0; sent < events.size(); sent++) {
      if (events.get(sent) instanceof Event.Sent(int id, Operation operation)) {
        int end = moment(events, id);
        boolean read = operation instanceof Operation.Read;
        if (read && end == events.size()) {
          continue;
        }
        spans.add(new int[] {sent, end});
        isRead.add(read);
        values.add(
            operation instanceof Operation.Write write
                ? write.contents().getFirst()
                : ((Event.Answered) events.get(end)).contents().getFirst());
      }
    }
    return linear(spans, values, isRead, new boolean[spans.size()], before, events.size());
  }

  private static boolean linear(
      List<int[]> spans,
      List<Long> values,
      List<Boolean> isRead,
      boolean[] done,
      long now,
      int never) {
    boolean all = true;
    for (int i = 0; i < done.length; i++) {
      all &= done[i] || spans.get(i)[1] == never;
    }
    if (all) {
      return true;
    }
    for (int i = 0; i < done.length; i++) {
      boolean free = !done[i] && (!isRead.get(i) || values.get(i) == now);
      for (int j = 0; j < done.length; j++) {
        free &= done[j] || j == i || spans.get(j)[1] > spans.get(i)[0];
      }
      if (free) {
        done[i] = true;
        boolean works =
            linear(spans, values, isRead, done, isRead.get(i) ? now : values.get(i), never);
        done[i] = false;
        if (works) {
          return true;
        }
      }
    }
    return false;
  }
}
