package org.untorn.backstore;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * Puts the log on stable storage, on a thread of its own: one sync for all who wait (group commit).
 *
 * <pre>
 *   waiting      a b c | d e      those who come while a sync runs wait for the next one
 *   sync         ----->|------>
 *   completed          a b c  d e
 * </pre>
 *
 * Invariants:
 *
 * <ol>
 *   <li>Who is completed with {@link BlockOutcome.Done} was published before the sync began.
 *   <li>After a failed sync the log is stopped; a failed sync is never retried. An {@link Error} is
 *       a failure like any other: nobody is left waiting.
 * </ol>
 */
final class Committer {

  private final Medium medium;
  private final Log log;
  private List<BlockStore.Completion> waiting = new ArrayList<>();
  private boolean running;
  private boolean closed;

  Committer(Medium medium, Log log) {
    this.medium = medium;
    this.log = log;
  }

  /** Completes when everything that is published now is on stable storage. */
  void commit(BlockStore.Completion completion) {
    if (log.stopped().isPresent()) {
      Completions.complete(completion, log.stopped().get());
    } else if (log.committed() == log.published()) {
      Completions.complete(completion, BlockOutcome.DONE);
    } else {
      enqueueOrFail(completion);
    }
  }

  private void enqueueOrFail(BlockStore.Completion completion) {
    try {
      if (!enqueue(completion)) {
        Completions.complete(completion, new BlockOutcome.Stopped("the pool is closed"));
      }
    } catch (Throwable failure) {
      String why = "there is no thread for a sync: " + failure;
      Completions.complete(completion, new BlockOutcome.WriteFailed(why));
    }
  }

  /** Begins a sync that nobody waits for, even if nothing is published that is not synced. */
  void begin() {
    enqueue(outcome -> {});
  }

  /** Waits for a commit. */
  BlockOutcome awaitCommit() throws IOException, InterruptedException {
    CompletableFuture<BlockOutcome> done = new CompletableFuture<>();
    commit(done::complete);
    try {
      return done.get();
    } catch (ExecutionException e) {
      throw new IOException(e);
    }
  }

  /** Lets the thread end once it has completed all who wait. */
  synchronized void close() {
    closed = true;
    notifyAll();
  }

  private synchronized boolean enqueue(BlockStore.Completion completion) {
    if (closed) {
      return false;
    }
    if (!running) {
      Thread.ofPlatform().name("untorn-commit").daemon().start(this::run);
      running = true;
    }
    waiting.add(completion);
    notifyAll();
    return true;
  }

  private void run() {
    List<BlockStore.Completion> batch = next();
    while (!batch.isEmpty()) {
      BlockOutcome outcome = sync();
      for (BlockStore.Completion completion : batch) {
        Completions.complete(completion, outcome);
      }
      log.feed();
      batch = next();
    }
  }

  private BlockOutcome sync() {
    try {
      SyncPoint point = log.beginSync();
      for (Segment segment : point.segments()) {
        medium.sync(segment.file(), Purpose.COMMIT);
      }
      if (log.stopped().isEmpty()) {
        log.endSync(point);
      }
    } catch (Throwable e) {
      log.stop("a sync failed, reopen the pool to recover: " + e);
    }
    return log.stopped().orElse(BlockOutcome.DONE);
  }

  /** Waits for the next batch; an empty one is the end. */
  private synchronized List<BlockStore.Completion> next() {
    while (waiting.isEmpty() && !closed) {
      try {
        wait();
      } catch (InterruptedException nobodyHasReasonTo) {
        // What waits still has to be synced.
      }
    }
    List<BlockStore.Completion> batch = waiting;
    waiting = new ArrayList<>();
    if (batch.isEmpty()) {
      running = false;
      notifyAll();
    }
    return batch;
  }
}
