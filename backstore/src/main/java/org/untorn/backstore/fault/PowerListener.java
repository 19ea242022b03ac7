package org.untorn.backstore.fault;

import java.util.concurrent.CompletableFuture;

/** Who must know when the power goes and comes. */
public interface PowerListener {

  /** The power is gone. The future completes when no initiator can hear anything any more. */
  CompletableFuture<Void> lost();

  /** The power is back: initiators may come. */
  void restored();

  /** For a device that has no initiators. */
  PowerListener NOBODY =
      new PowerListener() {
        @Override
        public CompletableFuture<Void> lost() {
          return CompletableFuture.completedFuture(null);
        }

        @Override
        public void restored() {}
      };
}
