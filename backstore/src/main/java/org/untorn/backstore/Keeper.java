package org.untorn.backstore;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.time.Duration;
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
 *       nor needs it for replay, no kept root refers to it, and no reader has it pinned.
 *   <li>Whoever waits for space gets it, or hears that there is none: nobody waits for ever.
 * </ol>
 *
 * One checkpoint or cleaning at a time: both are done under this object's monitor. Whoever frees
 * segments feeds those that wait: no spare is made for them while there are freed ones. The
 * thread's own state is guarded by {@code signal}, under which nothing else is locked.
 */
final class Keeper {

  /** So many segments may be replayed at the next start, or more where the map is long. */
  private static final int SEGMENTS_PER_CHECKPOINT = 4;

  /** With fewer free segments than this, half-empty ones are cleaned. */
  private static final int ENOUGH_SEGMENTS = 4;

  /** The log that is written between two checkpoints is so many times as long as a checkpoint. */
  private static final int LOG_PER_CHECKPOINT = 4;

  /** But never more than this, in bytes: the next start has to replay it. */
  private static final long MOST_LOG_PER_CHECKPOINT = 4L << 30;

  /** Where space is plenty, half as much as is alive may be dead, and so many segments more. */
  private static final int SPARE_DEAD_SEGMENTS = 8;

  /** Where space is plenty, so many segments are filled with copies before the next checkpoint. */
  private static final int SEGMENTS_PER_CLEANING = 16;

  /** Where space is plenty, the cleaner rests so long after each piece that it copied. */
  private static final Duration REST = Duration.ofMillis(1);

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
  private int segmentsPerCheckpoint = SEGMENTS_PER_CHECKPOINT;

  /** What was alive at the last checkpoint, in bytes. */
  private long alive;

  /** How much is used, as far as is known without another checkpoint. */
  private volatile Usage usage;

  /**
   * Whether that is worth a warning: what an opened pool has replayed since its checkpoint counts
   * as used, however much of it is dead.
   */
  private volatile boolean isSure;

  private volatile Runnable spaceChanged = () -> {};

  Keeper(
      Medium medium,
      Log log,
      Committer committer,
      Catalog catalog,
      Spares spares,
      Superblock superblock,
      long alive) {
    this.medium = medium;
    this.log = log;
    this.committer = committer;
    this.catalog = catalog;
    this.spares = spares;
    this.superblock = superblock;
    this.cleaner = new Cleaner(medium, log, catalog.maps());
    this.alive = alive;
    this.usage = new Usage(alive, superblock.replay().segment());
    this.isSure = log.lastSegmentNumber() == superblock.replay().segment();
  }

  /**
   * What the last checkpoint found.
   *
   * @param alive bytes that the roots referred to
   * @param lastSegment the newest segment then
   */
  private record Usage(long alive, int lastSegment) {}

  /**
   * From now on this is called whenever {@link #usedBytes} may have changed, on any thread; but not
   * before it is more than a guess.
   */
  void onSpaceChanged(Runnable action) {
    spaceChanged = action;
  }

  /**
   * How much could not be had by cleaning: what was alive at the last checkpoint, and all that was
   * written since.
   */
  long usedBytes() {
    Usage last = usage;
    long since = (long) log.lastSegmentNumber() - last.lastSegment();
    return last.alive() + since * log.segmentBytes();
  }

  /** A segment was taken, or missed; {@code available} are left. */
  void segmentTaken(int available) {
    synchronized (signal) {
      segmentsTaken++;
      fewLeft |= available < ENOUGH_SEGMENTS;
      if (!running && !closed) {
        Thread.ofPlatform().name("untorn-keeper").daemon().start(this::run);
        running = true;
      }
      signal.notifyAll();
    }
    if (isSure) {
      spaceChanged.run();
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
    log.giveUpOnStarved(Long.MAX_VALUE, Log.NO_SPACE);
  }

  /** Makes a checkpoint now, and frees what can be freed: those go on that wait for it. */
  void checkpoint() throws IOException, InterruptedException {
    writeCheckpoint();
    log.feed();
  }

  private synchronized void writeCheckpoint() throws IOException, InterruptedException {
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
      alive = live.total();
      usage = new Usage(alive, point.end().segment());
      isSure = true;
      LiveBytes kept = live(point.kept());
      log.free(
          behind.stream()
              .filter(segment -> !live.contains(segment) && !kept.contains(segment))
              .toList());
    } finally {
      log.release(point);
      reclaim();
    }
    spaceChanged.run();
  }

