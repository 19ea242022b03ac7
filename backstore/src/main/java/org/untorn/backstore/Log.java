package org.untorn.backstore;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * The appending side of the pool: it gives records their place, writes them, and publishes them in
 * order.
 *
 * <pre>
 *   sequence   1 2 3 4 5 6 7 8 9
 *              [ synced ][ published ][ placed ]
 *                       |             |         next
 *                       committed     appended: written, and so is all before it
 * </pre>
 *
 * Space and sequence are taken under this object's monitor, which is held for no I/O; header,
 * checksum and write are the submitting thread's; whoever finds the oldest placed record written
 * publishes it and all written ones behind it. Completions are called outside the monitor.
 *
 * <p>Invariants:
 *
 * <ol>
 *   <li>Sequences have no gap. The place of a record whose write failed is filled with {@link
 *       RecordType#NOTHING}; where that fails, too, the log stops.
 *   <li>A record is published only when all before it are appended.
 *   <li>A stopped log publishes nothing and never starts again.
 * </ol>
 */
final class Log {

  static final BlockOutcome NO_SPACE = new BlockOutcome.OutOfSpace();

  private final RecordWriter writer;
  private final Catalog catalog;
  private final Segments segments;
  private final LogStart.Identity identity;

  private final Turns turns = new Turns();
  private final Deque<Append> placed = new ArrayDeque<>();
  private final Tail tail;
  private final Room room;
  private int publishedSegment;
  private int publishedUnit;
  private volatile long published;
  private volatile long committed;
  private volatile Optional<BlockOutcome> refusal = Optional.empty();
  private volatile Optional<BlockOutcome> stopped = Optional.empty();

  Log(Medium medium, Catalog catalog, Segments segments, LogStart start) {
    this.writer = new RecordWriter(medium, start.identity());
    this.catalog = catalog;
    this.segments = segments;
    this.identity = start.identity();
    this.publishedSegment = start.end().segment();
    this.publishedUnit = start.end().unit();
    this.published = start.end().sequence();
    this.committed = published;
    this.tail = new Tail(segments, start);
    this.room = new Room(segments, tail, start.unsyncedBytes());
  }

  /** {@link Room#onNeed}; they are called outside the monitor. */
  synchronized void onNeed(Room.Needs needs) {
    room.onNeed(needs);
  }

  int segmentBytes() {
    return identity.segmentBytes();
  }

  long published() {
    return published;
  }

  /** The last sequence that is known to be on stable storage. */
  long committed() {
    return committed;
  }

  /** Why nothing new is taken, if so. */
  Optional<BlockOutcome> refusal() {
    return refusal;
  }

  /** Why nothing is published or synced any more, if so. */
  Optional<BlockOutcome> stopped() {
    return stopped;
  }

  /** Appends a record; its completion is called when it is published or has failed. */
  void submit(Append append) {
    Chain ready = new Chain();
    if (admit(append)) {
      ready.add(append);
    }
    work(ready);
  }

  /** Runs the claim's action when the range is its own. */
  void claim(Claim claim) {
    enqueue(claim).forEach(Claim::run);
  }

  /** Gives a range back whose claim has changed nothing. */
  void release(Claim claim) {
    Chain ready = new Chain();
    List<Claim> started = dequeue(claim, ready);
    work(ready);
    started.forEach(Claim::run);
  }

  /** Takes nothing more. What is placed is still written and published. */
  synchronized void refuse(String why) {
    if (refusal.isEmpty()) {
      BlockOutcome stop = new BlockOutcome.Stopped(why);
      refusal = Optional.of(stop);
      room.refuse(stop);
    }
  }

  /** Takes and publishes nothing more. */
  synchronized void stop(String why) {
    refuse(why);
    stopped = stopped.or(() -> Optional.of(new BlockOutcome.Stopped(why)));
  }

  /** Waits until every placed record is published. */
  synchronized void awaitIdle() throws InterruptedException {
    while (!placed.isEmpty() || !room.isEmpty() || !turns.isEmpty()) {
      wait();
    }
  }

  /** Notes what a sync that starts now will make durable. */
  synchronized SyncPoint beginSync() {
    catalog.capture();
    return tail.beginSync(published);
  }

  /** Moves the durable roots up. */
  synchronized void endSync(SyncPoint point) {
    committed = point.sequence();
    catalog.promote();
    room.synced(point);
  }

  /** What is published now, to be given back by {@link #release}. */
  synchronized PoolPoint point() {
    Superblock.Replay end = new Superblock.Replay(published, publishedSegment, publishedUnit);
    return new PoolPoint(end, catalog.lines(), catalog.durableRoots(), catalog.keptRoots());
  }

  synchronized void release(PoolPoint point) {
    point.roots().forEach(catalog.maps()::release);
  }

  /** Does something to the maps between two changes. */
  synchronized <T> T betweenChanges(Supplier<T> action) {
    return action.get();
  }

  /** {@link Room#isStarved}. */
  synchronized boolean isStarved() {
    return room.isStarved();
  }

  /** How many more segments there may be. */
  synchronized int availableSegments() {
    return segments.available();
  }

  synchronized int lastSegmentNumber() {
    return segments.lastNumber();
  }

  /** All segments that are full, and published and synced to their ends. */
  synchronized List<Segment> settledSegments() {
    return segments.all().stream()
        .filter(segment -> segment.lastSequence() <= committed)
        .filter(segment -> !tail.isFilling(segment))
        .toList();
  }

  /** Frees those segments that nobody reads from, and says how many that were. */
  synchronized int free(List<Segment> unused) {
    return (int) unused.stream().filter(segments::tryFree).count();
  }

  /** Lets those go on that wait for space. What finds none still waits. */
  void feed() {
    work(fed());
  }

  /** The ticket of the last record that has begun to wait for space. */
  synchronized long lastTicket() {
    return room.lastTicket();
  }

  /**
   * Tells those that there is no space for, and have begun to wait up to a ticket, why that is. Who
   * waits for a spare goes on waiting, unless the log takes nothing more.
   */
  void giveUpOnStarved(long ticket, BlockOutcome why) {
    work(givenUp(append -> append.ticket() <= ticket, why));
  }

  /** {@link Room#nextSpare}. */
  synchronized Optional<String> nextSpare() {
    return room.nextSpare();
  }

  /** Whether there was no space on the host for a spare. */
  synchronized boolean isHostFull() {
    return segments.hostFull();
  }

  /** {@link Room#spareMissedBefore}. */
  synchronized Optional<String> spareMissedBefore() {
    return room.spareMissedBefore();
  }

  /** {@link Room#removeSpare}. */
  synchronized Optional<String> removeSpare() {
    return room.removeSpare();
  }

  /** There is a new spare: those that wait for it go on. */
  void spareMade(String file) {
    synchronized (this) {
      room.addSpare(file);
    }
    feed();
  }

  /** There is no space on the host for a spare. */
  void spareMissed(String file) {
    synchronized (this) {
      room.missSpare(file);
    }
    // The cleaner waits for its copies, and all others for the cleaner.
    work(givenUp(append -> append.keptSegments() == 0, NO_SPACE));
  }

  /** Spares cannot be made, for another reason than that. */
  void spareFailed(String why) {
    work(failed(() -> room.failSpare(new BlockOutcome.WriteFailed(why))));
  }

  private synchronized Chain fed() {
    return placed(room.feed());
  }

  private Chain givenUp(Predicate<Append> which, BlockOutcome why) {
    return failed(() -> room.giveUp(which, why));
  }

  private synchronized Chain failed(Supplier<List<Append>> failing) {
    List<Append> ready = new ArrayList<>(failing.get());
    ready.addAll(room.feed());
    notifyAll();
    return placed(ready);
  }

  /** Notes those that have a place. */
  private Chain placed(List<Append> admitted) {
    admitted.stream().filter(Append::isPlaced).forEach(placed::add);
    return Chain.of(admitted);
  }

  /** False if it has to wait. */
  private synchronized boolean admit(Append append) {
    return !turns.holdsUp(append) && admitToRoom(append);
  }

  private boolean admitToRoom(Append append) {
    boolean admitted = room.admit(append);
    if (append.isPlaced()) {
      placed.add(append);
    }
    return admitted;
  }

  /** Carries out what has a place or an outcome, and what that lets go on. */
  private void work(Chain ready) {
    meetNeeds();
    Append append = ready.poll();
    while (append != null) {
      if (append.isPlaced()) {
        write(append);
      }
      Chain done = new Chain();
      List<Claim> started = finish(append, done, ready);
      meetNeeds();
      Append each = done.poll();
      while (each != null) {
        each.complete();
        each = done.poll();
      }
      started.forEach(Claim::run);
      append = ready.poll();
    }
  }

  /** Where a thread cannot be started, nobody waits for what it would have done. */
  private void meetNeeds() {
    try {
      room.meetNeeds();
    } catch (Throwable failure) {
      stop("there is no thread for the pool's own work, reopen the pool: " + failure);
      work(givenUp(append -> true, NO_SPACE));
    }
  }

  private void write(Append append) {
    try {
      writer.write(append, committed);
    } catch (Throwable failure) {
      boolean isFull = failure instanceof NoSpaceException;
      append.fail(isFull ? NO_SPACE : new BlockOutcome.WriteFailed(failure.toString()));
      if (!writer.tryToFillPlaceOf(append, committed)) {
        stop("record " + append.sequence() + " could not be written: " + failure);
      }
    }
  }

  private synchronized List<Claim> finish(Append append, Chain done, Chain ready) {
    if (!append.isPlaced()) {
      append.claim().ifPresent(turns::remove);
      done.add(append);
      return advance(ready);
    }
    append.markWritten();
    while (!placed.isEmpty() && placed.element().written()) {
      Append oldest = placed.remove();
      publish(oldest);
      oldest.claim().ifPresent(turns::remove);
      done.add(oldest);
    }
    return advance(ready);
  }

  private void publish(Append oldest) {
    if (stopped.isPresent()) {
      if (!oldest.failed()) {
        oldest.fail(stopped.get());
      }
      return;
    }
    try {
      if (!oldest.failed()) {
        catalog.apply(oldest.change(), oldest.payloadLocation());
      }
    } catch (Throwable failure) {
      stop("record " + oldest.sequence() + " could not be published: " + failure);
      oldest.fail(new BlockOutcome.WriteFailed(failure.toString()));
      return;
    }
    publishedSegment = oldest.segment().number();
    publishedUnit = oldest.unit() + oldest.totalBytes() / Location.UNIT_BYTES;
    published = oldest.sequence();
  }

  private synchronized List<Claim> enqueue(Claim claim) {
    turns.add(claim);
    return startable();
  }

  private synchronized List<Claim> dequeue(Claim claim, Chain ready) {
    turns.remove(claim);
    return advance(ready);
  }

  /** Lets go on whoever has waited for what just ended. */
  private List<Claim> advance(Chain ready) {
    notifyAll();
    if (turns.isEmpty()) {
      return List.of();
    }
    for (Append released : turns.released()) {
      if (admitToRoom(released)) {
        ready.add(released);
      }
    }
    return startable();
  }

  /** The claims that no record holds up, be it placed or waiting for space. */
  private List<Claim> startable() {
    List<Append> before = room.waiting();
    before.addAll(placed);
    return turns.startable(before);
  }
}
