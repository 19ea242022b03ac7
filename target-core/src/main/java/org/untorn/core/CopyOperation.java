package org.untorn.core;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

/**
 * A third-party copy that was asked for: how far it has come, and how it ended (SPC-5, RECEIVE COPY
 * STATUS).
 *
 * <pre>
 *               end
 *   RUNNING ──────────► COMPLETED | FAILED | TERMINATED
 *      │ abort             ▲
 *      └── the next chunk ─┘
 * </pre>
 *
 * <p>Its progress is written by the thread that copies, and read by all.
 */
final class CopyOperation {

  /** How it stands. */
  enum Status {
    RUNNING,
    COMPLETED,
    FAILED,
    /** Something ended it from outside. */
    TERMINATED
  }

  /** How it is named: a list identifier, which is its nexus's own. */
  record Identity(Nexus nexus, long listIdentifier) {}

  private static final byte[] NO_SENSE = {};

  private final Identity identity;
  private final boolean named;
  private final int serviceAction;
  private final boolean inBackground;
  private final BooleanSupplier terminated;
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  private final AtomicLong bytes = new AtomicLong();
  private final AtomicInteger segments = new AtomicInteger();

  /** Written before the status that it belongs to. */
  private volatile byte[] sense = NO_SENSE;

  private volatile Status status = Status.RUNNING;
  private volatile boolean aborted;
  private volatile Optional<RodToken> token = Optional.empty();

  /**
   * A copy that begins.
   *
   * @param named whether its list identifier can be asked for
   * @param serviceAction the SERVICE ACTION of the command that asked for it
   * @param inBackground whether the command does not wait for it
   * @param terminated whether the command was ended from outside
   */
  CopyOperation(
      Identity identity,
      boolean named,
      int serviceAction,
      boolean inBackground,
      BooleanSupplier terminated) {
    this.identity = identity;
    this.named = named;
    this.serviceAction = serviceAction;
    this.inBackground = inBackground;
    this.terminated = terminated;
  }

  Identity identity() {
    return identity;
  }

  boolean named() {
    return named;
  }

  int serviceAction() {
    return serviceAction;
  }

  boolean inBackground() {
    return inBackground;
  }

  Status status() {
    return status;
  }

  /** The sense data that its command ends, or would have ended, with; empty if that is GOOD. */
  byte[] sense() {
    return sense;
  }

  boolean isRunning() {
    return status == Status.RUNNING;
  }

  /** Asks it to end at the next chunk. */
  void abort() {
    aborted = true;
  }

  boolean aborted() {
    return aborted || terminated.getAsBoolean();
  }

  /** How much it has copied, or represented by a token. */
  long bytes() {
    return bytes.get();
  }

  /** How many segments it has done. */
  int segments() {
    return segments.get();
  }

  /** The token that it made. */
  Optional<RodToken> token() {
    return token;
  }

  /** Notes progress; for the copying thread. */
  void copied(long count) {
    bytes.addAndGet(count);
  }

  void segmentDone() {
    segments.incrementAndGet();
  }

  void made(RodToken newToken) {
    token = Optional.of(newToken);
  }

  /** Completes when this has ended and its command, if that waited for it, has been answered. */
  CompletableFuture<Void> ended() {
    return ended;
  }

  /** It ended so. */
  void end(Optional<CopyFailure> failure, boolean descriptorFormat) {
    if (failure.isEmpty()) {
      status = Status.COMPLETED;
    } else {
      sense = failure.get().encode(descriptorFormat);
      status = aborted() ? Status.TERMINATED : Status.FAILED;
    }
  }
}
