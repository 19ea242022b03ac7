package org.untorn.core;

import java.util.IdentityHashMap;

/**
 * What the counters of log pages are counted from: zero, until LOG SELECT gives one another value.
 * The figures behind them go on as they are, for others count on them.
 *
 * <p>The whole is one map that is never changed, swapped: any thread may read or set.
 */
final class LogOrigins {

  /** By the item itself, of which {@link LogPage#TABLE} has one each. Replaced under the lock. */
  private volatile Origins origins = new Origins(new IdentityHashMap<>());

  /**
   * What an item is counted from.
   *
   * @param taken off its figure
   * @param value that it was given then; one that is smaller has wrapped
   */
  private record Origin(long taken, long value) {
    static final Origin NONE = new Origin(0, 0);
  }

  /** All of them at one moment. Figures that are taken later are none smaller. */
  record Origins(IdentityHashMap<LogPage.Item, Origin> byItem) {

    /** What an item shows; a counter that is bounded stops at its maximum. */
    long shown(LogPage.Item item, LogFigures figures, boolean bounded) {
      Origin origin = byItem.getOrDefault(item, Origin.NONE);
      long value = item.value().applyAsLong(figures) - origin.taken();
      return bounded && Long.compareUnsigned(value, origin.value()) < 0 ? -1 : value;
    }
  }

  Origins now() {
    return origins;
  }

  /** Has items show other values from now on. */
  synchronized void set(IdentityHashMap<LogPage.Item, Long> values, LogFigures figures) {
    IdentityHashMap<LogPage.Item, Origin> changed = new IdentityHashMap<>(origins.byItem());
    values.forEach(
        (item, value) ->
            changed.put(item, new Origin(item.value().applyAsLong(figures) - value, value)));
    origins = new Origins(changed);
  }
}
