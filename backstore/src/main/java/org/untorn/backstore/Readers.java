package org.untorn.backstore;

import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Who looks at nodes that may be out of use already: epochs, and how many readers are in the newest
 * two.
 *
 * <pre>
 *   epoch      7           8           9
 *   reader   enter ----------- exit                   keeps 9 from beginning
 *   node       unlinked                |reused        what was unlinked in 7 is reused from 9 on
 * </pre>
 *
 * Invariants:
 *
 * <ol>
 *   <li>Epoch e + 1 begins only when no reader is left that entered in e - 1. So nobody who could
 *       have found what was unlinked in e - 1 is left, and it may be reused.
 *   <li>A reader never waits.
 * </ol>
 *
 * A reader finds its root only after it has entered. The readers' counters are spread over the
 * cores; {@link #tryAdvance} is the writer's alone.
 */
final class Readers {

  private static final int STRIPES =
      Integer.highestOneBit(2 * Runtime.getRuntime().availableProcessors());

  /** As many counters as two cache lines have, so that no stripe disturbs another one. */
  private static final int STRIDE = 16;

  private final AtomicLongArray counters = new AtomicLongArray(STRIPES * STRIDE);
  private volatile long epoch = 1;

  /** Begins to read; the answer goes to {@link #exit}. */
  int enter() {
    int stripe = (int) (Thread.currentThread().threadId() & (STRIPES - 1)) * STRIDE;
    while (true) {
      long entered = epoch;
      int counter = stripe + (int) (entered & 1);
      counters.getAndIncrement(counter);
      if (epoch == entered) {
        return counter;
      }
      counters.getAndDecrement(counter);
    }
  }

  void exit(int counter) {
    counters.getAndDecrement(counter);
  }

  long epoch() {
    return epoch;
  }

  /**
   * Whether nobody reads. Who comes after this sees all that was changed before it, and may see
   * what is changed next.
   */
  boolean areNone() {
    VarHandle.fullFence(); // what was changed before must not be seen later than this look
    for (int stripe = 0; stripe < STRIPES; stripe++) {
      if ((counters.get(stripe * STRIDE) | counters.get(stripe * STRIDE + 1)) != 0) {
        return false;
      }
    }
    return true;
  }

  /** Begins the next epoch, unless readers are left that entered before this one. */
  boolean tryAdvance() {
    long newest = epoch;
    int older = (int) ((newest + 1) & 1);
    for (int stripe = 0; stripe < STRIPES; stripe++) {
      if (counters.get(stripe * STRIDE + older) != 0) {
        return false;
      }
    }
    epoch = newest + 1;
    return true;
  }
}
