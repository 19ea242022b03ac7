package org.untorn.backstore.fault;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Runs steps one after the other, each begun when the one before has said that it is done, on
 * whatever thread that is. Steps that are done before they return are gone through in a loop, not
 * by recursion. The queue is guarded by this object's monitor; it is as long as its users have
 * operations outstanding.
 */
final class Serial {

  /** Something that ends now or later. */
  @FunctionalInterface
  interface Step {

    /** Begins; {@code done} is to be run once, on any thread. */
    void run(Runnable done);
  }

  private final Deque<Step> waiting = new ArrayDeque<>();
  private boolean running;

  void add(Step step) {
    synchronized (this) {
      waiting.add(step);
      if (running) {
        return;
      }
      running = true;
    }
    goOn();
  }

  private void goOn() {
    while (true) {
      Step next;
      synchronized (this) {
        if (waiting.isEmpty()) {
          running = false;
          return;
        }
        next = waiting.remove();
      }
      // Whoever comes second, this loop or the end of the step, goes on.
      AtomicBoolean oneCame = new AtomicBoolean();
      next.run(
          () -> {
            if (oneCame.getAndSet(true)) {
              goOn();
            }
          });
      if (!oneCame.getAndSet(true)) {
        return;
      }
    }
  }
}
