package org.untorn.core;

import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.untorn.core.CopyOperation.Identity;

/**
 * The third-party copies that a disk was asked for: those that run, and how the last ones ended.
 *
 * <p>Invariants, under this object's lock:
 *
 * <ol>
 *   <li>Of the copies of a nexus that run no two have the same list identifier.
 *   <li>At most {@value #REMEMBERED} named ones are remembered, and those that run are never
 *       forgotten: the {@link CopyManager} lets fewer run.
 *   <li>A nexus that is lost leaves nothing behind; a reset nothing at all.
 * </ol>
 */
final class CopyOperations {

  /** MAXIMUM IDENTIFIED CONCURRENT COPIES is no more than this. */
  static final int REMEMBERED = 64;

  private static final SenseData IN_PROGRESS =
      SenseData.illegalRequest(AdditionalSense.OPERATION_IN_PROGRESS);
  private static final SenseData BUG =
      new SenseData(SenseKey.HARDWARE_ERROR, AdditionalSense.INTERNAL_TARGET_FAILURE);

  private final CopyManager manager;
  private final Map<Identity, CopyOperation> named = new LinkedHashMap<>();
  private final Set<CopyOperation> running = new HashSet<>();

  CopyOperations(CopyManager manager) {
    this.manager = manager;
  }

  RodTokens tokens() {
    return manager.tokens();
  }

  /** What a copy does: gives why it could not, or was not let. */
  @FunctionalInterface
  interface Work {
    Optional<CopyFailure> copy(CopyOperation operation);

    /**
     * Called once: it is over.
     *
     * @param done whether it was carried out, and well
     */
    default void end(boolean done) {}
  }

  /**
   * A copy that a task asks for.
   *
   * @param immediate whether the task does not wait for it
   */
  static CopyOperation operation(
      CommandTask task, int serviceAction, long listIdentifier, boolean named, boolean immediate) {
    return new CopyOperation(
        new Identity(task.nexus(), listIdentifier),
        named,
        serviceAction,
        immediate,
        immediate ? () -> false : task::isTerminated);
  }

  /**
   * Carries a copy out on a thread of its own, and ends the task: when the copy has ended, or at
   * once if that goes on in the background; in BUSY if too many run.
   */
  void start(CommandTask task, CopyOperation operation, Work work, Disk disk) {
    if (!begin(operation)) {
      work.end(false);
      task.refuse(IN_PROGRESS);
      return;
    }
    boolean immediate = operation.inBackground();
    boolean started =
        manager.start(
            () -> {
              finish(operation, work, disk);
              if (!immediate) {
                answer(task, operation);
              }
              operation.ended().complete(null);
            });
    if (!started) {
      work.end(false);
      forget(operation);
      task.complete(new Outcome.Busy());
    } else if (immediate) {
      task.complete(Outcome.GOOD);
    }
  }

  /** Does what takes no time, and ends the task. */
  void doNow(CommandTask task, CopyOperation operation, Work work, Disk disk) {
    if (!begin(operation)) {
      task.refuse(IN_PROGRESS);
      return;
    }
    finish(operation, work, disk);
    answer(task, operation);
    operation.ended().complete(null);
  }

  private void finish(CopyOperation operation, Work work, Disk disk) {
    Optional<CopyFailure> failure;
    try {
      failure = work.copy(operation);
    } catch (RuntimeException | Error bug) {
      failure = Optional.of(BUG::encode);
    }
    operation.end(failure, disk.descriptorSense());
    work.end(failure.isEmpty());
    synchronized (this) {
      running.remove(operation);
    }
  }

  private static void answer(CommandTask task, CopyOperation operation) {
    byte[] sense = operation.sense();
    task.complete(
        sense.length == 0
            ? Outcome.GOOD
            : new Outcome.CheckCondition(Unpooled.wrappedBuffer(sense)));
  }

  private synchronized boolean begin(CopyOperation operation) {
    if (operation.named()) {
      CopyOperation before = named.get(operation.identity());
      if (before != null && before.isRunning()) {
        return false;
      }
      named.remove(operation.identity());
      makeRoom();
      named.put(operation.identity(), operation);
    }
    running.add(operation);
    return true;
  }

  private void makeRoom() {
    if (named.size() >= REMEMBERED) {
      named.values().stream()
          .filter(operation -> !operation.isRunning())
          .findFirst()
          .ifPresent(oldest -> named.remove(oldest.identity()));
    }
  }

  /** Forgets how it ended, or that it was ever to be. */
  synchronized void forget(CopyOperation operation) {
    running.remove(operation);
    named.remove(operation.identity(), operation);
  }

  /** The copy that a nexus has given a list identifier. */
  synchronized Optional<CopyOperation> find(Nexus nexus, long listIdentifier) {
    return Optional.ofNullable(named.get(new Identity(nexus, listIdentifier)));
  }

  /**
   * Ends copies that something ends; completes when those have ended. A copy that its task waits
   * for sees by itself that the task was terminated, and the task set waits for it.
   */
  CompletableFuture<Void> signal(UnitSignal signal) {
    return switch (signal) {
      case UnitSignal.NexusLost(Nexus nexus) -> end(nexus);
      case UnitSignal.NexusReset(Nexus nexus) -> end(nexus);
      case UnitSignal.Reset _ -> end();
      case UnitSignal.PowerOn _ -> {
        manager.tokens().clear();
        yield end();
      }
      case UnitSignal.NexusEstablished _,
          UnitSignal.QueryAsynchronousEvent _,
          UnitSignal.InventoryReported _,
          UnitSignal.Changed _,
          UnitSignal.Removed _,
          UnitSignal.OfTasks _ ->
          CompletableFuture.completedFuture(null);
    };
  }

  private CompletableFuture<Void> end(Nexus nexus) {
    forgetAll(operation -> isOf(operation, nexus));
    return abort(operation -> isOf(operation, nexus));
  }

  private CompletableFuture<Void> end() {
    forgetAll(operation -> true);
    return abort(operation -> true);
  }

  private static boolean isOf(CopyOperation operation, Nexus nexus) {
    return operation.identity().nexus().equals(nexus);
  }

  private synchronized void forgetAll(Predicate<CopyOperation> which) {
    named.values().removeIf(operation -> which.test(operation));
  }

  private synchronized CompletableFuture<Void> abort(Predicate<CopyOperation> which) {
    List<CompletableFuture<Void>> ending = new ArrayList<>();
    for (CopyOperation operation : running) {
      if (which.test(operation)) {
        operation.abort();
        ending.add(operation.ended());
      }
    }
    return CompletableFuture.allOf(ending.toArray(CompletableFuture<?>[]::new));
  }
}
