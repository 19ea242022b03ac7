package org.untorn.core;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/**
 * The copy manager (SPC-5 5.17) of some disks: carries their third-party copies out, and keeps the
 * ROD tokens that one of them makes and another one takes.
 *
 * <p>Copies wait for the store, so each runs on a thread of its own and never on an event loop. No
 * more than {@value #CONCURRENT_COPIES} run at once, each with one buffer of {@link
 * BlockCopy#CHUNK_BYTES}; a further one ends in BUSY.
 */
public final class CopyManager {

  /** TOTAL CONCURRENT COPIES. */
  static final int CONCURRENT_COPIES = 16;

  private final Semaphore places = new Semaphore(CONCURRENT_COPIES);
  private final Executor threads;
  private final RodTokens tokens;

  /**
   * Copies run on virtual threads.
   *
   * @param random what nobody can guess: ROD tokens are made of it
   */
  public CopyManager(RandomGenerator random) {
    this(
        Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("untorn-copy-", 0).factory()),
        new RodTokens(
            System::nanoTime,
            random,
            (seconds, action) ->
                CompletableFuture.delayedExecutor(seconds, TimeUnit.SECONDS).execute(action)));
  }

  CopyManager(Executor threads, RodTokens tokens) {
    this.threads = threads;
    this.tokens = tokens;
  }

  RodTokens tokens() {
    return tokens;
  }

  /** Runs a copy on a thread of its own; false if too many are running. */
  boolean start(Runnable copy) {
    if (!places.tryAcquire()) {
      return false;
    }
    threads.execute(
        () -> {
          try {
            copy.run();
          } finally {
            places.release();
          }
        });
    return true;
  }
}
