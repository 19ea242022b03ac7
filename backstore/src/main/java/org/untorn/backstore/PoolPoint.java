package org.untorn.backstore;

import java.util.List;
import java.util.stream.Stream;

/**
 * A point of the log, and every root there. The roots are held by references of its own, until they
 * are given back under the {@link Log}'s lock.
 *
 * @param end where the log goes on behind it
 * @param lines the volumes
 * @param durable the older roots that are kept
 */
record PoolPoint(Superblock.Replay end, List<Checkpoint.Line> lines, List<Root> durable) {

  List<Root> roots() {
    return Stream.concat(lines.stream().map(Checkpoint.Line::root), durable.stream()).toList();
  }
}
