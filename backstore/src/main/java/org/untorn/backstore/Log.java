package org.untorn.backstore;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

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

  private final Medium medium;
  private final Catalog catalog;
  private final Segments segments;
  private final Identity identity;

  private final Turns turns = new Turns();
  private final Deque<Append> placed = new ArrayDeque<>();
  private final Deque<Segment> unsynced = new ArrayDeque<>();
  private Optional<Segment> filling = Optional.empty();
  private int end;
  private long lastSequence;
  private volatile long published;
  private volatile long committed;
  private volatile Optional<BlockOutcome> refusal = Optional.empty();
  private volatile Optional<BlockOutcome> stopped = Optional.empty();

  /**
   * What all records of one opening have in common.
   *
   * @param pool the pool's identity
   * @param epoch which opening this is
   * @param segmentBytes the length of a segment
   */
  record Identity(long pool, long epoch, int segmentBytes) {}

  /** A log that goes on behind {@code lastSequence}, all of which is synced. */
  Log(Medium medium, Catalog catalog, Segments segments, Identity identity, long lastSequence) {
    this.medium = medium;
    this.catalog = catalog;
    this.segments = segments;
    this.identity = identity;
    this.lastSequence = lastSequence;
    this.published = lastSequence;
    this.committed = lastSequence;
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
    Deque<Append> ready = new ArrayDeque<>(2);
    if (admit(append)) {
      ready.add(append);
    }
    work(ready);
  }

  /** Runs the claim's action when the range is its own. */
  void claim(Claim claim) {
    startClaims(enqueue(claim));
  }

  /** Gives a range back whose claim has changed nothing. */
  void release(Claim claim) {
    Deque<Append> ready = new ArrayDeque<>();
    List<Claim> started = dequeue(claim, ready);
    work(ready);
    startClaims(started);
  }

  /** Takes nothing more. What is placed is still written and published. */
  synchronized void refuse(String why) {
    if (refusal.isEmpty()) {
      refusal = Optional.of(new BlockOutcome.Stopped(why));
    }
  }

  /** Takes and publishes nothing more. */
  synchronized void stop(String why) {
    refuse(why);
    if (stopped.isEmpty()) {
      stopped = Optional.of(new BlockOutcome.Stopped(why));
    }
  }

  /** Waits until every placed record is published. */
  synchronized void awaitIdle() throws InterruptedException {
    while (!placed.isEmpty() || !turns.isEmpty()) {
      wait();
    }
  }

  /** Notes what a sync that starts now will make durable. */
  synchronized SyncPoint beginSync() {
    catalog.capture();
    return new SyncPoint(published, List.copyOf(unsynced));
  }

  /** Moves the durable roots up. */
  synchronized void endSync(SyncPoint point) {
    committed = point.sequence();
    catalog.promote();
    unsynced.removeIf(
        segment ->
            segment.lastSequence() <= point.sequence()
                && filling.filter(current -> current == segment).isEmpty());
  }

  /**
   * What a sync covers.
   *
   * @param sequence the last record of it
   * @param segments those that hold records of it which were not synced yet, in order
   */
  record SyncPoint(long sequence, List<Segment> segments) {}

  private synchronized boolean admit(Append append) {
    if (turns.holdsUp(append)) {
      return false;
    }
    place(append);
    return true;
  }

  /** Gives a record its place, or an outcome that says why it gets none. */
  private void place(Append append) {
    if (refusal.isPresent()) {
      append.fail(refusal.get());
      return;
    }
    int bytes = append.totalBytes();
    if (filling.isEmpty() || end + bytes > identity.segmentBytes()) {
      Optional<Segment> fresh = segments.allocate(identity.epoch());
      if (fresh.isEmpty()) {
        append.fail(new BlockOutcome.OutOfSpace());
        return;
      }
      filling = fresh;
      unsynced.add(fresh.get());
      end = SegmentLayout.HEADER_BYTES;
    }
    lastSequence++;
    append.place(lastSequence, new Append.Place(filling.get(), end / Location.UNIT_BYTES));
    filling.get().lastSequence(lastSequence);
    end += bytes;
    placed.add(append);
  }

  private void work(Deque<Append> ready) {
    while (!ready.isEmpty()) {
      Append append = ready.remove();
      if (!append.isPlaced()) {
        append.claim().ifPresent(this::release);
        append.complete();
        continue;
      }
      write(append);
      List<Append> done = new ArrayList<>(1);
      List<Claim> started = finish(append, done, ready);
      for (Append each : done) {
        each.complete();
      }
      startClaims(started);
    }
  }

  private static void startClaims(List<Claim> claims) {
    for (Claim claim : claims) {
      claim.run();
    }
  }

  private void write(Append append) {
    try {
      write(append, append.change(), append.payloadBytes(), append.data());
    } catch (IOException | RuntimeException e) {
      append.fail(new BlockOutcome.WriteFailed(e.toString()));
      fillPlaceOf(append);
    }
  }

  private void fillPlaceOf(Append append) {
    int bytes = append.totalBytes() - RecordHeader.paddedBytes(0);
    try {
      write(append, Change.Nothing.INSTANCE, bytes, List.of());
    } catch (IOException | RuntimeException e) {
      stop("record " + append.sequence() + " could not be written: " + e);
    }
  }

  private void write(Append append, Change change, int payloadBytes, List<ByteBuffer> data)
      throws IOException {
    Append.Place place = append.place();
    int headBytes = RecordHeader.paddedBytes(change.bodyBytes());
    int opening = place.isFirst() ? SegmentLayout.HEADER_BYTES : 0;
    ByteBuffer head = ByteBuffer.allocate(opening + headBytes);
    if (place.isFirst()) {
      header(RecordType.SEGMENT, append.sequence(), place.segment(), 0, Change.Nothing.INSTANCE, 0)
          .put(head, Change.Nothing.INSTANCE);
    }
    header(change.type(), append.sequence(), place.segment(), place.unit(), change, payloadBytes)
        .put(head, change);
    List<ByteBuffer> all = new ArrayList<>(1 + data.size());
    all.add(head.flip());
    all.addAll(data);
    medium.write(place.segment().file(), place.offset() - opening, all, Purpose.DATA);
  }

  private RecordHeader header(
      RecordType type, long sequence, Segment segment, int unit, Change change, int payloadBytes) {
    return new RecordHeader(
        type,
        sequence,
        committed,
        identity.pool(),
        segment.number(),
        unit,
        identity.epoch(),
        change.volume(),
        change.lba(),
        change.bodyBytes(),
        payloadBytes);
  }

  private synchronized List<Claim> finish(Append append, List<Append> done, Deque<Append> ready) {
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
    if (!oldest.failed()) {
      catalog.apply(oldest.change(), oldest.payloadLocation());
    }
    published = oldest.sequence();
  }

  private synchronized List<Claim> enqueue(Claim claim) {
    turns.add(claim);
    return turns.startable(placed);
  }

  private synchronized List<Claim> dequeue(Claim claim, Deque<Append> ready) {
    turns.remove(claim);
    return advance(ready);
  }

  /** Lets go on whoever has waited for what just ended. */
  private List<Claim> advance(Deque<Append> ready) {
    notifyAll();
    if (turns.isEmpty()) {
      return List.of();
    }
    for (Append released : turns.released()) {
      place(released);
      ready.add(released);
    }
    return turns.startable(placed);
  }
}
