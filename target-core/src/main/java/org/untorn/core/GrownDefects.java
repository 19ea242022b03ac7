package org.untorn.core;

import java.util.Collection;
import java.util.List;
import java.util.TreeSet;

/**
 * The grown defect list (SBC-4, GLIST): the blocks that REASSIGN BLOCKS gave another place, and
 * those that FORMAT UNIT was told of. It lasts as long as the unit is served. Safe for use by many
 * threads.
 */
final class GrownDefects {

  /** How many there may be: a list of them fits the length fields of READ DEFECT DATA(10). */
  static final int CAPACITY = 4096;

  private final TreeSet<Long> blocks = new TreeSet<>();

  /** Takes blocks in; false if they are too many, and then none is taken. */
  synchronized boolean add(Collection<Long> more) {
    TreeSet<Long> all = new TreeSet<>(blocks);
    all.addAll(more);
    if (all.size() > CAPACITY) {
      return false;
    }
    blocks.addAll(more);
    return true;
  }

  synchronized void clear() {
    blocks.clear();
  }

  /** Their LBAs, ascending. */
  synchronized List<Long> list() {
    return List.copyOf(blocks);
  }
}
