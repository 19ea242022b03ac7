package org.untorn.backstore;

import java.util.List;
import java.util.stream.Stream;

/**
 * A point of the log, and every root there. The roots are held by references of its own, until they
 * are given back under the {@link Log}'s lock.
 *
 * @param end where the log goes on behind it
 * @param lines the volumes
 * @param durable the older roots that a power cut may go back to
 * @param kept the older roots that somebody still reads: {@link Catalog#keep}
 */
record PoolPoint(
    Superblock.Replay end, List<Checkpoint.Line> lines, List<Root> durable, List<Root> kept) {

  List<Root> roots() {
    Stream<Root> older = Stream.concat(durable.stream(), kept.stream());
    return Stream.concat(lines.stream().map(Checkpoint.Line::root), older).toList();
  }
}
