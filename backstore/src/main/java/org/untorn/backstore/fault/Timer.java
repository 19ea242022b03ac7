package org.untorn.backstore.fault;

import java.time.Duration;

/** Runs something later, on any thread. */
@FunctionalInterface
public interface Timer {
  void after(Duration delay, Runnable action);
}
