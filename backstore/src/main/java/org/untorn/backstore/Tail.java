package org.untorn.backstore;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * The end of the log: where the next record goes.
 *
 * <pre>
 *   segment 7 (full, unsynced)   segment 8 (filling)            spares
 *   [h| 40 | 41 | ...        ]   [h| 57 | 58 | 59 |        ]    [      ] [      ]
 *                                                 ^ end
 * </pre>
 *
 * Guarded by the {@link Log}'s lock.
 */
final class Tail {

  /**
   * So many spares are kept ready, once the log has come so far that it will need one: two that are
   * not for data ({@link Append#keptSegments}), one for the next segment, and one in the making.
   */
  private static final int SPARES_AHEAD = 4;

  private final Segments segments;
  private final Log.Identity identity;
  private final Deque<Segment> unsynced = new ArrayDeque<>();
  private Optional<Segment> filling = Optional.empty();

  /** The {@link Append#keptSegments} of the record that the segment was begun for. */
  private int begunFor;

  private int end;
  private long lastSequence;
  private long logBytes;
  private long syncedBytes;
  private boolean lookingAhead;

  Tail(Segments segments, Log.Start start) {
    this.segments = segments;
    this.identity = start.identity();
    this.lastSequence = start.end().sequence();
  }

  /** Whether a record of that length needs a new segment. */
  boolean needsSegment(int bytes) {
    return filling.isEmpty() || end + bytes > identity.segmentBytes();
  }

  /**
   * Gives a record its place; false if there is none for it: no new segment, or one that was begun
   * with what is kept for others.
   */
  boolean tryPlace(Append append) {
    int bytes = append.totalBytes();
    if (begunFor < append.keptSegments() && segments.available() < append.keptSegments()) {
      return false;
    }
    if (needsSegment(bytes)) {
      lookingAhead |= !segments.isEmpty();
      Optional<Segment> fresh = segments.allocate(identity.epoch(), append.keptSegments());
      if (fresh.isEmpty()) {
        return false;
      }
      filling = fresh;
      begunFor = append.keptSegments();
      unsynced.add(fresh.get());
      end = SegmentLayout.HEADER_BYTES;
    }
    lastSequence++;
    append.place(lastSequence, filling.get(), end / Location.UNIT_BYTES);
    filling.get().lastSequence(lastSequence);
    end += bytes;
    logBytes += bytes;
    lookingAhead |= end > identity.segmentBytes() / 4;
    return true;
  }

  /** How many spares there should be: none while the log is so short that one may do. */
  int sparesWanted() {
    return lookingAhead ? SPARES_AHEAD : filling.isEmpty() ? 1 : 0;
  }

  boolean isFilling(Segment segment) {
    return filling.filter(current -> current == segment).isPresent();
  }

  /** How many bytes have their place and are not known to be on stable storage. */
  long unsyncedBytes() {
    return logBytes - syncedBytes;
  }

  /** What a sync that starts now covers; {@code published} is the last record of it. */
  SyncPoint beginSync(long published) {
    return new SyncPoint(published, logBytes, List.copyOf(unsynced));
  }

  /** That sync has ended well. */
  void synced(SyncPoint point) {
    syncedBytes = point.logBytes();
    unsynced.removeIf(segment -> segment.lastSequence() <= point.sequence() && !isFilling(segment));
  }
}
