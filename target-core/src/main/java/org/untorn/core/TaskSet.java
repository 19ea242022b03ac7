package org.untorn.core;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/**
 * The task set of a logical unit (SAM-5 4.9): knows every task in flight, and ends them on abort
 * and reset.
 *
 * <p>Invariants:
 *
 * <ol>
 *   <li>At most {@code capacity} tasks are in the set; a further one ends in TASK SET FULL.
 *   <li>A task is in the set from its start until it completes or is terminated, whichever is
 *       first, and leaves it once.
 *   <li>A nexus has one task per tag; a second one ends all tasks of the nexus and itself in
 *       0Bh/4Eh/00h (SAM-5 5.10, overlapped commands).
 * </ol>
 *
 * All tasks are carried out at once, as SIMPLE: ordering by attribute is left to whoever sends them
 * one after the other. A terminated task that has reached the store is carried out or not, as if it
 * had completed just before; one that still waits for its data never is.
 */
final class TaskSet implements LogicalUnit {

  private record Identity(Nexus nexus, long tag) {}

  private final LogicalUnit next;
  private final UnitAttentions attentions;
  private final int capacity;
  private final Map<Identity, CommandTask> inFlight = new ConcurrentHashMap<>();
  private final AtomicInteger size = new AtomicInteger();

  TaskSet(LogicalUnit next, UnitAttentions attentions, int capacity) {
    this.next = next;
    this.attentions = attentions;
    this.capacity = capacity;
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
      task.complete(new Outcome.TaskSetFull());
      return;
    }
    Identity identity = new Identity(task.nexus(), task.tag());
    if (inFlight.putIfAbsent(identity, task) != null) {
      size.decrementAndGet();
      terminate(other -> other.nexus().equals(task.nexus()));
      task.refuse(
          new SenseData(SenseKey.ABORTED_COMMAND, AdditionalSense.OVERLAPPED_COMMANDS_ATTEMPTED));
      return;
    }
    next.execute(
        task.answering(
            outcome -> {
              leave(identity, task);
              task.complete(outcome);
            }));
  }

  @Override
  public void signal(UnitSignal signal) {
    switch (signal) {
      case UnitSignal.AbortTask(Nexus nexus, long tag) ->
          terminate(identity -> identity.equals(new Identity(nexus, tag)));
      case UnitSignal.AbortTaskSet(Nexus nexus) ->
          terminate(identity -> identity.nexus().equals(nexus));
      case UnitSignal.ClearTaskSet(Nexus nexus) -> clear(nexus);
      case UnitSignal.NexusLost(Nexus nexus) ->
          terminate(identity -> identity.nexus().equals(nexus));
      case UnitSignal.Reset _ -> terminate(identity -> true);
      case UnitSignal.NexusEstablished _ -> {}
    }
    next.signal(signal);
  }

  /** Ends every task; those whose tasks another nexus ended are told (SAM-5 7.5, TAS is zero). */
  private void clear(Nexus cause) {
    inFlight.keySet().stream()
        .map(Identity::nexus)
        .distinct()
        .filter(nexus -> !nexus.equals(cause))
        .forEach(
            nexus ->
                attentions.raise(nexus, AdditionalSense.COMMANDS_CLEARED_BY_ANOTHER_INITIATOR));
    terminate(identity -> true);
  }

  private void terminate(Predicate<Identity> which) {
    inFlight.forEach(
        (identity, task) -> {
          if (which.test(identity) && leave(identity, task)) {
            task.terminate();
          }
        });
  }

  private boolean leave(Identity identity, CommandTask task) {
    boolean left = inFlight.remove(identity, task);
    if (left) {
      size.decrementAndGet();
    }
    return left;
  }
}
