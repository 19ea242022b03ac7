package org.untorn.backstore;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The segment files as recovery found them, in tables of what it asks for: each question takes the
 * same time however many there are.
 */
final class FoundSegments {

  private final List<SegmentScan.Found> all;
  private final List<String> headless;
  private final Map<String, SegmentScan.Found> byFile = new HashMap<>();
  private final Map<Integer, SegmentScan.Found> byNumber = new HashMap<>();
  private final Map<Long, SegmentScan.Found> lastByFirstSequence = new HashMap<>();

  /** Those with a whole header, and the files without one. */
  FoundSegments(Collection<SegmentScan.Found> found, Collection<String> headless) {
    this.all = List.copyOf(found);
    this.headless = List.copyOf(headless);
    for (SegmentScan.Found each : all) {
      byFile.put(each.file(), each);
      byNumber.putIfAbsent(each.number(), each);
      lastByFirstSequence.merge(
          each.firstSequence(), each, (one, other) -> one.number() > other.number() ? one : other);
    }
  }

  List<SegmentScan.Found> all() {
    return all;
  }

  /** The files whose first sector is no segment's header. */
  List<String> headless() {
    return headless;
  }

  Optional<SegmentScan.Found> byNumber(int number) {
    return Optional.ofNullable(byNumber.get(number));
  }

  Optional<SegmentScan.Found> byFile(String file) {
    return Optional.ofNullable(byFile.get(file));
  }

  /** Whether that segment is there, in that file. */
  boolean holds(Segment segment) {
    return byFile(segment.file()).filter(each -> each.number() == segment.number()).isPresent();
  }

  /**
   * The segment behind number {@code after} that begins with {@code sequence}; of several the one
   * with the highest number, as an earlier recovery dropped the others.
   */
  Optional<SegmentScan.Found> next(int after, long sequence) {
    return Optional.ofNullable(lastByFirstSequence.get(sequence))
        .filter(each -> each.number() > after);
  }

  /**
   * The segment behind number {@code after} that begins next behind {@code sequence}, if none
   * begins right there. What an earlier recovery dropped does not count: then a segment with a
   * higher number begins no later.
   */
  Optional<SegmentScan.Found> beyond(int after, long sequence) {
    Optional<SegmentScan.Found> best = Optional.empty();
    for (SegmentScan.Found each : all) {
      if (each.number() > after && each.firstSequence() > sequence) {
        boolean better =
            best.isEmpty()
                || each.firstSequence() < best.get().firstSequence()
                || (each.firstSequence() == best.get().firstSequence()
                    && each.number() > best.get().number());
        best = better ? Optional.of(each) : best;
      }
    }
    return best;
  }

  /** The files that nobody owns. */
  List<String> filesBut(Set<String> owned) {
    List<String> files = new ArrayList<>(headless);
    all.forEach(each -> files.add(each.file()));
    files.removeIf(owned::contains);
    return files;
  }
}
