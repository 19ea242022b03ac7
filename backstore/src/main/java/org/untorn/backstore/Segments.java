package org.untorn.backstore;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The segments that hold something, and the files that are free for new ones.
 *
 * <pre>
 *   name or short file --- {@link Spares} fills it ---> spare --- allocate ---> segment --- free ---> spare
 * </pre>
 *
 * Looking a segment up and the maximum need no lock; all else is guarded by the {@link Log}'s.
 * Invariants:
 *
 * <ol>
 *   <li>A spare's file is as long as a segment, so a record never meets the host's lack of space.
 *   <li>Segments and spares together are no more than the maximum. While the host is full, spares
 *       are all that is available.
 *   <li>What became a spare last is used first: its pages are still in the host's memory.
 * </ol>
 */
final class Segments {

  private volatile int maximum;
  private final Map<Integer, Segment> byNumber = new ConcurrentHashMap<>();
  private final Deque<String> spares = new ArrayDeque<>();
  private final Deque<String> shortFiles = new ArrayDeque<>();
  private boolean hostFull;
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

  /** How many more segments there may be: none when all numbers are used up. */
  int available() {
    int room = hostFull ? spares.size() : maximum - byNumber.size();
    return Math.min(room, Location.LAST_SEGMENT - lastNumber);
  }

  /** Whether there is no segment yet. */
  boolean isEmpty() {
    return byNumber.isEmpty();
  }

  /**
   * A new segment in a spare; empty if fewer than {@code kept} spares would be left, for what gives
   * space back if the next one cannot be made. A new pool need not wait for so many.
   */
  Optional<Segment> allocate(long epoch, int kept) {
    if (available() <= kept || spares.size() <= (isEmpty() ? 0 : kept)) {
      return Optional.empty();
    }
    lastNumber++;
    Segment segment = new Segment(lastNumber, spares.pop(), epoch);
    byNumber.put(lastNumber, segment);
    return Optional.of(segment);
  }

  /** Takes in a segment that recovery found. */
  void add(Segment segment) {
    byNumber.put(segment.number(), segment);
    reserveNumber(segment.number());
  }

  /** Takes one out whose file is another segment's, or gone. */
  void forget(Segment segment) {
    byNumber.remove(segment.number());
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
    spares.push(segment.file());
    return true;
  }

  /** A file that recovery found free; a segment's {@code length} makes it a spare. */
  void addFreeFile(String file, boolean isWhole) {
    (isWhole ? spares : shortFiles).add(file);
  }

  /** How many spares there are. */
  int spares() {
    return spares.size();
  }

  boolean hostFull() {
    return hostFull;
  }

  /** The file to make a spare of, if there may be one more. */
  Optional<String> nextSpare() {
    if (byNumber.size() + spares.size() >= maximum) {
      return Optional.empty();
    }
    String shorter = shortFiles.poll();
    if (shorter != null) {
      return Optional.of(shorter);
    }
    lastFile++;
    return Optional.of(SegmentLayout.fileName(lastFile));
  }

  /** The file that {@link #nextSpare} named is as long as a segment, and on stable storage. */
  void addSpare(String file) {
    hostFull = false;
    spares.push(file);
  }

  /** Takes a spare away, so that its file can be removed. */
  Optional<String> removeSpare() {
    return Optional.ofNullable(spares.pollLast());
  }

  /** There was no space on the host for the file that {@link #nextSpare} named. */
  void missSpare(String file) {
    hostFull = true;
    shortFiles.push(file);
  }
}
