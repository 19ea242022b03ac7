package org.untorn.core;

import io.netty.buffer.ByteBuf;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The task set of a logical unit (SAM-5 4.9): knows every task in flight, begins each in its turn
 * ({@link TaskOrder}), and ends them on abort and reset.
 *
 * <p>Invariants:
 *
 * <ol>
 *   <li>At most {@code capacity} tasks are in the set or leaving it; a further one ends in TASK SET
 *       FULL.
 *   <li>A task is in the set from its arrival until it completes or is terminated, whichever is
 *       first, and leaves it once.
 *   <li>A terminated task that waits for its data does nothing any more. One that is being carried
 *       out may have reached the store, and may yet change the medium: it is leaving until it
 *       completes, and a signal's future waits for all that are leaving.
 *   <li>A nexus has one task per tag; a second one ends all tasks of the nexus and itself in
 *       0Bh/4Eh/00h (SAM-5 5.10, overlapped commands).
 *   <li>Where all tasks are SIMPLE and none ends in CHECK CONDITION, no lock is taken but the
 *       task's own.
 * </ol>
 */
final class TaskSet implements LogicalUnit {

  private final LogicalUnit next;
  private final UnitAttentions attentions;
  private final Supplier<TaskRules> rules;
  private final int capacity;
  private final Map<TaskMember.Identity, TaskMember> inFlight = new ConcurrentHashMap<>();
  private final Map<TaskMember, CompletableFuture<Void>> leaving = new ConcurrentHashMap<>();
  private final AtomicInteger size = new AtomicInteger();
  private final TaskOrder order;

  /** Whose turn has come; one thread at a time begins them, so that no stack grows with them. */
  private final Queue<TaskMember> ready = new ConcurrentLinkedQueue<>();

  private final AtomicInteger turns = new AtomicInteger();

  /** Done when the unit is gone and its last task, too. */
  private final CompletableFuture<Void> emptied = new CompletableFuture<>();

  TaskSet(LogicalUnit next, UnitAttentions attentions, Supplier<TaskRules> rules, int capacity) {
    this.next = next;
    this.attentions = attentions;
    this.rules = rules;
    this.capacity = capacity;
    this.order =
        new TaskOrder(
            rules, () -> Stream.concat(inFlight.values().stream(), leaving.keySet().stream()));
  }

  @Override
  public CommandTable commands() {
    return next.commands();
  }

  @Override
  public boolean descriptorSense() {
    return next.descriptorSense();
  }

  @Override
  public void execute(CommandTask task) {
    if (size.incrementAndGet() > capacity) {
      size.decrementAndGet();
      rememberStatus(task.nexus(), AdditionalSense.PREVIOUS_TASK_SET_FULL_STATUS);
      task.complete(new Outcome.TaskSetFull());
      takeTurns();
      return;
    }
    TaskMember.Identity identity = new TaskMember.Identity(task.nexus(), task.tag());
    TaskMember member = new TaskMember(this, identity, task);
    if (inFlight.putIfAbsent(identity, member) != null) {
      size.decrementAndGet();
      abort(other -> other.nexus().equals(task.nexus()), task.nexus());
      task.refuse(
          new SenseData(SenseKey.ABORTED_COMMAND, AdditionalSense.OVERLAPPED_COMMANDS_ATTEMPTED));
    } else if (task.attribute() == TaskAttribute.SIMPLE
        && !order.isConstrained()
        && !rules.get().restricted()) {
      carryOut(member);
    } else {
      admit(member);
    }
  }

  void carryOut(TaskMember member) {
    next.execute(member.task().inSet(member));
  }

  private void admit(TaskMember member) {
    if (!member.park()) {
      member.finish(new Outcome.Busy()); // it was terminated, and nobody hears it
      return;
    }
    switch (order.admit(member)) {
      case TaskOrder.Admission.Start _ -> member.start();
      case TaskOrder.Admission.Wait _ -> takeTurns();
      case TaskOrder.Admission.Refused(Outcome outcome) -> {
        consider(member, outcome);
        member.finish(outcome);
      }
    }
    if (member.isEnded()) { // perhaps before it was taken in
      order.left(member);
      takeTurns();
    }
  }

