package org.untorn.daemon.config;

import java.util.List;
import java.util.Optional;

/**
 * How the device is to be broken.
 *
 * @param seed what all chance is drawn from
 * @param cache what each logical unit may hold that is acknowledged and not durable; empty: its
 *     power cannot be cut, and nothing stands between a disk and its volume
 * @param tearPlainWrites whether WRITE is carried out block by block
 * @param defects promises that are broken all the time: names, or NAME@VOLUME for one volume
 * @param rules of the fault plan; empty: there is none, and none can be added
 */
public record FaultConfig(
    long seed,
    Optional<Size> cache,
    boolean tearPlainWrites,
    List<String> defects,
    Optional<List<String>> rules) {

  public static final Size DEFAULT_CACHE = new Size(32L << 20);

  /** A device that works. */
  public static final FaultConfig NONE =
      new FaultConfig(1, Optional.empty(), false, List.of(), Optional.empty());

  public FaultConfig {
    defects = List.copyOf(defects);
    rules = rules.map(List::copyOf);
  }

  /** One whose power can be cut. */
  public static FaultConfig power(long seed) {
    return new FaultConfig(seed, Optional.of(DEFAULT_CACHE), false, List.of(), Optional.empty());
  }

  /** The same with defects. */
  public FaultConfig withDefects(String... names) {
    return new FaultConfig(seed, cache, tearPlainWrites, List.of(names), rules);
  }

  /** The same with a fault plan. */
  public FaultConfig withRules(String... texts) {
    return new FaultConfig(seed, cache, tearPlainWrites, defects, Optional.of(List.of(texts)));
  }
}
