package org.untorn.backstore;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * A log-structured, copy-on-write store of many volumes on one medium.
 *
 * <pre>
 *   VolumeStore --- write ---> Log ----> Medium          records, one behind the other
 *        |                      | publishes
 *        |                   Catalog ( Volume ( Root )) <- BlockMaps
 *        +------- read ------> RootReader --> Medium
 *        +------- flush -----> Committer ---> Medium     one sync for all who wait
 * </pre>
 *
 * Life cycle: {@link #open} recovers what the medium holds, or begins a new pool on an empty one;
 * {@link #close} makes everything durable. A pool that a failed sync has stopped answers every
 * change with {@link BlockOutcome.Stopped}, and goes on reading, until it is closed and opened
 * again. The medium remains the caller's, to be closed after the pool.
 */
public final class Pool implements Volumes, AutoCloseable {

  private final Catalog catalog;
  private final Segments segments;
  private final Log log;
  private final Committer committer;
  private final RootReader reader;
  private final Spares spares;
  private final Keeper keeper;

  private Pool(
      Catalog catalog,
      Segments segments,
      Log log,
      Committer committer,
      RootReader reader,
      Spares spares,
      Keeper keeper) {
    this.catalog = catalog;
    this.segments = segments;
    this.log = log;
    this.committer = committer;
    this.reader = reader;
    this.spares = spares;
    this.keeper = keeper;
  }

  /**
   * Opens the pool on a medium.
   *
   * @throws PoolDamagedException if what it once acknowledged as durable is no longer there
   */
  public static Pool open(Medium medium, PoolOptions options) throws IOException {
    return open(medium, options, leftover -> {});
  }

  /** Opens it, and says what was found behind the end of the log. */
  static Pool open(Medium medium, PoolOptions options, Consumer<Leftover> behind)
      throws IOException {
    Superblock found = findOrMakeSuperblock(medium, options);
    Catalog catalog = new Catalog();
    Segments segments = new Segments(maximumSegments(found, options));
    Recovery recovery = new Recovery(medium, found, catalog, segments);
    Superblock.Replay end = recovery.run();
    behind.accept(recovery.leftover());
    found.writeBack(medium);
    return begin(medium, options, new Recovered(found, catalog, segments, end, recovery.alive()));
  }

  /**
   * What a recovery has found.
   *
   * @param found the superblock that it began with
   * @param end the end of the log
   * @param alive bytes that the checkpoint's roots refer to
   */
  record Recovered(
      Superblock found, Catalog catalog, Segments segments, Superblock.Replay end, long alive) {}

  /** Goes on behind what was recovered. */
  static Pool begin(Medium medium, PoolOptions options, Recovered recovered) throws IOException {
    Superblock found = recovered.found();
    Segments segments = recovered.segments();
    Superblock.Replay end = recovered.end();
    Superblock superblock = found.reopened(segments.lastNumber(), end.sequence());
    superblock.write(medium);
    LogStart.Identity identity =
        new LogStart.Identity(superblock.pool(), superblock.epoch(), superblock.segmentBytes());
    LogStart start = new LogStart(identity, end, options.unsyncedBytes());
    return assemble(medium, recovered, start, superblock);
  }

  private static Pool assemble(
      Medium medium, Recovered recovered, LogStart start, Superblock superblock) {
    Catalog catalog = recovered.catalog();
    Segments segments = recovered.segments();
    Log log = new Log(medium, catalog, segments, start);
    Committer committer = new Committer(medium, log);
    Spares spares = new Spares(medium, start.identity(), log);
    Keeper keeper =
        new Keeper(medium, log, committer, catalog, spares, superblock, recovered.alive());
    log.onNeed(new Room.Needs(keeper::segmentTaken, spares::need, committer::begin));
    RootReader reader = new RootReader(medium, segments, catalog.maps());
    return new Pool(catalog, segments, log, committer, reader, spares, keeper);
  }

  private static Superblock findOrMakeSuperblock(Medium medium, PoolOptions options)
      throws IOException {
    Optional<Superblock> found = Superblock.newest(medium);
    if (found.isPresent()) {
      return found.get();
    }
    if (medium.files().stream().anyMatch(SegmentLayout::isSegment)) {
      throw new PoolDamagedException(
          Superblock.FILE, 0, "neither superblock is whole; restore the pool's files from a copy");
    }
    long identity = RandomGenerator.getDefault().nextLong();
    Superblock first = Superblock.first(identity, options.segmentBytes());
    first.write(medium);
    return first;
  }

  private static int maximumSegments(Superblock superblock, PoolOptions options) {
    return maximumSegments(superblock.segmentBytes(), options);
  }

  private static int maximumSegments(int segmentBytes, PoolOptions options) {
    return (int) Math.min(Integer.MAX_VALUE, options.capacityBytes() / segmentBytes);
  }

  /**
   * Lets the pool take what {@code options} say from now on. It may hold more already: then it is
   * full.
   */
  public void capacity(PoolOptions options) {
    segments.maximum(maximumSegments(log.segmentBytes(), options));
    log.feed();
  }

  /** How full the pool is. */
  public Space space() {
    long segmentBytes = log.segmentBytes();
    long maximum = segments.maximum() * segmentBytes;
    long taken = maximum - log.availableSegments() * segmentBytes;
    long usable = maximum - Append.KEPT_FROM_DATA * segmentBytes;
    return new Space(maximum, usable, taken, Math.min(taken, keeper.usedBytes()));
  }

  /** From now on {@code action} is called when {@link #space} may have changed, on any thread. */
  public void onSpaceChanged(Runnable action) {
    keeper.onSpaceChanged(action);
  }

  /**
   * How full a pool is, in bytes of its medium.
   *
   * @param capacity what its segments may take
   * @param usable what of it data may fill; the rest is kept for giving space back
   * @param taken what they take, with what is dead in them and not cleaned yet
   * @param used what of it cleaning would not give back: what volumes and snapshots refer to, and
   *     what was written since the last checkpoint
   */
  public record Space(long capacity, long usable, long taken, long used) {}

  @Override
  public List<Description> list() {
    return catalog.volumes().stream()
        .map(
            volume ->
                new Description(
                    volume.name(),
                    volume.visible().geometry(),
                    volume.writable(),
                    volume.visible().mappedBlocks()))
        .sorted(Comparator.comparing(Description::name))
        .toList();
  }

  @Override
  public BlockStore open(String name) {
    VolumeStore store = new VolumeStore(existing(name), log, committer, reader);
    return store.geometry().protection() == 0 ? store : new PaddedBlocks(store);
  }

  /**
   * The blocks of a volume as they are now, to be read while it changes on. Takes no time and no
   * I/O; what was overwritten since takes space until it is closed.
   */
  public PointInTime keep(String name) {
    Volume volume = existing(name);
    Volume point = log.betweenChanges(() -> catalog.keep(volume));
    return new PointInTime(
        new VolumeStore(point, log, committer, reader),
        () ->
            log.betweenChanges(
                () -> {
                  catalog.letGo(point);
                  return point;
                }));
  }

  @Override
  public synchronized void create(String name, Geometry geometry) throws IOException {
    checkNew(name);
    change(new Change.Create(catalog.nextId(), name, geometry));
  }

  @Override
  public synchronized void snapshot(String volume, String snapshot) throws IOException {
    checkNew(snapshot);
    change(new Change.Branch(catalog.nextId(), snapshot, existing(volume).id(), false));
  }

  @Override
  public synchronized void cloneOf(String origin, String clone) throws IOException {
    checkNew(clone);
    change(new Change.Branch(catalog.nextId(), clone, existing(origin).id(), true));
  }

  @Override
  public synchronized void resize(String name, long blocks) throws IOException {
    Volume volume = changeable(name);
    Geometry shape = volume.visible().geometry().withBlocks(blocks);
    change(new Change.Resize(volume.id(), shape.blocks()));
  }

  @Override
  public synchronized void rollback(String name, String snapshot) throws IOException {
    Volume volume = changeable(name);
    Volume to = existing(snapshot);
    if (to.writable()) {
      throw new IllegalArgumentException(snapshot + " is no snapshot");
    }
    Geometry shape = volume.visible().geometry();
    if (to.visible().geometry().code() != shape.code()) {
      throw new IllegalArgumentException(
          snapshot + " has no blocks of " + shape.blockLength() + " bytes, as " + name + " has");
    }
    change(new Change.Rollback(volume.id(), to.id()));
  }

  @Override
  public synchronized void delete(String name) throws IOException {
    change(new Change.Delete(existing(name).id()));
  }

  /**
   * Writes the map to a checkpoint, so that the next start need not replay what is in the log now,
   * and frees the segments that nothing refers to. The pool does so by itself; this is for those
   * who cannot wait.
   */
  public void checkpoint() throws IOException {
    try {
      keeper.checkpoint();
      log.feed();
    } catch (InterruptedException e) {
      throw interrupted();
    }
  }

  /**
   * Moves the live blocks of the emptiest segments together and frees what that empties; false if
   * no segment is empty enough. The pool does so by itself when it is nearly full.
   */
  public boolean clean() throws IOException {
    try {
      boolean cleaned = keeper.clean();
      log.feed();
      return cleaned;
    } catch (InterruptedException e) {
      throw interrupted();
    }
  }

  /** Takes nothing more, makes everything durable, and ends the pool's threads. */
  @Override
  public synchronized void close() throws IOException {
    boolean wasRunning = log.refusal().isEmpty();
    log.refuse("the pool is closed");
    try {
      try {
        keeper.close();
        log.awaitIdle();
        if (wasRunning) {
          keeper.checkpoint();
        }
      } finally {
        spares.close();
      }
    } catch (InterruptedException e) {
      throw interrupted();
    } finally {
      committer.close();
    }
  }

  /** From now on there are durable roots; {@link Catalog#keepDurableRoots} says what they cost. */
  void keepDurableRoots() {
    log.betweenChanges(catalog::keepDurableRoots);
  }

  /** What a volume goes back to if all that is not synced is lost, where that is kept. */
  Optional<Root> durableRoot(String name) {
    return existing(name).durable();
  }

  private Volume existing(String name) {
    return catalog
        .find(name)
        .orElseThrow(() -> new IllegalArgumentException("there is no volume " + name));
  }

  private Volume changeable(String name) {
    Volume volume = existing(name);
    if (!volume.writable()) {
      throw new IllegalArgumentException(name + " is a snapshot");
    }
    return volume;
  }

  private void checkNew(String name) {
    if (name.length() > Change.NAME_BYTES || !name.matches("[A-Za-z0-9._-]+")) {
      throw new IllegalArgumentException(
          "'" + name + "' is no name: 1 to 64 letters, digits, '.', '_' and '-'");
    }
    if (catalog.find(name).isPresent()) {
      throw new IllegalArgumentException("there is a volume " + name + " already");
    }
  }

  /** Appends a record and waits until it is durable. */
  private void change(Change change) throws IOException {
    CompletableFuture<BlockOutcome> done = new CompletableFuture<>();
    log.submit(
        new Append(
            change,
            List.of(),
            outcome -> {
              if (outcome instanceof BlockOutcome.Done) {
                committer.commit(done::complete);
              } else {
                done.complete(outcome);
              }
            }));
    BlockOutcome outcome = await(done);
    if (!(outcome instanceof BlockOutcome.Done)) {
      throw new IOException(change.type() + " of a volume: " + outcome);
    }
  }

  private static BlockOutcome await(CompletableFuture<BlockOutcome> done) throws IOException {
    try {
      return done.get();
    } catch (InterruptedException e) {
      throw interrupted();
    } catch (ExecutionException e) {
      throw new IOException(e);
    }
  }

  private static InterruptedIOException interrupted() {
    Thread.currentThread().interrupt();
    return new InterruptedIOException("interrupted while waiting for the pool");
  }
}
