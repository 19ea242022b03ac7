package org.untorn.daemon.config;

import java.util.function.Function;

/**
 * How much the front door takes at once; docs/LIMITS.md says what happens beyond.
 *
 * @param connections of all initiators
 * @param halfOpen connections that have not logged in yet
 * @param loginSeconds how long a login may take
 * @param wrongLogins wrong proofs of one address within a minute that bar it; 0: none do
 * @param commands outstanding in one session
 * @param data bytes of Data-Out that all connections may hold
 * @param connectionData bytes of Data-Out that one connection may hold
 */
public record LimitsConfig(
    int connections,
    int halfOpen,
    int loginSeconds,
    int wrongLogins,
    int commands,
    Size data,
    Size connectionData) {

  /** What holds where nothing else is said. */
  public static final LimitsConfig DEFAULT =
      new LimitsConfig(1024, 64, 15, 10, 128, new Size(256L << 20), new Size(64L << 20));

  /** Reads a number between two others, both included. */
  static Function<String, Parsed<Integer>> between(int least, int most) {
    return text ->
        text.matches("\\d{1,9}")
                && Integer.parseInt(text) >= least
                && Integer.parseInt(text) <= most
            ? Parsed.value(Integer.parseInt(text))
            : Parsed.wrong("'%s' is no number from %d to %d".formatted(text, least, most));
  }
}
