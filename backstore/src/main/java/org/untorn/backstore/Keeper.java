package org.untorn.backstore;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.List;

/**
 * Keeps the log short and finds space, on a thread of its own: writes checkpoints, frees segments
 * that nothing refers to, and has the {@link Cleaner} empty some when few are left.
 *
 * <pre>
 *   a checkpoint: note all roots and the end of the log -> sync the log up to there
 *                 -> write and sync the map -> write and sync the superblock -> free segments
 * </pre>
 *
 * Invariants:
 *
 * <ol>
 *   <li>A segment is freed only when the newest checkpoint on stable storage neither refers to it
 *       nor needs it for replay, and no reader has it pinned.
 *   <li>Whoever waits for space gets it, or hears that there is none: nobody waits for ever.
 * </ol>
 *
 * One checkpoint or cleaning at a time: both are done under this object's monitor. The thread's own
 * state is guarded by {@code signal}, under which nothing else is locked.
 */
final class Keeper {

  /** So many segments may be replayed at the next start. */
  private static final int SEGMENTS_PER_CHECKPOINT = 4;

  /** With fewer free segments than this, half-empty ones are cleaned. */
  private static final int ENOUGH_SEGMENTS = 4;

  /** So many nodes of the map are reclaimed under the log's lock at once. */
  private static final int NODES_PER_STEP = 64;

  /** Cleaning that gains no segment in so many rounds is given up. */
  private static final int FRUITLESS_ROUNDS = 8;

  private final Medium medium;
  private final Log log;
  private final Committer committer;
  private final Catalog catalog;
  private final Cleaner cleaner;
  private final Spares spares;
  private Superblock superblock;

  private final Object signal = new Object();
  private int segmentsTaken;
  private boolean fewLeft;
  private boolean running;
  private boolean closed;

  Keeper(
      Medium medium,
      Log log,
      Committer committer,
      Catalog catalog,
      Spares spares,
      Superblock superblock) {
    this.medium = medium;
    this.log = log;
    this.committer = committer;
    this.catalog = catalog;
    this.spares = spares;
    this.superblock = superblock;
    this.cleaner = new Cleaner(medium, log, catalog.maps());
  }

  /** A segment was taken, or missed; {@code available} are left. Called under the log's lock. */
  void segmentTaken(int available) {
    synchronized (signal) {
      segmentsTaken++;
      fewLeft |= available < ENOUGH_SEGMENTS;
      if (!running && !closed) {
        running = true;
        Thread.ofPlatform().name("untorn-keeper").daemon().start(this::run);
      }
      signal.notifyAll();
    }
  }

  /** Ends the thread. */
  void close() throws InterruptedException {
    synchronized (signal) {
      closed = true;
      signal.notifyAll();
      while (running) {
        signal.wait();
      }
    }
    log.giveUpOnStarved(Long.MAX_VALUE);
  }

  /** Makes a checkpoint now, and frees what can be freed. */
  synchronized void checkpoint() throws IOException, InterruptedException {
    synchronized (signal) {
      segmentsTaken = 0;
    }
    PoolPoint point = log.point();
    try {
      BlockOutcome outcome = committer.awaitCommit();
      if (!(outcome instanceof BlockOutcome.Done)) {
        throw new IOException("no checkpoint: " + outcome);
      }
      List<Segment> behind =
          log.settledSegments().stream()
              .filter(segment -> segment.lastSequence() <= point.end().sequence())
              .filter(segment -> segment.number() != point.end().segment())
              .toList();
      LiveBytes live = write(point, behind);
      log.free(behind.stream().filter(segment -> !live.contains(segment)).toList());
    } finally {
      log.release(point);
      reclaim();
    }
  }

  /** Cleans some segments now; false if none is worth it. */
  synchronized boolean clean() throws IOException, InterruptedException {
    boolean cleaned = cleaner.clean();
    if (cleaned) {
      checkpoint();
    }
    return cleaned;
  }

  /**
   * Gives back what the map no longer needs, in steps that hold the log's lock for microseconds.
   */
  private void reclaim() {
    BlockMaps maps = catalog.maps();
    boolean more = true;
    while (more) {
      more = log.betweenChanges(() -> maps.reclaim(NODES_PER_STEP));
    }
    log.betweenChanges(() -> maps.nodes().takeSurplus()).forEach(Arena::close);
  }

  private LiveBytes write(PoolPoint point, List<Segment> segments) throws IOException {
    long generation = superblock.checkpoint().generation() + 1;
    Checkpoint.Written map = writeMap(generation, point, segments);
    Superblock next =
        superblock.next(log.lastSegmentNumber(), log.committed(), point.end(), map.ref());
    try {
      medium.sync(Checkpoint.fileName(generation), Purpose.MAP);
      next.write(medium);
    } catch (Throwable e) {
      log.stop("a checkpoint failed, reopen the pool to recover: " + e);
      throw e;
    }
    superblock = next;
    return map.live();
  }

  /** What a full host has no space for takes that of the spares. */
  private Checkpoint.Written writeMap(long generation, PoolPoint point, List<Segment> segments)
      throws IOException {
    MapNodes nodes = catalog.maps().nodes();
    while (true) {
      try {
        return Checkpoint.write(
            medium, generation, catalog.lastId(), segments, point.lines(), nodes);
      } catch (IOException failure) {
        if (!spares.tryGiveBack()) {
          throw failure;
        }
      }
    }
  }

  private void run() {
    while (awaitWork()) {
      try {
        makeRoom();
      } catch (IOException | InterruptedException e) {
        // What failed was no sync, or the log has stopped: the older checkpoint still counts.
        log.giveUpOnStarved(Long.MAX_VALUE);
      } catch (Throwable bug) {
        log.stop("the keeper failed: " + bug);
        log.giveUpOnStarved(Long.MAX_VALUE);
      }
    }
  }

  /**
   * Checkpoints, and cleans until there is enough space or no more to gain. Who has begun to wait
   * before that and still finds nothing hears so; who came later waits for another round.
   */
  private void makeRoom() throws IOException, InterruptedException {
    long waiting = log.lastTicket();
    spares.retry();
    checkpoint();
    log.feed();
    int fruitless = 0;
    int available = log.availableSegments();
    while (available < ENOUGH_SEGMENTS && fruitless < FRUITLESS_ROUNDS && clean()) {
      log.feed();
      fruitless = log.availableSegments() > available ? 0 : fruitless + 1;
      available = log.availableSegments();
    }
    log.giveUpOnStarved(waiting);
    if (log.isStarved()) {
      segmentTaken(0);
    }
  }

  /** Waits until there is something to do; false is the end. */
  private boolean awaitWork() {
    synchronized (signal) {
      while (!closed && !fewLeft && segmentsTaken < SEGMENTS_PER_CHECKPOINT) {
        try {
          signal.wait();
        } catch (InterruptedException nobodyHasReasonTo) {
          // There is as much to do as before.
        }
      }
      segmentsTaken = 0;
      fewLeft = false;
      running = !closed;
      signal.notifyAll();
      return running;
    }
  }
}
