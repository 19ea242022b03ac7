package org.untorn.backstore;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * The records that wait for space, in the order in which they came.
 *
 * <p>Guarded by the {@link Log}'s lock. Invariants:
 *
 * <ol>
 *   <li>While one waits all others queue behind it, so no newer write goes ahead of an older one.
 *   <li>Only what gives space back passes, and only those that change nothing that it changes; and
 *       so do the cleaner's copies, which change nothing.
 * </ol>
 */
final class SpaceQueue {

  private final List<Append> waiting = new ArrayList<>();
  private long lastTicket;

  boolean isEmpty() {
    return waiting.isEmpty();
  }

  /** The ticket of the last record that has begun to wait. */
  long lastTicket() {
    return lastTicket;
  }

  /** A copy. */
  List<Append> waiting() {
    return new ArrayList<>(waiting);
  }

  /** Whether a record that does not wait yet has to. */
  boolean holdsUp(Append append) {
    return holdsUp(append, waiting);
  }

  void add(Append append) {
    lastTicket++;
    append.ticket(lastTicket);
    waiting.add(append);
  }

  /** Takes those out, in order, that {@code goes} says go, and that none of the others hold up. */
  List<Append> remove(Predicate<Append> goes) {
    List<Append> gone = new ArrayList<>();
    List<Append> left = new ArrayList<>();
    for (Append append : waiting) {
      boolean go = !holdsUp(append, left) && goes.test(append);
      (go ? gone : left).add(append);
    }
    waiting.clear();
    waiting.addAll(left);
    return gone;
  }

  private static boolean holdsUp(Append append, List<Append> before) {
    return before.stream().anyMatch(each -> !append.change().mayPass(each.change()));
  }
}