  /** What roots refer to that no checkpoint tells of. */
  private LiveBytes live(List<Root> roots) throws IOException {
    LiveBytes live = new LiveBytes();
    MapWalk walk = new MapWalk(catalog.maps().nodes());
    for (Root root : roots) {
      walk.visit(root, live::add);
    }
    return live;
  }

  /** Cleans some segments now; false if none is worth it. */
  boolean clean() throws IOException, InterruptedException {
    return clean(1, () -> true);
  }

  private boolean clean(int segments, Cleaner.Pace pace) throws IOException, InterruptedException {
    boolean cleaned = copyAndFree(segments, pace);
    log.feed();
    return cleaned;
  }

  private synchronized boolean copyAndFree(int segments, Cleaner.Pace pace)
      throws IOException, InterruptedException {
    boolean cleaned = cleaner.clean(segments, pace);
    if (cleaned) {
      writeCheckpoint();
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
    long bytes = Math.min(LOG_PER_CHECKPOINT * map.ref().length(), MOST_LOG_PER_CHECKPOINT);
    long ahead = bytes / log.segmentBytes();
    synchronized (signal) {
      segmentsPerCheckpoint = (int) Math.max(SEGMENTS_PER_CHECKPOINT, ahead);
    }
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
      } catch (NoSpaceException full) {
        if (!spares.tryGiveBack()) {
          throw full;
        }
      }
    }
  }

  private void run() {
    while (awaitWork()) {
      try {
        makeRoom();
      } catch (NoSpaceException full) {
        log.giveUpOnStarved(Long.MAX_VALUE, Log.NO_SPACE);
      } catch (IOException | InterruptedException e) {
        // What failed was no sync, or the log has stopped: the older checkpoint still counts.
        String why = "no space was found, as a checkpoint failed: " + e;
        log.giveUpOnStarved(Long.MAX_VALUE, new BlockOutcome.WriteFailed(why));
      } catch (Throwable bug) {
        log.stop("the keeper failed: " + bug);
        log.giveUpOnStarved(Long.MAX_VALUE, Log.NO_SPACE);
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
    int fruitless = 0;
    int available = log.availableSegments();
    while (available < ENOUGH_SEGMENTS && fruitless < FRUITLESS_ROUNDS && clean()) {
      fruitless = log.availableSegments() > available ? 0 : fruitless + 1;
      available = log.availableSegments();
    }
    log.giveUpOnStarved(waiting, Log.NO_SPACE);
    if (log.isStarved()) {
      segmentTaken(0);
    } else if (available >= ENOUGH_SEGMENTS && isWasteful()) {
      int segments = Math.min((available - ENOUGH_SEGMENTS) / 2, SEGMENTS_PER_CLEANING);
      clean(Math.max(1, segments), this::rest);
    }
  }

  /** Whether more is dead than should be, though there is space. */
  private synchronized boolean isWasteful() {
    long segments = (long) log.settledSegments().size() - SPARE_DEAD_SEGMENTS;
    return segments * log.segmentBytes() > alive + alive / 2;
  }

  /** Lets others have the medium; false if there is something more urgent. */
  private boolean rest() throws InterruptedException {
    Thread.sleep(REST);
    synchronized (signal) {
      return !closed && !fewLeft && segmentsTaken < segmentsPerCheckpoint;
    }
  }

  /** Waits until there is something to do; false is the end. */
  private boolean awaitWork() {
    synchronized (signal) {
      while (!closed && !fewLeft && segmentsTaken < segmentsPerCheckpoint) {
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
