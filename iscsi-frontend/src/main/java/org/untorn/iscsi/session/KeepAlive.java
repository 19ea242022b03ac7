package org.untorn.iscsi.session;

import java.time.Duration;

/**
 * When to ping a silent initiator, and when to give it up (RFC 7143 11.19): a pure clock, which its
 * owner asks when the time it said has come.
 *
 * <pre>
 *  heard ── pingAfter ──► PING ── pingTimeout ──► GIVE_UP
 *    ▲                      │
 *    └──── heard anything ──┘
 * </pre>
 *
 * While the outbound side is full nothing is read, so that an initiator that takes what is sent to
 * it, however slowly, counts as heard.
 */
final class KeepAlive {

  /** What to do now. */
  enum Verdict {
    WAIT,
    PING,
    GIVE_UP
  }

  private final long pingAfter;
  private final long pingTimeout;
  private long heard;
  private long pinged;
  private boolean waiting;
  private long backlog;

  /** Starts at a time in nanoseconds. */
  KeepAlive(Duration pingAfter, Duration pingTimeout, long now) {
    this.pingAfter = pingAfter.toNanos();
    this.pingTimeout = pingTimeout.toNanos();
    this.heard = now;
  }

  /** Something came from the initiator. */
  void heard(long now) {
    heard = now;
    waiting = false;
  }

  /** How many bytes keep the outbound side full; 0 if it is not. Fewer than before is a sign. */
  void outbound(long bytes, long now) {
    if (bytes > 0 && bytes < backlog) {
      heard(now);
    }
    backlog = bytes;
  }

  /** What to do at a time. */
  Verdict check(long now) {
    if (waiting) {
      return now - pinged >= pingTimeout ? Verdict.GIVE_UP : Verdict.WAIT;
    }
    if (now - heard < pingAfter) {
      return Verdict.WAIT;
    }
    waiting = true;
    pinged = now;
    return Verdict.PING;
  }

  /** Nanoseconds until it has to be asked again; at least 1. */
  long nextCheck(long now) {
    long at = waiting ? pinged + pingTimeout : heard + pingAfter;
    return Math.max(1, at - now);
  }
}
