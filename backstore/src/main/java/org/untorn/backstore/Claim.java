package org.untorn.backstore;

import java.util.function.Consumer;

/**
 * The sole right to change a range, which a compare-and-write holds from before it reads until its
 * record is published. Its state is guarded by the {@link Log}'s lock.
 */
final class Claim {

  private final long volume;
  private final long lba;
  private final long count;
  private final Consumer<Claim> action;
  private boolean running;

  /** {@code action} is run, outside all locks, when the range is the claim's. */
  Claim(long volume, long lba, long count, Consumer<Claim> action) {
    this.volume = volume;
    this.lba = lba;
    this.count = count;
    this.action = action;
  }

  boolean holdsUp(Change change) {
    return change.touches(volume, lba, count);
  }

  boolean overlaps(Claim other) {
    return volume == other.volume && lba < other.lba + other.count && other.lba < lba + count;
  }

  boolean running() {
    return running;
  }

  void start() {
    running = true;
  }

  void run() {
    action.accept(this);
  }
}
