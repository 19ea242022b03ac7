package org.untorn.core;

import io.netty.buffer.ByteBuf;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * A task of a {@link TaskSet}, and how far it has come.
 *
 * <pre>
 *              turn             receive
 *   WAITING ─────────► RUNNING ─────────► COLLECTING    RUNNING, LEAVING: the device server has it
 *    │                  │ │ │ ◄───────────  │           COLLECTING:       the transport has it
 *    │ terminate        │ │ │   data        │ terminate WAITING, BLOCKED: nobody has it
 *    │     ACA, ┌───────┘ │ │ complete      ▼
 *    │ and done ▼         │ └───────────► ENDED
 *    │        BLOCKED     │ terminate       ▲
 *    │          │         └─► LEAVING ──────┤ complete, or receive: a terminated task gets no data
 *    └──────────┴───────────────────────────┘
 * </pre>
 *
 * A task begins as RUNNING, since most never wait. {@code state} and what the set's maps say of the
 * task are guarded by this object; {@code parked} by the set's {@link TaskOrder}.
 *
 * <p>It is itself where its task asks for data, ends, and looks whether it was terminated: what
 * every command would allocate for that is the member.
 */
final class TaskMember implements CommandTask.DataOut, Consumer<Outcome>, BooleanSupplier {

  /** Names a task within its logical unit. */
  record Identity(Nexus nexus, long tag) {}

  private enum State {
    WAITING,
    RUNNING,
    COLLECTING,
    BLOCKED,
    LEAVING,
    ENDED
  }

  private static final SenseData ABORTED_DUE_TO_ACA =
      new SenseData(SenseKey.ABORTED_COMMAND, AdditionalSense.ATOMIC_COMMAND_ABORTED_DUE_TO_ACA);

  private final TaskSet set;
  private final Identity identity;
  private final CommandTask task;
  private State state = State.RUNNING;

  /** Of one that is leaving: whether it ends in TASK ABORTED. */
  private boolean told;

  private Runnable goOn = TaskMember::nothing;
  private Runnable discard = TaskMember::nothing;
  private boolean parked;

  TaskMember(TaskSet set, Identity identity, CommandTask task) {
    this.set = set;
    this.identity = identity;
    this.task = task;
  }

  private static void nothing() {}

  Identity identity() {
    return identity;
  }

  Nexus nexus() {
    return identity.nexus();
  }

  CommandTask task() {
    return task;
  }

  TaskAttribute attribute() {
    return task.attribute();
  }

  boolean isParked() {
    return parked;
  }

  void parked(boolean waits) {
    parked = waits;
  }

  Outcome refusal(SenseData why) {
    return Outcome.checkCondition(why, set.descriptorSense());
  }

  /** Begins to wait; false if it was terminated already. */
  boolean park() {
    return move(State.RUNNING, State.WAITING);
  }

  /** Its turn has come: it goes on where it belongs, unless it is terminated first. */
  void start() {
    task.execute(
        () -> {
          if (move(State.WAITING, State.RUNNING)) {
            set.carryOut(this);
          }
        });
  }

  @Override
  public void receive(int length, Consumer<ByteBuf> then) {
    if (move(State.RUNNING, State.COLLECTING)) {
      task.receiveDataOut(length, data -> received(data, then));
    } else {
      finish(new Outcome.Busy());
    }
  }

  private void received(ByteBuf data, Consumer<ByteBuf> then) {
    if (!move(State.COLLECTING, State.RUNNING)) {
      data.release();
    } else if (!set.isConstrained()
        || !set.holds(this, () -> afterAca(data, then), () -> data.release())) {
      then.accept(data);
    }
  }

  /** An atomic write that an ACA stopped has changed nothing, and ends (SBC-4 4.29.4). */
  private void afterAca(ByteBuf data, Consumer<ByteBuf> then) {
    if (task.command().is(Command.Trait.ATOMIC)) {
      data.release();
      complete(refusal(ABORTED_DUE_TO_ACA));
    } else {
      then.accept(data);
    }
  }

  private synchronized boolean move(State from, State to) {
    boolean moved = state == from;
    if (moved) {
      state = to;
    }
    return moved;
  }

  /** The device server is done with it. */
  @Override
  public void accept(Outcome outcome) {
    complete(outcome);
  }

  private void complete(Outcome outcome) {
    if (set.isConstrained()
        && set.holds(this, () -> complete(outcome), () -> Outcome.discard(outcome))) {
      return;
    }
    if (!(outcome instanceof Outcome.Good) && isAlive()) {
      set.consider(this, outcome);
    }
    finish(outcome);
  }

  private synchronized boolean isAlive() {
    return state == State.RUNNING;
  }

  /** Whether it was ended from outside. */
  @Override
  public synchronized boolean getAsBoolean() {
    return state == State.LEAVING || state == State.ENDED;
  }

  /** Leaves the set, and ends with an outcome, unless it was terminated. */
  void finish(Outcome outcome) {
    Optional<CompletableFuture<Void>> awaited;
    boolean aborted;
    synchronized (this) {
      aborted = state == State.LEAVING && told;
      awaited = end();
    }
    if (aborted) {
      Outcome.discard(outcome);
      task.complete(new Outcome.TaskAborted());
    } else {
      task.complete(outcome);
    }
    awaited.ifPresent(future -> future.complete(null));
    set.left(this);
  }

  /** Leaves for good; the future is there if the task was leaving. */
  private Optional<CompletableFuture<Void>> end() {
    if (state != State.ENDED) {
      state = State.ENDED;
      return set.remove(this);
    }
    return Optional.empty();
  }

  /** Stops before it goes on, or ends; false if it was terminated. */
  synchronized boolean block(Runnable whenFree, Runnable whenTerminated) {
    boolean moved = move(State.RUNNING, State.BLOCKED);
    if (moved) {
      goOn = whenFree;
      discard = whenTerminated;
    }
    return moved;
  }

  /** Goes on where it stopped. */
  void unblock() {
    task.execute(
        () -> {
          if (move(State.BLOCKED, State.RUNNING)) {
            goOn.run();
          }
        });
  }

  /**
   * Ends it from outside.
   *
   * @param tell whether it ends in TASK ABORTED; else without an answer
   * @return whether it has left the set: what the device server has is leaving
   */
  boolean terminate(boolean tell) {
    synchronized (this) {
      switch (state) {
        case RUNNING -> {
          state = State.LEAVING;
          told = tell;
          set.leaves(this);
        }
        case WAITING, COLLECTING, BLOCKED -> {
          if (state == State.BLOCKED) {
            discard.run();
          }
          end();
        }
        case LEAVING, ENDED -> {
          return false;
        }
      }
    }
    if (!tell) {
      task.terminate();
    } else if (isEnded()) {
      task.complete(new Outcome.TaskAborted());
    }
    return isEnded();
  }

  /** Whether it has left the set. */
  synchronized boolean isEnded() {
    return state == State.ENDED;
  }

  /** The unit is gone: ends it with a reason, unless the device server has it. */
  void lose(SenseData why) {
    synchronized (this) {
      switch (state) {
        case WAITING, COLLECTING, BLOCKED -> {
          if (state == State.BLOCKED) {
            discard.run();
          }
          end();
        }
        case RUNNING, LEAVING, ENDED -> {
          return;
        }
      }
    }
    task.complete(refusal(why));
    set.left(this);
  }
}
