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
 * A record is written together with zeros up to the end of its last page, so that the host never
 * has to read a page that a record covers in part. The next record begins right behind it, unless
 * it is placed before those zeros are written: then it begins on the next page.
 *
 * <pre>
 *   page              page              page
 *   [ 40    ][ 41     |     ][ 42 ] 0 0 |            42 came when 41 was written
 *   [ 40    ][ 41     |     ] 0 0 0 0 0 [ 42 ...     42 came while 41 was being written
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
  private final LogStart.Identity identity;
  private final Deque<Segment> unsynced = new ArrayDeque<>();
  private Optional<Segment> filling = Optional.empty();

  /** The {@link Append#keptSegments} of the record that the segment was begun for. */
  private int begunFor;

  private int end;
  private long lastSequence;
  private Append last = Append.written(Change.Nothing.INSTANCE);
  private long logBytes;
  private long syncedBytes;
  private boolean lookingAhead;

  Tail(Segments segments, LogStart start) {
    this.segments = segments;
    this.identity = start.identity();
    this.lastSequence = start.end().sequence();
  }

  /** Whether a record of that length needs a new segment. */
  boolean needsSegment(int bytes) {
    return filling.isEmpty() || end + gapBytes() + bytes > identity.segmentBytes();
  }

  /** A record that is being written writes zeros up to the end of its last page. */
  private int gapBytes() {
    return last.written() ? 0 : SegmentLayout.restOfPage(end);
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
    int gap = end == SegmentLayout.HEADER_BYTES ? 0 : gapBytes();
    append.place(lastSequence, filling.get(), (end + gap) / Location.UNIT_BYTES);
    filling.get().lastSequence(lastSequence);
    end += gap + bytes;
    logBytes += gap + bytes;
    last = append;
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
