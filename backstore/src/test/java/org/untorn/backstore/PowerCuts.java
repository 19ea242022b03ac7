package org.untorn.backstore;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;

/**
 * The ways in which the power may fail at one moment: which of the unsynced sectors survive, and
 * which of those are torn.
 *
 * <p>Up to {@value #EXHAUSTIVE} sectors every subset is tried, and up to {@value #EXHAUSTIVE_TORN}
 * every way to tear them; beyond that some prefixes, single losses, single survivors and random
 * subsets. Ways that were tried already, when the first {@code known} sectors were all there were,
 * are not tried again.
 */
final class PowerCuts {

  static final int EXHAUSTIVE = 12;
  private static final int EXHAUSTIVE_TORN = 5;
  private static final int RANDOM = 8;

  private final Random random;

  PowerCuts(Random random) {
    this.random = random;
  }

  /** One of them. */
  record Cut(BitSet survivors, BitSet torn) {}

  void forEach(int unsynced, int known, Consumer<Cut> action) {
    if (unsynced <= EXHAUSTIVE) {
      forEachSubset(unsynced, known, action);
    } else {
      forSome(unsynced, known, action);
    }
    if (unsynced <= EXHAUSTIVE_TORN) {
      forEachTear(unsynced, known, action);
    } else {
      for (int i = 0; i < RANDOM; i++) {
        action.accept(any(unsynced));
      }
    }
  }

  /** A random one. */
  Cut any(int unsynced) {
    BitSet survivors = subset(unsynced);
    BitSet torn = subset(unsynced);
    torn.and(survivors);
    return new Cut(survivors, random.nextInt(4) > 0 ? torn : new BitSet());
  }

  private static void forEachSubset(int unsynced, int known, Consumer<Cut> action) {
    for (long bits = known < 0 ? 0 : 1L << known; bits < 1L << unsynced; bits++) {
      action.accept(new Cut(BitSet.valueOf(new long[] {bits}), new BitSet()));
    }
  }

  /** Each sector is lost, torn or whole, and at least one is torn. */
  private static void forEachTear(int unsynced, int known, Consumer<Cut> action) {
    for (long survivors = known < 0 ? 0 : 1L << known; survivors < 1L << unsynced; survivors++) {
      for (long torn = survivors; torn > 0; torn = torn - 1 & survivors) {
        action.accept(
            new Cut(BitSet.valueOf(new long[] {survivors}), BitSet.valueOf(new long[] {torn})));
      }
    }
  }

  private void forSome(int unsynced, int known, Consumer<Cut> action) {
    List<BitSet> some = new ArrayList<>();
    int first = Math.max(known, 0);
    for (int i = 0; i < Math.min(RANDOM, unsynced - first); i++) {
      int at = first + random.nextInt(unsynced - first);
      some.add(range(0, at));
      some.add(range(at, at + 1));
      BitSet loss = range(0, unsynced);
      loss.clear(at);
      some.add(loss);
      some.add(subset(unsynced));
    }
    some.add(range(0, unsynced));
    some.forEach(survivors -> action.accept(new Cut(survivors, new BitSet())));
  }

  private static BitSet range(int from, int to) {
    BitSet range = new BitSet();
    range.set(from, to);
    return range;
  }

  private BitSet subset(int size) {
    BitSet subset = new BitSet();
    for (int i = 0; i < size; i++) {
      subset.set(i, random.nextBoolean());
    }
    return subset;
  }
}
