package org.untorn.oracle;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Whether the reads and writes of one block can be put into an order in which each read sees the
 * write before it.
 *
 * <p>A write and the reads that saw it form a cluster, which needs the block for itself from the
 * end of the first of them to the beginning of the last. The order exists if and only if no read is
 * over before its write begins, no two such zones overlap, and no cluster that fits into a moment
 * has to fit inside one (Gibbons and Korach, "Testing shared memories", 1997, for registers whose
 * values are all different).
 *
 * <pre>
 *   write 1  [----]         read 1      [--]          zone of 1:   f........s
 *   write 2        [--]                                write 2 is inside it: read 1 came too late
 * </pre>
 */
final class BlockLinearity {

  /** A write, or what was there before all, and the reads that saw it. */
  private static final class Cluster {
    private final int id;
    private final int writeBegan;
    private int firstEnd;
    private int lastBegin;
    private boolean fromTheFuture;

    Cluster(int id, int began, int ended) {
      this.id = id;
      this.writeBegan = began;
      this.firstEnd = ended;
      this.lastBegin = began;
    }

    void seenBy(ReadDone by) {
      fromTheFuture |= by.answeredAt() < writeBegan;
      firstEnd = Math.min(firstEnd, by.answeredAt());
      lastBegin = Math.max(lastBegin, by.sentAt());
    }

    boolean needsAZone() {
      return firstEnd < lastBegin;
    }
  }

  private BlockLinearity() {}

  /**
   * What is wrong with one block.
   *
   * @param writes those that cover it
   * @param reads those that cover it
   * @param before what it held before, if that is known
   */
  static Optional<Finding> check(
      long lba, List<Issued> writes, List<ReadDone> reads, Optional<Long> before) {
    Map<Long, Cluster> clusters = new HashMap<>();
    before.ifPresent(content -> clusters.put(content, new Cluster(0, -1, -1)));
    for (Issued write : writes) {
      Cluster cluster = new Cluster(write.id(), write.sentAt(), write.answeredAt());
      if (clusters.putIfAbsent(write.write().contentAt(lba), cluster) != null) {
        return Optional.empty(); // the same bytes twice: nobody can tell which of them was read
      }
    }
    for (ReadDone read : reads) {
      Cluster cluster = clusters.get(read.contentAt(lba));
      if (cluster != null) {
        cluster.seenBy(read);
      }
    }
    return conflict(List.copyOf(clusters.values()))
        .map(
            pair ->
                new Finding(
                    Promise.LINEARISABILITY,
                    Fate.REORDERED,
                    0,
                    lba,
                    1,
                    pair.stream().map(cluster -> cluster.id).distinct().toList(),
                    sentence(lba, pair)));
  }

  private static String sentence(long lba, List<Cluster> pair) {
    String seen = pair.getFirst().id == 0 ? "what it held before" : "write " + pair.getFirst().id;
    return pair.getFirst() == pair.getLast()
        ? "a read of block %d saw %s before that was sent".formatted(lba, seen)
        : "a read of block %d saw %s when write %d was over already"
            .formatted(lba, seen, pair.getLast().id);
  }

  private static Optional<List<Cluster>> conflict(List<Cluster> clusters) {
    List<Cluster> zones = new ArrayList<>();
    for (Cluster cluster : clusters) {
      if (cluster.fromTheFuture) {
        return Optional.of(List.of(cluster));
      }
      if (cluster.needsAZone()) {
        zones.add(cluster);
      }
    }
    zones.sort(Comparator.comparingInt(cluster -> cluster.firstEnd));
    for (int i = 1; i < zones.size(); i++) {
      if (zones.get(i).firstEnd < zones.get(i - 1).lastBegin) {
        return Optional.of(List.of(zones.get(i - 1), zones.get(i)));
      }
    }
    for (Cluster cluster : clusters) {
      for (Cluster zone : zones) {
        boolean inside = cluster.lastBegin > zone.firstEnd && cluster.firstEnd < zone.lastBegin;
        if (!cluster.needsAZone() && inside && cluster != zone) {
          return Optional.of(List.of(zone, cluster));
        }
      }
    }
    return Optional.empty();
  }
}
