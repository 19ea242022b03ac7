package org.untorn.oracle;

/**
 * A write of a history with its moments. It is written by the {@link Judge} alone, while it goes
 * through the history.
 *
 * <pre>
 *   sentAt ── may take effect ── answeredAt ── in the cache ── stableAt ── on stable storage
 * </pre>
 */
final class Issued {

  /** A moment that never came. */
  static final int NEVER = Integer.MAX_VALUE;

  private final int id;
  private final Operation.Write write;
  private final int sentAt;
  private int answeredAt = NEVER;
  private int stableAt = NEVER;
  private int stableBy;
  private boolean failed;

  Issued(int id, Operation.Write write, int sentAt) {
    this.id = id;
    this.write = write;
    this.sentAt = sentAt;
  }

  void answered(int moment) {
    answeredAt = moment;
    if (write.stable()) {
      stable(moment, id);
    }
  }

  /** Notes that a flush, or itself by FUA, made it stable; the first that does counts. */
  void stable(int moment, int by) {
    if (!isStable()) {
      stableAt = moment;
      stableBy = by;
    }
  }

  void failed() {
    failed = true;
  }

  int id() {
    return id;
  }

  Operation.Write write() {
    return write;
  }

  int sentAt() {
    return sentAt;
  }

  int answeredAt() {
    return answeredAt;
  }

  int stableAt() {
    return stableAt;
  }

  /** The number of the operation that made it stable: a flush, or its own. */
  int stableBy() {
    return stableBy;
  }

  boolean isAnswered() {
    return answeredAt != NEVER;
  }

  boolean isStable() {
    return stableAt != NEVER;
  }

  boolean hasFailed() {
    return failed;
  }

  /** Whether it was over before the other one began: no order but this one explains anything. */
  boolean isBefore(Issued other) {
    return answeredAt < other.sentAt;
  }

  /** For people: {@code write 17 (WRITE of 8 blocks at 64)}. */
  @Override
  public String toString() {
    return id + " (" + write + ")";
  }
}
