package org.untorn.backstore;

import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.IntConsumer;
import java.util.function.Predicate;

/**
 * Gives records their places in the log, and lets those wait that there is none for yet.
 *
 * <pre>
 *   a record ---> it fits, or a spare is there ------------------> placed
 *      |  |-----> there is space, but no spare yet: waits for {@link Spares} ---> placed
 *      |  \-----> too much is unsynced: waits for the {@link Committer} --------> placed
 *      \--------> there is no space: waits for the {@link Keeper} to find some, or to give up
 * </pre>
 *
 * Guarded by the {@link Log}'s lock, but for {@link #meetNeeds}.
 */
final class Room {

  /**
   * A sync begins when this part of what may be unsynced is: so the host has little to write at a
   * time, and those who append rarely wait for it.
   */
  private static final int SYNCS = 4;

  private final Segments segments;
  private final Tail tail;
  private final SpaceQueue starved = new SpaceQueue();
  private final long unsyncedBytes;
  private final Queue<Runnable> unmet = new ConcurrentLinkedQueue<>();
  private Needs needs = Needs.NONE;
  private boolean spareIsOnItsWay;

  /** The last ones could not be made: none is made before it is needed. */
  private boolean sparesFail;

  private boolean syncIsOnItsWay;
  private Optional<BlockOutcome> refusal = Optional.empty();

  /** At most {@code unsyncedBytes} are placed and not yet synced, but for the last record. */
  Room(Segments segments, Tail tail, long unsyncedBytes) {
    this.segments = segments;
    this.tail = tail;
    this.unsyncedBytes = unsyncedBytes;
  }

  /**
   * Who sees to it that there is room.
   *
   * @param segmentTaken hears how many segments there may still be when one is taken or missed
   * @param spareNeeded hears that there are too few spares
   * @param syncNeeded hears that much is unsynced
   */
  record Needs(IntConsumer segmentTaken, Runnable spareNeeded, Runnable syncNeeded) {
    static final Needs NONE = new Needs(available -> {}, () -> {}, () -> {});
  }

  /** From now on these hear of it. */
  void onNeed(Needs needs) {
    this.needs = needs;
  }

  /**
   * Calls those who see to what has been needed since. Not under the log's lock: they may start a
   * thread and fail, when a record has its place and is not yet known to the log.
   */
  void meetNeeds() {
    Runnable need = unmet.poll();
    while (need != null) {
      need.run();
      need = unmet.poll();
    }
  }

  /** Gives nobody a place any more. */
  void refuse(BlockOutcome why) {
    refusal = Optional.of(why);
  }

  Tail tail() {
    return tail;
  }

  /** The records that wait. A copy. */
  List<Append> waiting() {
    return starved.waiting();
  }

  boolean isEmpty() {
    return starved.isEmpty();
  }

  /** Whether somebody waits for space, and not just for a spare. */
  boolean isStarved() {
    return starved.waiting().stream().anyMatch(this::lacksSpace);
  }

  /** The ticket of the last record that has begun to wait. */
  long lastTicket() {
    return starved.lastTicket();
  }

  /**
   * Gives a record its place, or an outcome that says why it gets none; false if it has to wait.
   */
  boolean admit(Append append) {
    if ((refusal.isPresent() || !starved.holdsUp(append)) && place(append)) {
      return true;
    }
    starved.add(append);
    if (lacksSpace(append)) {
      needSegment();
    }
    return false;
  }

  /** Takes those out that wait no longer, each with its place or an outcome. */
  List<Append> feed() {
    return starved.isEmpty() ? List.of() : starved.remove(this::place);
  }

  /** Takes those out that {@code which} names and there is no space for, each with an outcome. */
  List<Append> giveUp(Predicate<Append> which, BlockOutcome why) {
    return fail(append -> which.test(append) && (refusal.isPresent() || lacksSpace(append)), why);
  }

  /**
   * No spare can be made, and not for want of space: takes those out that wait for one. The next
   * one to need one has it tried again.
   */
  List<Append> failSpare(BlockOutcome why) {
    spareIsOnItsWay = false;
    sparesFail = true;
    return fail(append -> refusal.isPresent() || (!lacksSpace(append) && !isSyncAwaited()), why);
  }

  private List<Append> fail(Predicate<Append> which, BlockOutcome why) {
    List<Append> failed = starved.remove(which);
    failed.forEach(append -> append.fail(refusal.orElse(why)));
    return failed;
  }

  /** The file to make a spare of, if there are too few. */
  Optional<String> nextSpare() {
    Optional<String> next = lacksSpares() ? segments.nextSpare() : Optional.empty();
    spareIsOnItsWay = next.isPresent();
    return next;
  }

  /** The file to make a spare of after all, if there was no space for one on the host. */
  Optional<String> spareMissedBefore() {
    return segments.hostFull() ? segments.nextSpare() : Optional.empty();
  }

  void addSpare(String file) {
    sparesFail = false;
    segments.addSpare(file);
  }

  /** Takes a spare away, if there is one, so that its file can be removed. */
  Optional<String> removeSpare() {
    return segments.removeSpare();
  }

  /** There is no space for that spare on the host: it is as if the capacity were reached. */
  void missSpare(String file) {
    boolean isNews = !segments.hostFull();
    segments.missSpare(file);
    if (isNews) {
      needSegment();
    }
  }

  /** A sync has ended well. */
  void synced(SyncPoint point) {
    syncIsOnItsWay = false;
    tail.synced(point);
  }

  private boolean place(Append append) {
    if (refusal.isPresent()) {
      append.fail(refusal.get());
      return true;
    }
    if (isSyncAwaited()) {
      // Perhaps by what came during the last sync, too late for it.
      needSync();
      return false;
    }
    boolean takesSegment = tail.needsSegment(append.totalBytes());
    boolean fits = tail.tryPlace(append);
    // What the keeper does itself is no news to it: it would never rest.
    if (takesSegment && fits && append.keptSegments() > 0) {
      needSegment();
    }
    if (!spareIsOnItsWay && lacksSpares() && !(fits && sparesFail)) {
      spareIsOnItsWay = true;
      unmet.add(needs.spareNeeded());
    }
    needSync();
    if (!fits && append.keptSegments() == 0 && lacksSpace(append)) {
      append.fail(new BlockOutcome.OutOfSpace());
      return true;
    }
    return fits;
  }

  private void needSegment() {
    IntConsumer taken = needs.segmentTaken();
    int available = segments.available();
    unmet.add(() -> taken.accept(available));
  }

  private void needSync() {
    if (!syncIsOnItsWay && tail.unsyncedBytes() >= unsyncedBytes / SYNCS) {
      syncIsOnItsWay = true;
      unmet.add(needs.syncNeeded());
    }
  }

  private boolean isSyncAwaited() {
    return tail.unsyncedBytes() >= unsyncedBytes;
  }

  private boolean lacksSpace(Append append) {
    return segments.available() <= append.keptSegments();
  }

  private boolean lacksSpares() {
    return !segments.hostFull() && segments.spares() < tail.sparesWanted();
  }
}
