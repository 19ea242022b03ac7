package org.untorn.iscsi;

import java.time.Duration;

/**
 * How much of everything a server takes at once. What bounds a single PDU is not here, for the
 * standard or the negotiation bounds it: see docs/LIMITS.md.
 *
 * @param connections connections beyond this are closed at once
 * @param halfOpen connections in their login beyond this are closed at once
 * @param login how long a login may take, from the transport connection to the full feature phase
 * @param wrongLogins wrong proofs of one address within a minute that bar it; 0: none do
 * @param commands that an initiator may have outstanding in a session; beyond MaxCmdSN they are
 *     ignored
 * @param data bytes of Data-Out that all connections may hold; beyond it no R2T is sent
 * @param dataPerConnection bytes of Data-Out that one connection may hold
 */
public record Limits(
    int connections,
    int halfOpen,
    Duration login,
    int wrongLogins,
    int commands,
    long data,
    long dataPerConnection) {

  /** What suits a disk on a network. */
  public static final Limits DEFAULT =
      new Limits(1024, 64, Duration.ofSeconds(15), 10, 128, 256L << 20, 64L << 20);
}
