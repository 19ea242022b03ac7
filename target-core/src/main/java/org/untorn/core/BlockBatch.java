package org.untorn.core;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
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
 * the first failure, or {@link BlockOutcome.Done} if there was none.
 */
final class BlockBatch {

  private final Consumer<BlockOutcome> then;

  /** What is still to complete: the submitted operations, and one for the submitting itself. */
  private final AtomicInteger open = new AtomicInteger(1);

  private final AtomicReference<BlockOutcome> outcome = new AtomicReference<>(BlockOutcome.DONE);

  private BlockBatch(Consumer<BlockOutcome> then) {
    this.then = then;
  }

  /** Submits the operations, in order. */
  static void submit(
      BlockStore store, List<? extends BlockOperation> operations, Consumer<BlockOutcome> then) {
    BlockBatch batch = new BlockBatch(then);
    for (BlockOperation operation : operations) {
      if (batch.failed()) {
        break;
      }
      batch.open.incrementAndGet();
      store.submit(operation, batch::completed);
    }
    batch.completed(BlockOutcome.DONE);
  }

  private boolean failed() {
    return !BlockOutcome.DONE.equals(outcome.get());
  }

  private void completed(BlockOutcome one) {
    outcome.compareAndSet(BlockOutcome.DONE, one);
    if (open.decrementAndGet() == 0) {
      then.accept(outcome.get());
    }
  }
}
