package org.untorn.backstore;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * One stretch of the log, and who reads from it.
 *
 * <pre>
 *   filling --- full ---> sealed --- nothing needs it, no pins ---> freed (its file is used again,
 *                                                                   under a new number)
 * </pre>
 *
 * The pins are the readers' and the freeing thread's; all else is guarded by the {@link Log}'s
 * lock.
 */
final class Segment {

  /** No segment. */
  static final Segment NONE = new Segment(0, "", 0);

  private static final int FREED = -1;

  private final int number;
  private final String file;
  private final long epoch;
  private final AtomicInteger pins = new AtomicInteger();
  private long lastSequence;

  Segment(int number, String file, long epoch) {
    this.number = number;
    this.file = file;
    this.epoch = epoch;
  }

  int number() {
    return number;
  }

  String file() {
    return file;
  }

  long epoch() {
    return epoch;
  }

  /** The sequence of the last record in it so far. */
  long lastSequence() {
    return lastSequence;
  }

  void lastSequence(long sequence) {
    lastSequence = sequence;
  }

  /** Keeps the bytes where they are until {@link #unpin}; false if they are gone already. */
  boolean tryPin() {
    int count = pins.get();
    while (count != FREED) {
      if (pins.compareAndSet(count, count + 1)) {
        return true;
      }
      count = pins.get();
    }
    return false;
  }

  void unpin() {
    pins.decrementAndGet();
  }

  /** Ends the segment's life if nobody reads from it. */
  boolean tryFree() {
    return pins.compareAndSet(0, FREED);
  }
}
