package org.untorn.backstore;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The segments that hold something, and the files that are free for new ones.
 *
 * <p>Looking a segment up and the maximum need no lock; all else is guarded by the {@link Log}'s.
 */
final class Segments {

  private volatile int maximum;
  private final Map<Integer, Segment> byNumber = new ConcurrentHashMap<>();
  private final Queue<String> freeFiles = new ArrayDeque<>();
  private int lastNumber;
  private int lastFile;

  /** At most {@code maximum} segments at a time. */
  Segments(int maximum) {
    this.maximum = maximum;
  }

  /** The segment of that number, unless it was freed. */
  Optional<Segment> find(int number) {
    return Optional.ofNullable(byNumber.get(number));
  }

  Collection<Segment> all() {
    return List.copyOf(byNumber.values());
  }

  /** From now on at most so many; more than that may be there already. */
  void maximum(int segments) {
    maximum = segments;
  }

  int maximum() {
    return maximum;
  }

  /** How many more segments there may be. */
  int available() {
    return maximum - byNumber.size();
  }

  /**
   * A new segment, in a file that was used before if there is one; empty if fewer than {@code kept}
   * more would be left.
   */
  Optional<Segment> allocate(long epoch, int kept) {
    if (available() <= kept) {
      return Optional.empty();
    }
    String file = freeFiles.poll();
    if (file == null) {
      lastFile++;
      file = SegmentLayout.fileName(lastFile);
    }
    lastNumber++;
    Segment segment = new Segment(lastNumber, file, epoch);
    byNumber.put(lastNumber, segment);
    return Optional.of(segment);
  }

  /** Takes in a segment that recovery found. */
  void add(Segment segment) {
    byNumber.put(segment.number(), segment);
    reserveNumber(segment.number());
  }

  /** Numbers up to this one are not given out again. */
  void reserveNumber(int number) {
    lastNumber = Math.max(lastNumber, number);
  }

  int lastNumber() {
    return lastNumber;
  }

  /** Files up to this one are there already. */
  void reserveFile(String file) {
    lastFile = Math.max(lastFile, SegmentLayout.fileIndex(file));
  }

  /** Ends a segment, unless somebody reads from it; its file is free for another one. */
  boolean tryFree(Segment segment) {
    if (!segment.tryFree()) {
      return false;
    }
    byNumber.remove(segment.number());
    freeFiles.add(segment.file());
    return true;
  }

  void addFreeFile(String file) {
    freeFiles.add(file);
  }
}
