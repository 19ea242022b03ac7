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
  private volatile IdentityHashMap<LogPage.Item, Long> origins = new IdentityHashMap<>();

  /** What is taken off an item's figure. */
  long of(LogPage.Item item) {
    return origins.getOrDefault(item, 0L);
  }

  /** Has items show other values from now on. */
  synchronized void set(IdentityHashMap<LogPage.Item, Long> values, LogFigures figures) {
    IdentityHashMap<LogPage.Item, Long> changed = new IdentityHashMap<>(origins);
    values.forEach((item, value) -> changed.put(item, item.value().applyAsLong(figures) - value));
    origins = changed;
  }
}
