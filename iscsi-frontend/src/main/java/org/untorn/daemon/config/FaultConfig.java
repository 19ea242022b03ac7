package org.untorn.daemon.config;

import java.util.Optional;

/**
 * How the device is to be broken.
 *
 * @param seed what all chance is drawn from
 * @param cache what each logical unit may hold that is acknowledged and not durable; empty: its
 *     power cannot be cut, and nothing stands between a disk and its volume
 * @param tearPlainWrites whether WRITE is carried out block by block
 */
public record FaultConfig(long seed, Optional<Size> cache, boolean tearPlainWrites) {

  public static final Size DEFAULT_CACHE = new Size(32L << 20);

  /** A device that works. */
  public static final FaultConfig NONE = new FaultConfig(1, Optional.empty(), false);

  /** One whose power can be cut. */
  public static FaultConfig power(long seed) {
    return new FaultConfig(seed, Optional.of(DEFAULT_CACHE), false);
  }
}
