package org.untorn.core;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * The ROD tokens of a copy manager (SPC-5 5.17.6): who has one may use it until it is deleted, was
 * not used for so long as its maker has said, or is too old.
 *
 * <p>Invariants, under this object's lock:
 *
 * <ol>
 *   <li>There are at most {@value #MOST} tokens.
 *   <li>The blocks of a token are let go when it is gone and nobody uses it: nobody needs to ask
 *       for that to happen.
 * </ol>
 */
final class RodTokens {

  static final int MOST = 64;

  /** So many tokens that are no more are remembered by what became of them. */
  private static final int REMEMBERED = 256;

  /** How often is looked for tokens that have expired, while there are any. */
  private static final int SWEEP_SECONDS = 10;

  /** Does something later. */
  @FunctionalInterface
  interface Later {
    void run(long seconds, Runnable action);
  }

  /** What became of a wish to use a token. */
  sealed interface Use {
    /** It may be used until {@link #done}. */
    record Granted(RodToken token) implements Use {}

    record Refused(AdditionalSense why) implements Use {}
  }

  private static final class Entry {
    private final RodToken token;
    private final long inactivityTimeout;
    private final long made;
    private long used;
    private int users;
    private boolean gone;

    Entry(RodToken token, long inactivityTimeout, long now) {
      this.token = token;
      this.inactivityTimeout = inactivityTimeout;
      this.made = now;
      this.used = now;
    }

    boolean hasExpired(long now) {
      return users == 0
          && (now - used >= inactivityTimeout
              || now - made >= TimeUnit.SECONDS.toNanos(CopyLimits.MAXIMUM_TOKEN_LIFETIME));
    }
  }

  private final LongSupplier nanoTime;
  private final RandomGenerator random;
  private final Later later;

  /** By identifier. */
  private final Map<Long, Entry> tokens = new HashMap<>();

  /** Those, and those that are gone but still used. */
  private final Map<RodToken, Entry> all = new HashMap<>();

  private final Map<Long, AdditionalSense> past = new LinkedHashMap<>();
  private long lastIdentifier;

  /** Whether {@link #wake} will be called. */
  private boolean waking;

  /**
   * No tokens yet.
   *
   * @param random what nobody can guess
   */
  RodTokens(LongSupplier nanoTime, RandomGenerator random, Later later) {
    this.nanoTime = nanoTime;
    this.random = random;
    this.later = later;
    this.lastIdentifier = random.nextLong();
  }

  /**
   * Makes a token; empty if there are too many, and then the content's blocks are still the
   * caller's.
   *
   * @param inactivityTimeout seconds that it lives without being used
   */
  synchronized Optional<RodToken> make(
      UnitProfile creator, RodToken.Content content, int inactivityTimeout) {
    sweep();
    if (tokens.size() >= MOST) {
      return Optional.empty();
    }
    lastIdentifier++;
    byte[] filling = new byte[RodToken.LENGTH];
    random.nextBytes(filling);
    RodToken token = new RodToken(lastIdentifier, creator, content, filling);
    Entry entry =
        new Entry(token, TimeUnit.SECONDS.toNanos(inactivityTimeout), nanoTime.getAsLong());
    tokens.put(lastIdentifier, entry);
    all.put(token, entry);
    sweepLater();
    return Optional.of(token);
  }

  /** Looks a token up by the bytes that somebody presents. */
  synchronized Use use(byte[] presented) {
    sweep();
    if (RodToken.TYPE.get(presented) != RodToken.POINT_IN_TIME_DEFAULT) {
      return new Use.Refused(AdditionalSense.INVALID_TOKEN_OPERATION_UNSUPPORTED_TOKEN_TYPE);
    }
    if (RodToken.TOKEN_LENGTH.getInt(presented) != RodToken.TOKEN_LENGTH_VALUE) {
      return new Use.Refused(AdditionalSense.INVALID_TOKEN_OPERATION_INVALID_TOKEN_LENGTH);
    }
    long identifier = RodToken.IDENTIFIER.get(presented);
    Entry entry = tokens.get(identifier);
    if (entry == null) {
      return new Use.Refused(
          past.getOrDefault(identifier, AdditionalSense.INVALID_TOKEN_OPERATION_TOKEN_UNKNOWN));
    }
    if (!isEqual(entry.token.bytes(), presented)) {
      return new Use.Refused(AdditionalSense.INVALID_TOKEN_OPERATION_TOKEN_CORRUPT);
    }
    entry.users++;
    return new Use.Granted(entry.token);
  }

  /** Takes as long whatever differs, so that nobody finds a token out byte by byte. */
  private static boolean isEqual(byte[] token, byte[] presented) {
    int difference = 0;
    for (int i = 0; i < RodToken.LENGTH; i++) {
      difference |= token[i] ^ presented[i];
    }
    return difference == 0;
  }

  /**
   * A use of a token has ended.
   *
   * @param deleted whether nobody is to use it any more
   */
  synchronized void done(RodToken token, boolean deleted) {
    Entry entry = Objects.requireNonNull(all.get(token), "a token that nobody uses");
    entry.users--;
    entry.used = nanoTime.getAsLong();
    if (deleted && !entry.gone) {
      remove(entry, AdditionalSense.INVALID_TOKEN_OPERATION_TOKEN_DELETED);
    }
    letGoIfUnused(entry);
  }

  private void remove(Entry entry, AdditionalSense why) {
    tokens.remove(entry.token.identifier());
    past.put(entry.token.identifier(), why);
    if (past.size() > REMEMBERED) {
      past.remove(past.keySet().iterator().next());
    }
    entry.gone = true;
    letGoIfUnused(entry);
  }

  private void letGoIfUnused(Entry entry) {
    if (entry.gone && entry.users == 0 && all.remove(entry.token) != null) {
      entry.token.content().point().close();
    }
  }

  /** The power was lost, and with it all tokens, and what was known of those before. */
  synchronized void clear() {
    for (Entry entry : new ArrayList<>(tokens.values())) {
      remove(entry, AdditionalSense.INVALID_TOKEN_OPERATION_TOKEN_UNKNOWN);
    }
    past.clear();
  }

  /** A medium is erased: no token may bring back what was on it, and whose it is nobody asks. */
  synchronized void cancel() {
    for (Entry entry : new ArrayList<>(tokens.values())) {
      remove(entry, AdditionalSense.INVALID_TOKEN_OPERATION_TOKEN_CANCELLED);
    }
  }

  /** How many there are. */
  synchronized int count() {
    sweep();
    return tokens.size();
  }

  private void sweepLater() {
    if (!waking && !tokens.isEmpty()) {
      waking = true;
      later.run(SWEEP_SECONDS, this::wake);
    }
  }

  private synchronized void wake() {
    waking = false;
    sweep();
    sweepLater();
  }

  private synchronized void sweep() {
    long now = nanoTime.getAsLong();
    List<Entry> expired = tokens.values().stream().filter(entry -> entry.hasExpired(now)).toList();
    expired.forEach(entry -> remove(entry, AdditionalSense.INVALID_TOKEN_OPERATION_TOKEN_EXPIRED));
  }
}
