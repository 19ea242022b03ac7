package org.untorn.backstore.fault;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongPredicate;
import org.untorn.backstore.BlockOperation;
import org.untorn.backstore.BlockOutcome;
import org.untorn.backstore.BlockStore;
import org.untorn.backstore.Geometry;

/** A filter that says of some flushes that they are done, and does not pass them on. */
public final class SkippedFlushes implements BlockStore {

  private final BlockStore below;
  private final LongPredicate skipped;
  private final AtomicLong flushes = new AtomicLong();

  /**
   * A filter.
   *
   * @param skipped which flushes do not pass, counted from 1
   */
  public SkippedFlushes(BlockStore below, LongPredicate skipped) {
    this.below = below;
    this.skipped = skipped;
  }

  @Override
  public Geometry geometry() {
    return below.geometry();
  }

  @Override
  public void submit(BlockOperation operation, Completion completion) {
    if (operation instanceof BlockOperation.Flush && skipped.test(flushes.incrementAndGet())) {
      completion.completed(BlockOutcome.DONE);
    } else {
      below.submit(operation, completion);
    }
  }
}