  /** Begins all whose turn has come. */
  private void takeTurns() {
    if (!order.isConstrained()) {
      return;
    }
    if (order.isClosed() && size.get() == 0) {
      emptied.complete(null);
    }
    order.select(ready);
    if (turns.getAndIncrement() != 0) {
      return; // whoever is at it begins these, too
    }
    int seen = 1;
    do {
      for (TaskMember member = ready.poll(); member != null; member = ready.poll()) {
        member.start();
      }
      seen = turns.addAndGet(-seen);
    } while (seen != 0);
  }

  /** Whether there is more to do than to begin what comes. */
  boolean isConstrained() {
    return order.isConstrained();
  }

  /** Whether an ACA keeps a task from going on. */
  boolean holds(TaskMember member, Runnable goOn, Runnable discard) {
    return order.holds(member, goOn, discard);
  }

  /** What a status other than GOOD means for the other tasks, and for the nexus. */
  void consider(TaskMember member, Outcome outcome) {
    switch (outcome) {
      case Outcome.CheckCondition(ByteBuf _) -> fault(member);
      case Outcome.Busy _ -> rememberStatus(member.nexus(), AdditionalSense.PREVIOUS_BUSY_STATUS);
      case Outcome.ReservationConflict _ ->
          rememberStatus(member.nexus(), AdditionalSense.PREVIOUS_RESERVATION_CONFLICT_STATUS);
      case Outcome.TaskSetFull _ ->
          rememberStatus(member.nexus(), AdditionalSense.PREVIOUS_TASK_SET_FULL_STATUS);
      case Outcome.Good _, Outcome.AcaActive _, Outcome.TaskAborted _, Outcome.Other _ -> {}
    }
  }

  /** UA_INTLCK_CTRL 11b. */
  private void rememberStatus(Nexus nexus, AdditionalSense condition) {
    if (rules.get().tellsOfStatus()) {
      attentions.raise(nexus, condition);
    }
  }

  /** NACA begins an ACA; QERR says which other tasks end (SPC-5 7.5.8). */
  private void fault(TaskMember member) {
    TaskRules now = rules.get();
    if (member.task().naca() || member.attribute() == TaskAttribute.ACA) {
      order.fault(member);
      order.unblocked().forEach(TaskMember::unblock);
    }
    Nexus nexus = member.nexus();
    if (now.errorManagement() == TaskRules.ABORT_ALL && !now.perNexus()) {
      abortAndTell(other -> other != member, nexus);
    } else if (now.errorManagement() == TaskRules.ABORT_ALL
        || now.errorManagement() == TaskRules.ABORT_OF_NEXUS) {
      abort(other -> other != member && other.nexus().equals(nexus), nexus);
    }
  }

  /** Takes a member out of the set; the future is there if it was leaving. */
  Optional<CompletableFuture<Void>> remove(TaskMember member) {
    inFlight.remove(member.identity(), member);
    size.decrementAndGet();
    return Optional.ofNullable(leaving.remove(member));
  }

  /** A member is terminated, and the device server has it. */
  void leaves(TaskMember member) {
    leaving.put(member, new CompletableFuture<>());
    inFlight.remove(member.identity(), member);
  }

  /** A member has left. */
  void left(TaskMember member) {
    if (order.isConstrained()) {
      order.left(member);
      takeTurns();
    }
  }

