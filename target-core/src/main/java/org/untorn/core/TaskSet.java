package org.untorn.core;

import io.netty.buffer.ByteBuf;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The task set of a logical unit (SAM-5 4.9): knows every task in flight, and ends them on abort
 * and reset.
 *
 * <p>Invariants:
 *
 * <ol>
 *   <li>At most {@code capacity} tasks are in the set or leaving it; a further one ends in TASK SET
 *       FULL.
 *   <li>A task is in the set from its start until it completes or is terminated, whichever is
 *       first, and leaves it once.
 *   <li>A terminated task that waits for its data does nothing any more. One that is being carried
 *       out may have reached the store, and may yet change the medium: it is leaving until it
 *       completes, and a signal's future waits for all that are leaving.
 *   <li>A nexus has one task per tag; a second one ends all tasks of the nexus and itself in
 *       0Bh/4Eh/00h (SAM-5 5.10, overlapped commands).
 * </ol>
 *
 * All tasks are carried out at once, as SIMPLE: ordering by attribute is left to whoever sends them
 * one after the other.
 */
final class TaskSet implements LogicalUnit {

  private record Identity(Nexus nexus, long tag) {}

  private final LogicalUnit next;
  private final UnitAttentions attentions;
  private final int capacity;
  private final Map<Identity, Member> inFlight = new ConcurrentHashMap<>();
  private final Map<Member, CompletableFuture<Void>> leaving = new ConcurrentHashMap<>();
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
    Member member = new Member(identity, task);
    if (inFlight.putIfAbsent(identity, member) != null) {
      size.decrementAndGet();
      terminate(other -> other.nexus().equals(task.nexus()));
      task.refuse(
          new SenseData(SenseKey.ABORTED_COMMAND, AdditionalSense.OVERLAPPED_COMMANDS_ATTEMPTED));
      return;
    }
    next.execute(task.receiving(member::receive).answering(member::complete));
  }

  @Override
  public CompletableFuture<Void> signal(UnitSignal signal) {
    switch (signal) {
      case UnitSignal.AbortTask(Nexus nexus, long tag) ->
          terminate(identity -> identity.equals(new Identity(nexus, tag)));
      case UnitSignal.AbortTaskSet(Nexus nexus) ->
          terminate(identity -> identity.nexus().equals(nexus));
      case UnitSignal.ClearTaskSet(Nexus nexus) -> clear(nexus);
      case UnitSignal.NexusLost(Nexus nexus) ->
          terminate(identity -> identity.nexus().equals(nexus));
      case UnitSignal.Preempted(Set<Nexus> nexuses, Nexus by, long tag) -> {
        Identity command = new Identity(by, tag);
        terminate(identity -> nexuses.contains(identity.nexus()) && !identity.equals(command));
      }
      case UnitSignal.Reset _, UnitSignal.PowerOn _ -> terminate(identity -> true);
      case UnitSignal.NexusEstablished _, UnitSignal.Changed _ -> {}
    }
    CompletableFuture<Void> rest = next.signal(signal);
    return CompletableFuture.allOf(
        Stream.concat(Stream.of(rest), leaving.values().stream())
            .toArray(CompletableFuture<?>[]::new));
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
        (identity, member) -> {
          if (which.test(identity)) {
            member.terminate();
          }
        });
  }

  /**
   * A task and how far it has come.
   *
   * <pre>
   *            receive
   *   RUNNING ─────────► COLLECTING        RUNNING, LEAVING: the device server has it
   *    │   │ ◄───────────  │               COLLECTING:       the transport has it
   *    │   │   data        │ terminate
   *    │   │ complete      ▼
   *    │   └───────────► ENDED
   *    │ terminate         ▲
   *    └──────► LEAVING ───┘ complete, or receive: the transport gives a terminated task no data
   * </pre>
   */
  private final class Member {

    private enum State {
      RUNNING,
      COLLECTING,
      LEAVING,
      ENDED
    }

    private final Identity identity;
    private final CommandTask task;

    /** Guarded by this object, as is what {@code inFlight} and {@code leaving} say of it. */
    private State state = State.RUNNING;

    Member(Identity identity, CommandTask task) {
      this.identity = identity;
      this.task = task;
    }

    void receive(int length, Consumer<ByteBuf> then) {
      if (move(State.RUNNING, State.COLLECTING)) {
        task.receiveDataOut(length, data -> received(data, then));
      } else {
        end().ifPresent(future -> future.complete(null));
      }
    }

    private void received(ByteBuf data, Consumer<ByteBuf> then) {
      if (move(State.COLLECTING, State.RUNNING)) {
        then.accept(data);
      } else {
        data.release();
      }
    }

    private synchronized boolean move(State from, State to) {
      boolean moved = state == from;
      if (moved) {
        state = to;
      }
      return moved;
    }

    void complete(Outcome outcome) {
      Optional<CompletableFuture<Void>> awaited = end();
      task.complete(outcome);
      awaited.ifPresent(future -> future.complete(null));
    }

    /** Leaves for good; the future is there if the task was leaving. */
    private synchronized Optional<CompletableFuture<Void>> end() {
      if (state != State.ENDED) {
        state = State.ENDED;
        inFlight.remove(identity, this);
        size.decrementAndGet();
      }
      return Optional.ofNullable(leaving.remove(this));
    }

    void terminate() {
      synchronized (this) {
        switch (state) {
          case RUNNING -> {
            state = State.LEAVING;
            inFlight.remove(identity, this);
            leaving.put(this, new CompletableFuture<>());
          }
          case COLLECTING -> end();
          case LEAVING, ENDED -> {
            return;
          }
        }
      }
      task.terminate();
    }
  }
}
