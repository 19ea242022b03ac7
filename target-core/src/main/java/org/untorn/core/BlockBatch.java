package org.untorn.core;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.untorn.backstore.BlockOperation;
import org.untorn.backstore.BlockOutcome;
import org.untorn.backstore.BlockStore;

/**
 * Several block operations that make up one command. They are submitted one after the other without
 * waiting, so that operations which wait for stable storage wait together, until one is known to
 * have failed; what was submitted is waited for.
 *
 * <p>Invariant: {@code then} is called once, after every submitted operation has completed, with
 * how the first of those ended that failed, or with {@link BlockOutcome.Done} if none did.
 */
final class BlockBatch {

  /**
   * How the operations ended.
   *
   * @param outcome {@link BlockOutcome.Done}, or a failure
   * @param index which operation failed, the first of those that did, from 0; their number if none
   */
  record Ended(BlockOutcome outcome, int index) {}

  private final Consumer<Ended> then;

  /** What is still to complete: the submitted operations, and one for the submitting itself. */
  private final AtomicInteger open = new AtomicInteger(1);

  /** Replaced under this object's lock, read without it. */
  private volatile Ended first;

  private BlockBatch(int operations, Consumer<Ended> then) {
    this.then = then;
    this.first = new Ended(BlockOutcome.DONE, operations);
  }

  /** Submits the operations, in order. */
  static void submit(
      BlockStore store, List<? extends BlockOperation> operations, Consumer<BlockOutcome> then) {
    submitNumbered(store, operations, ended -> then.accept(ended.outcome()));
  }

  /** The same for who has to tell which operation failed. */
  static void submitNumbered(
      BlockStore store, List<? extends BlockOperation> operations, Consumer<Ended> then) {
    BlockBatch batch = new BlockBatch(operations.size(), then);
    for (int i = 0; i < operations.size() && !batch.failed(); i++) {
      int index = i;
      batch.open.incrementAndGet();
      store.submit(operations.get(i), outcome -> batch.completed(new Ended(outcome, index)));
    }
    batch.leave();
  }

  private boolean failed() {
    return isFailure(first);
  }

  private void completed(Ended one) {
    if (isFailure(one)) {
      keep(one);
    }
    leave();
  }

  private static boolean isFailure(Ended ended) {
    return !BlockOutcome.DONE.equals(ended.outcome());
  }

  private synchronized void keep(Ended failure) {
    if (failure.index() < first.index()) {
      first = failure;
    }
  }

  private void leave() {
    if (open.decrementAndGet() == 0) {
      then.accept(first);
    }
  }
}
