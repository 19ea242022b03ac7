package org.untorn.core;

import java.util.concurrent.atomic.LongAdder;
import org.untorn.backstore.BlockOperation;
import org.untorn.backstore.BlockOutcome;
import org.untorn.backstore.BlockStore;
import org.untorn.backstore.Geometry;

/**
 * Keeps commands from changing a medium that is being erased: what they submitted before it was
 * shut is waited for, what they submit afterwards fails. So nothing that an initiator wrote lies on
 * what was erased already.
 *
 * <p>A change is counted before it looks whether the gate is shut, and the gate is shut before the
 * changes are counted; so each is either waited for or fails.
 */
final class MediumGate implements BlockStore {

  private static final BlockOutcome SHUT =
      new BlockOutcome.WriteFailed("all of the medium is being erased");

  private final BlockStore below;
  private final LongAdder entered = new LongAdder();
  private final LongAdder left = new LongAdder();
  private volatile boolean shut;

  MediumGate(BlockStore below) {
    this.below = below;
  }

  /** Lets no change through from now on. */
  void shut() {
    shut = true;
  }

  /** Lets changes through again. */
  void open() {
    shut = false;
  }

  /** Whether every change that got through has completed. */
  boolean isQuiet() {
    long gone = left.sum();
    return gone == entered.sum();
  }

  @Override
  public Geometry geometry() {
    return below.geometry();
  }

  @Override
  public void submit(BlockOperation operation, Completion completion) {
    switch (operation) {
      case BlockOperation.Read _, BlockOperation.Status _, BlockOperation.Flush _ ->
          below.submit(operation, completion);
      case BlockOperation.Write _,
          BlockOperation.AtomicWrite _,
          BlockOperation.CompareAndWrite _,
          BlockOperation.Unmap _ ->
          change(operation, completion);
    }
  }

  private void change(BlockOperation operation, Completion completion) {
    entered.increment();
    if (shut) {
      left.increment();
      completion.completed(SHUT);
      return;
    }
    below.submit(
        operation,
        outcome -> {
          left.increment();
          completion.completed(outcome);
        });
  }
}
