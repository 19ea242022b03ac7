package org.untorn.iscsi.session;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts the logins of each address that could not prove who they are, so that nobody tries secrets
 * as fast as the network goes: after some of them an address is barred until a minute after the
 * first has passed. Sessions that it has go on.
 *
 * <p>IPv6 hosts have a network of 64 bits for themselves, which counts as one address. At most
 * {@value #MAX_ADDRESSES} addresses are remembered; the oldest are forgotten first. Safe for use by
 * many threads.
 */
final class WrongLogins {

  private static final Logger LOG = LoggerFactory.getLogger(WrongLogins.class);

  private static final int MAX_ADDRESSES = 4096;
  private static final long WINDOW = TimeUnit.MINUTES.toNanos(1);
  private static final int IPV6_NETWORK = 8;

  /** How many there were since a time. */
  private record Count(long since, int wrong) {}

  private final int limit;
  private final LongSupplier nanoTime;

  /** By address, the latest at the end. */
  private final LinkedHashMap<String, Count> counts = new LinkedHashMap<>();

  /**
   * Counts to a limit.
   *
   * @param limit how many wrong logins bar an address; 0: none do
   */
  WrongLogins(int limit, LongSupplier nanoTime) {
    this.limit = limit;
    this.nanoTime = nanoTime;
  }

  private static String key(InetAddress address) {
    byte[] bytes = address.getAddress();
    return HexFormat.of().formatHex(Arrays.copyOf(bytes, Math.min(bytes.length, IPV6_NETWORK)));
  }

  /** Whether connections of an address are refused now. */
  synchronized boolean bars(InetAddress address) {
    Count count = counts.getOrDefault(key(address), new Count(nanoTime.getAsLong(), 0));
    return limit > 0 && count.wrong() >= limit && isNow(count);
  }

  private boolean isNow(Count count) {
    return nanoTime.getAsLong() - count.since() < WINDOW;
  }

  /** Counts one. */
  synchronized void add(InetAddress address) {
    String key = key(address);
    Count fresh = new Count(nanoTime.getAsLong(), 0);
    Count before = counts.getOrDefault(key, fresh);
    Count count = isNow(before) ? before : fresh;
    counts.putLast(key, new Count(count.since(), count.wrong() + 1));
    if (counts.size() > MAX_ADDRESSES) {
      counts.pollFirstEntry();
    }
    if (count.wrong() + 1 == limit) {
      LOG.warn(
          "{} gave {} wrong proofs in a minute: its connections are refused until the minute is over",
          address.getHostAddress(),
          limit);
    }
  }
}
