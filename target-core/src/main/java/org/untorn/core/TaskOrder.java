package org.untorn.core;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Whose turn it is in a task set: the order of task attributes (SAM-5 8.6), and what an auto
 * contingent allegiance keeps back (SAM-5 5.9).
 *
 * <pre>
 *  HEAD OF QUEUE   starts at once
 *  ORDERED         starts when no HEAD OF QUEUE and nothing older is left
 *  SIMPLE          starts when no HEAD OF QUEUE and no older ORDERED is left
 *  ACA             starts at once; only during an ACA, only from the faulted nexus, one at a time
 * </pre>
 *
 * <p>Invariants:
 *
 * <ol>
 *   <li>Where only SIMPLE tasks are, and QUEUE ALGORITHM MODIFIER lets them be reordered, nothing
 *       is {@link #isConstrained constrained}: nobody comes here, and no lock is taken.
 *   <li>A task that starts without having come here was put into the set before it looked whether
 *       the order is constrained; who constrains it says so before looking into the set. So one of
 *       the two sees the other.
 *   <li>Tasks that wait are looked at in the order in which they came.
 * </ol>
 *
 * All state is guarded by this object, which calls nobody out; {@code constrained} is read without.
 */
final class TaskOrder {

  /** What happens to a task that comes here. */
  sealed interface Admission {

    /** It starts now. */
    record Start() implements Admission {}

    /** It waits for {@link #select}. */
    record Wait() implements Admission {}

    /** It ends. */
    record Refused(Outcome outcome) implements Admission {}
  }

  private static final Object EVERYBODY = new Object();
  private static final int PERSISTENT_RESERVE_OUT = 0x5F;
  private static final int PREEMPT_AND_ABORT = 0x05;

  private final Supplier<TaskRules> rules;
  private final Supplier<Stream<TaskMember>> members;
  private final Deque<TaskMember> waiting = new ArrayDeque<>();

  /** Started, and of an attribute that others wait for. */
  private final Set<TaskMember> special = new HashSet<>();

  /** The nexuses that an ACA is in effect for. */
  private final Set<Nexus> faulted = new HashSet<>();

  /** What an ACA keeps from going on, or from ending. */
  private final List<TaskMember> blocked = new ArrayList<>();

  private boolean closed;
  private volatile boolean constrained;

  /**
   * The order of a task set.
   *
   * @param members all tasks that are in the set or leaving it
   */
  TaskOrder(Supplier<TaskRules> rules, Supplier<Stream<TaskMember>> members) {
    this.rules = rules;
    this.members = members;
  }

  /** Whether a task has to come here before it starts, and when it ended. */
  boolean isConstrained() {
    return constrained;
  }

  /** Takes a task in; one that waits is found by the next {@link #select}. */
  synchronized Admission admit(TaskMember member) {
    constrained = true;
    TaskRules now = rules.get();
    TaskAttribute attribute = member.attribute();
    if (closed) {
      return new Admission.Refused(member.refusal(AbsentUnit.NOT_SUPPORTED));
    }
    if (isBlocked(member.nexus(), now)) {
      return duringAca(member, now);
    }
    return switch (attribute) {
      case HEAD_OF_QUEUE -> start(member);
      case SIMPLE, ORDERED -> {
        waiting.add(member);
        member.parked(true);
        yield new Admission.Wait();
      }
      case ACA ->
          new Admission.Refused(
              member.refusal(SenseData.illegalRequest(AdditionalSense.INVALID_MESSAGE_ERROR)));
    };
  }

  private Admission start(TaskMember member) {
    special.add(member);
    return new Admission.Start();
  }

  /** SAM-5 5.9.3 and 5.9.4: what is taken of the faulted nexus, and of the others. */
  private Admission duringAca(TaskMember member, TaskRules now) {
    if (!faulted.contains(member.nexus())) {
      if (isPreemptAndAbort(member)) {
        return start(member);
      }
      boolean knowsOfAca = member.attribute() == TaskAttribute.ACA || member.task().naca();
      return new Admission.Refused(knowsOfAca ? new Outcome.AcaActive() : new Outcome.Busy());
    }
    boolean taken = special.stream().anyMatch(one -> isAca(one) && sameNexus(one, member));
    return member.attribute() != TaskAttribute.ACA || now.functionsOnly() || taken
        ? new Admission.Refused(new Outcome.AcaActive())
        : start(member);
  }

  private static boolean isPreemptAndAbort(TaskMember member) {
    return member.task().command().operationCode() == PERSISTENT_RESERVE_OUT
        && member.task().command().serviceAction().stream()
            .anyMatch(action -> action.value() == PREEMPT_AND_ABORT);
  }

  private static boolean isAca(TaskMember member) {
    return member.attribute() == TaskAttribute.ACA;
  }

  private static boolean sameNexus(TaskMember one, TaskMember other) {
    return one.nexus().equals(other.nexus());
  }

  /** Whether an ACA holds back the tasks of a nexus. */
  private boolean isBlocked(Nexus nexus, TaskRules now) {
    return now.perNexus() ? faulted.contains(nexus) : !faulted.isEmpty();
  }

  /** Adds whose turn it is now, in the order in which they came. */
  synchronized void select(Queue<TaskMember> ready) {
    TaskRules now = rules.get();
    Set<Object> behindOrdered = new HashSet<>();
    Set<Object> behindAnything = new HashSet<>();
    for (Iterator<TaskMember> all = waiting.iterator(); all.hasNext(); ) {
      TaskMember member = all.next();
      Object scope = scope(member, now);
      boolean isOrdered = member.attribute() == TaskAttribute.ORDERED;
      Object queue = isOrdered ? scope : member.nexus();
      boolean waitsForAll = isOrdered || now.restricted();
      if (isBlocked(member.nexus(), now)
          || behindOrdered.contains(scope)
          || special.stream().anyMatch(one -> scope(one, now).equals(scope))
          || (waitsForAll && (behindAnything.contains(queue) || hasStarted(queue)))) {
        behindAnything.add(scope);
        behindAnything.add(member.nexus());
      } else {
        all.remove();
        member.parked(false);
        ready.add(member);
        if (isOrdered) {
          special.add(member);
        }
      }
      if (isOrdered) {
        behindOrdered.add(scope);
      }
    }
    constrained = closed || !waiting.isEmpty() || !special.isEmpty() || !faulted.isEmpty();
  }

  /** What shares a task set (TST): a nexus, or all of them. */
  private static Object scope(TaskMember member, TaskRules now) {
    return now.perNexus() ? member.nexus() : EVERYBODY;
  }

  private boolean hasStarted(Object queue) {
    return members
        .get()
        .anyMatch(one -> !one.isParked() && (queue == EVERYBODY || one.nexus().equals(queue)));
  }

  /** A task is gone. */
  synchronized void left(TaskMember member) {
    if (member.isParked()) {
      waiting.remove(member);
    }
    special.remove(member);
    blocked.remove(member);
  }

  /**
   * Holds a task back, if an ACA is in effect that concerns it.
   *
   * @param goOn what it does when the ACA is cleared
   * @param discard what it lets go of if it is terminated instead
   */
  synchronized boolean holds(TaskMember member, Runnable goOn, Runnable discard) {
    boolean concerned =
        isBlocked(member.nexus(), rules.get())
            && !(isAca(member) && faulted.contains(member.nexus()))
            && !isPreemptAndAbort(member)
            && member.block(goOn, discard);
    if (concerned) {
      blocked.add(member);
    }
    return concerned;
  }

  /**
   * A task ends in CHECK CONDITION: with NACA an ACA begins; one that the task was taken in ends
   * (SAM-5 5.9.5).
   */
  synchronized void fault(TaskMember member) {
    if (isAca(member)) {
      faulted.remove(member.nexus());
    }
    if (member.task().naca()) {
      faulted.add(member.nexus());
      constrained = true;
    }
  }

  /** Whether an ACA is in effect, but not for this nexus. */
  synchronized boolean isFaultedByOthers(Nexus nexus) {
    return isBlocked(nexus, rules.get()) && !faulted.contains(nexus);
  }

  /** Ends the ACA of a nexus, if there is one. */
  synchronized void clear(Nexus nexus) {
    faulted.remove(nexus);
  }

  /** Ends every ACA. */
  synchronized void clear() {
    faulted.clear();
  }

  /** Takes out what no ACA holds back any more. */
  synchronized List<TaskMember> unblocked() {
    TaskRules now = rules.get();
    List<TaskMember> free =
        blocked.stream().filter(member -> !isBlocked(member.nexus(), now)).toList();
    blocked.removeAll(free);
    return free;
  }

  /** Takes nothing any more: the unit is gone. */
  synchronized void close() {
    closed = true;
    constrained = true;
  }

  synchronized boolean isClosed() {
    return closed;
  }
}
