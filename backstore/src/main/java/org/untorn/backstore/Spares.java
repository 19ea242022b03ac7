package org.untorn.backstore;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * Makes files for segments before they are needed, on a thread of its own: writes a header and
 * zeros to the full length and syncs them.
 *
 * <pre>
 *   the log needs a spare ---> [h| zeros ] -> sync ---> there it is, whoever waits goes on
 *                                   |--------------->  the host is full: the file is removed,
 *                                   |                  and {@link Keeper} may find some space
 *                                   \--------------->  it failed: the file is given up; who waits
 *                                                      hears of it if others fail, too
 * </pre>
 *
 * So a record overwrites what is there: its sync allocates nothing on the host, which takes half as
 * long, and the host's lack of space never hits a record half-way. Zeros are no record, and neither
 * is what an earlier segment has left in its file: each header says where it belongs ({@link
 * RecordHeader}). The header, a segment's with number and sequence 0, tells recovery that it need
 * not look any further.
 *
 * <p>One file is made at a time, under a lock that is fair: who wants to give one back need not
 * wait for all. The thread's own state is guarded by {@code signal}, under which nothing else is
 * locked.
 */
final class Spares {

  /**
   * The host keeps a file in pieces of memory as long as the writes that made it, and overwrites a
   * few bytes in a short one sooner. Shorter ones than this make long records slower.
   */
  private static final int PIECE_BYTES = 256 << 10;

  /** So many files in a row that cannot be made are no bad luck. */
  private static final int ATTEMPTS = 3;

  private final Medium medium;
  private final LogStart.Identity identity;
  private final Log log;

  private final ReentrantLock making = new ReentrantLock(true);
  private final Object signal = new Object();

  /** So many files in a row could not be made. Guarded by {@code making}. */
  private int failures;

  private boolean needed;
  private boolean running;
  private volatile boolean closed;

  Spares(Medium medium, LogStart.Identity identity, Log log) {
    this.medium = medium;
    this.identity = identity;
    this.log = log;
  }

  /** There are fewer than there should be. */
  void need() {
    synchronized (signal) {
      needed = true;
      if (!running && !closed) {
        Thread.ofPlatform().name("untorn-spares").daemon().start(this::run);
        running = true;
      }
      signal.notifyAll();
    }
  }

  /** Looks whether a full host has some space again. Waits for nobody if it is not full. */
  void retry() {
    if (log.isHostFull()) {
      makeNext(log::spareMissedBefore);
    }
  }

  /**
   * Removes a spare, for a checkpoint that the host has no space for: without one no segment is
   * ever freed. False if there is none.
   */
  boolean tryGiveBack() throws IOException {
    making.lock();
    try {
      Optional<String> spare = log.removeSpare();
      if (spare.isPresent()) {
        medium.delete(spare.get());
        log.spareMissed(spare.get());
      }
      return spare.isPresent();
    } finally {
      making.unlock();
    }
  }

  /** Ends the thread, without the file that it is about to make. */
  void close() throws InterruptedException {
    synchronized (signal) {
      closed = true;
      signal.notifyAll();
      while (running) {
        signal.wait();
      }
    }
  }

  private void run() {
    while (awaitNeed()) {
      boolean more = true;
      while (more) {
        more = makeNext(log::nextSpare);
      }
    }
  }

  /** Makes the file that is named, and says whether another one may be made. */
  private boolean makeNext(Supplier<Optional<String>> name) {
    making.lock();
    try {
      Optional<String> file = name.get();
      return file.isPresent() && make(file.get());
    } finally {
      making.unlock();
    }
  }

  /** Makes a file; false if that is a matter of luck no more. */
  private boolean make(String file) {
    try {
      fill(file);
    } catch (NoSpaceException full) {
      remove(file);
      log.spareMissed(file);
      return true;
    } catch (Throwable failure) {
      remove(file);
      failures++;
      if (closed || failures % ATTEMPTS == 0) {
        log.spareFailed("there is no file for the log: " + failure);
        return false;
      }
      return true;
    }
    failures = 0;
    log.spareMade(file);
    return true;
  }

  private void fill(String file) throws IOException {
    int segmentBytes = identity.segmentBytes();
    ByteBuffer piece = ByteBuffer.allocateDirect(Math.min(PIECE_BYTES, segmentBytes));
    header().put(piece, Change.Nothing.INSTANCE);
    for (long at = 0; at < segmentBytes; at += piece.remaining()) {
      if (closed) {
        throw new IOException("the pool is closed");
      }
      piece.clear().limit((int) Math.min(piece.capacity(), segmentBytes - at));
      medium.write(file, at, List.of(piece), Purpose.RESERVE);
      Zeros.put(piece, 0, SegmentLayout.HEADER_BYTES);
    }
    medium.sync(file, Purpose.RESERVE);
  }

  private RecordHeader header() {
    return new RecordHeader(
        RecordType.SEGMENT, 0, 0, identity.pool(), 0, 0, identity.epoch(), 0, 0, 0, 0);
  }

  /**
   * Gives back what the host had left: others, like the checkpoint, may need it. A file that failed
   * otherwise is not used again: what its sync did not cover, no later one would.
   */
  private void remove(String file) {
    try {
      medium.delete(file);
    } catch (IOException | RuntimeException leftBehind) {
      // It is written from its beginning to its end if it is ever filled.
    }
  }

  /** Waits until there is something to do; false is the end. */
  private boolean awaitNeed() {
    synchronized (signal) {
      while (!needed && !closed) {
        try {
          signal.wait();
        } catch (InterruptedException nobodyHasReasonTo) {
          // There is as much to do as before.
        }
      }
      needed = false;
      running = !closed;
      signal.notifyAll();
      return running;
    }
  }
}
