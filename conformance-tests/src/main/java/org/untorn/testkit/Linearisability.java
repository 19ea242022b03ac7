package org.untorn.testkit;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Decides whether calls that overlapped can be put into an order, each at one moment between its
 * invocation and its response, in which every read brings what was written last: whether what was
 * called is one register (Herlihy and Wing, 1990). A block of a disk is one; so is a range that is
 * only ever written atomically, as a whole.
 *
 * <p>It searches for that order, as Wing and Gong do, and remembers where it has been, as Lowe does
 * ("Testing for linearizability", 2017): values may be equal, and calls may be unanswered. That is
 * quick as long as few calls overlap.
 *
 * <pre>
 *   write 1  [----]        read 1      [--]
 *   write 2        [--]                          no order: write 1, write 2, read 1 brings 2
 * </pre>
 */
public final class Linearisability {

  /**
   * A read or a write of the register.
   *
   * @param client who called; told in messages
   * @param value what was written, or read
   * @param invoked the moment before it was sent
   * @param returned the moment after it was answered; {@link #NEVER} if that is not known to have
   *     happened: a write may then have had its effect at any time, or none
   */
  public record Call(int client, Kind kind, long value, long invoked, long returned) {

    public Call {
      if (returned < invoked) {
        throw new IllegalArgumentException("an answer before the question");
      }
    }

    /** For people: {@code read of 7 by client 2}. */
    @Override
    public String toString() {
      return "%s of %d by client %d (%d to %s)"
          .formatted(
              kind == Kind.READ ? "read" : "write",
              value,
              client,
              invoked,
              returned == NEVER ? "never" : returned);
    }
  }

  /** What a call is. */
  public enum Kind {
    READ,
    WRITE
  }

  /** Of a call that was not answered. */
  public static final long NEVER = Long.MAX_VALUE;

  /** A place in the history: where a call begins, or where it ends. */
  private static final class Node {
    private final int id;
    private final Optional<Node> end;
    private Node previous = this;
    private Node next = this;

    /** The beginning of a call with an end, or an end, which has none. */
    Node(int id, Optional<Node> end) {
      this.id = id;
      this.end = end;
    }
  }

  /** A call that was taken for the next one, and what the register held before. */
  private record Step(Node begin, long before) {}

  /** Where the search has been: the calls that were taken, and what the register held then. */
  private record Place(BitSet taken, long value) {}

  private final List<Call> calls;
  private final Node head = new Node(-1, Optional.empty());
  private final Deque<Step> steps = new ArrayDeque<>();
  private final Set<Place> been = new HashSet<>();
  private final BitSet taken = new BitSet();
  private long value;
  private long answeredLeft;
  private int farthest = -1;
  private Optional<Call> obstacle = Optional.empty();

  private Linearisability(long initial, List<Call> calls) {
    this.value = initial;
    this.calls = calls;
    record Moment(long at, boolean end, Node node) {}
    List<Moment> moments = new ArrayList<>();
    for (int id = 0; id < calls.size(); id++) {
      Call call = calls.get(id);
      Node end = new Node(id, Optional.empty());
      moments.add(new Moment(call.invoked(), false, new Node(id, Optional.of(end))));
      moments.add(new Moment(call.returned(), true, end));
      answeredLeft += call.returned() == NEVER ? 0 : 1;
    }
    // Of what happened at one moment calls begin before others end: they overlapped.
    moments.sort(Comparator.comparingLong(Moment::at).thenComparing(Moment::end));
    moments.forEach(moment -> insert(moment.node(), head.previous));
  }

  /**
   * Looks for an order.
   *
   * @param initial what the register held before all calls
   * @param calls in any order; reads that were not answered are left out by the caller or ignored
   * @return empty if there is one; else the call that fits nowhere, in the attempt that came
   *     farthest
   */
  public static Optional<Call> violation(long initial, List<Call> calls) {
    List<Call> known =
        calls.stream()
            .filter(call -> call.kind() == Kind.WRITE || call.returned() != NEVER)
            .toList();
    return new Linearisability(initial, known).search();
  }

  private Optional<Call> search() {
    Node at = head.next;
    while (answeredLeft > 0) {
      if (at.end.isPresent()) {
        at = take(at) ? head.next : at.next;
      } else {
        // A call that was not taken ends here, or all are tried: what was taken last was wrong.
        note(at);
        if (steps.isEmpty()) {
          return obstacle;
        }
        Step wrong = steps.pop();
        value = wrong.before();
        at = putBack(wrong.begin()).next;
      }
    }
    return Optional.empty();
  }

  private void note(Node at) {
    if (steps.size() > farthest && at.id >= 0) {
      farthest = steps.size();
      obstacle = Optional.of(calls.get(at.id));
    }
  }

  /** Takes a call for the next one, if it fits and that has not been tried. */
  private boolean take(Node begin) {
    Call call = calls.get(begin.id);
    if (call.kind() == Kind.READ && call.value() != value) {
      return false;
    }
    taken.set(begin.id);
    if (!been.add(new Place((BitSet) taken.clone(), call.value()))) {
      taken.clear(begin.id);
      return false;
    }
    steps.push(new Step(begin, value));
    value = call.value();
    answeredLeft -= call.returned() == NEVER ? 0 : 1;
    remove(begin);
    remove(begin.end.orElseThrow());
    return true;
  }

  private Node putBack(Node begin) {
    taken.clear(begin.id);
    answeredLeft += calls.get(begin.id).returned() == NEVER ? 0 : 1;
    Node end = begin.end.orElseThrow();
    insert(end, end.previous);
    insert(begin, begin.previous);
    return begin;
  }

  private static void insert(Node node, Node behind) {
    node.previous = behind;
    node.next = behind.next;
    behind.next.previous = node;
    behind.next = node;
  }

  private static void remove(Node node) {
    node.previous.next = node.next;
    node.next.previous = node.previous;
  }
}