  @Override
  public CompletableFuture<Void> signal(UnitSignal signal) {
    CompletableFuture<Void> own = CompletableFuture.completedFuture(null);
    switch (signal) {
      case UnitSignal.AbortTask(Nexus nexus, long tag) -> {
        TaskMember.Identity identity = new TaskMember.Identity(nexus, tag);
        abort(member -> member.identity().equals(identity), nexus);
      }
      case UnitSignal.AbortTaskSet(Nexus nexus) -> abortOf(nexus);
      case UnitSignal.ClearTaskSet(Nexus nexus) -> {
        boolean ownOnly = rules.get().perNexus();
        abortAndTell(member -> !ownOnly || member.nexus().equals(nexus), nexus);
      }
      case UnitSignal.ClearAca(Nexus nexus, Runnable refused) -> clearAca(nexus, refused);
      case UnitSignal.QueryTask(Nexus nexus, long tag, Runnable found) -> {
        if (inFlight.containsKey(new TaskMember.Identity(nexus, tag))) {
          found.run();
        }
      }
      case UnitSignal.QueryTaskSet(Nexus nexus, Runnable found) -> {
        if (inFlight.keySet().stream().anyMatch(identity -> identity.nexus().equals(nexus))) {
          found.run();
        }
      }
      case UnitSignal.NexusLost(Nexus nexus) -> lose(nexus);
      case UnitSignal.NexusReset(Nexus nexus) -> lose(nexus);
      case UnitSignal.Preempted(Set<Nexus> nexuses, Nexus by, long tag) -> {
        TaskMember.Identity command = new TaskMember.Identity(by, tag);
        nexuses.forEach(order::clear);
        abort(member -> nexuses.contains(member.nexus()) && !member.identity().equals(command), by);
        order.unblocked().forEach(TaskMember::unblock);
        takeTurns();
      }
      case UnitSignal.Reset(boolean _, Optional<Nexus> by) -> {
        order.clear();
        abort(_ -> true, by);
      }
      case UnitSignal.PowerOn _ -> {
        order.clear();
        abort(_ -> true, Optional.empty());
      }
      case UnitSignal.Removed _ -> {
        order.close();
        inFlight.values().forEach(member -> member.lose(AbsentUnit.NOT_SUPPORTED));
        own = emptied;
      }
      case UnitSignal.Terminated _,
          UnitSignal.NexusEstablished _,
          UnitSignal.InventoryReported _,
          UnitSignal.QueryAsynchronousEvent _,
          UnitSignal.Changed _ -> {}
    }
    CompletableFuture<Void> rest = next.signal(signal);
    takeTurns();
    return CompletableFuture.allOf(
        Stream.concat(Stream.of(rest, own), leaving.values().stream())
            .toArray(CompletableFuture<?>[]::new));
  }

  private void lose(Nexus nexus) {
    order.clear(nexus);
    abortOf(nexus);
    order.unblocked().forEach(TaskMember::unblock);
    takeTurns();
  }

  /** CLEAR ACA is for the faulted nexus; it also ends the task that was taken in the ACA. */
  private void clearAca(Nexus nexus, Runnable refused) {
    if (order.isFaultedByOthers(nexus)) {
      refused.run();
      return;
    }
    abort(member -> member.attribute() == TaskAttribute.ACA && member.nexus().equals(nexus), nexus);
    order.clear(nexus);
    order.unblocked().forEach(TaskMember::unblock);
    takeTurns();
  }

  private void abortOf(Nexus nexus) {
    abort(member -> member.nexus().equals(nexus), nexus);
  }

  /** The same, and those whose tasks another nexus ended are told in one way or the other. */
  private void abortAndTell(Predicate<TaskMember> which, Nexus by) {
    if (!rules.get().taskAborted()) {
      Set<Nexus> others =
          inFlight.values().stream()
              .filter(which)
              .map(TaskMember::nexus)
              .filter(nexus -> !nexus.equals(by))
              .collect(Collectors.toSet());
      others.forEach(
          nexus -> attentions.raise(nexus, AdditionalSense.COMMANDS_CLEARED_BY_ANOTHER_INITIATOR));
    }
    abort(which, by);
  }

  private void abort(Predicate<TaskMember> which, Nexus by) {
    abort(which, Optional.of(by));
  }

  /**
   * Ends tasks. Without TAS, and for the nexus that had them ended, that is without an answer.
   *
   * @param by the nexus that had them ended, if one did
   */
  private void abort(Predicate<TaskMember> which, Optional<Nexus> by) {
    boolean taskAborted = rules.get().taskAborted() && by.isPresent();
    inFlight
        .values()
        .forEach(
            member -> {
              if (which.test(member)) {
                boolean tell = taskAborted && !by.equals(Optional.of(member.nexus()));
                if (member.terminate(tell)) {
                  order.left(member);
                }
              }
            });
    if (!leaving.isEmpty()) {
      var _ = next.signal(new UnitSignal.Terminated());
    }
    takeTurns();
  }
}
