package org.untorn.iscsi;

import io.netty.channel.SelectStrategy;
import io.netty.channel.SelectStrategyFactory;
import io.netty.util.IntSupplier;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Lets an event loop look for work for a while before it sleeps. An initiator that sends its next
 * command when it has the answer to the last one does so within some 20 us; to be woken for it
 * takes the kernel longer than that, so without this two thirds of its time are spent asleep.
 *
 * <pre>
 *   work ──► looking ──► work                        a hit: the time was well spent
 *               │ nothing came in time
 *               ▼
 *            asleep ──► work                         a miss
 * </pre>
 *
 * After {@value #MISSES} misses in a row it sleeps at once, until work comes so soon after it fell
 * asleep that looking would have found it. So an idle loop, and one whose work comes now and then,
 * cost nothing. Between two looks it gives way to whatever else wants the core, and lets the loop
 * run its tasks. Owned by its event loop.
 */
final class Spin implements SelectStrategy {

  /** How often in a row it looks in vain before it no longer does. */
  static final int MISSES = 8;

  /** A sleeper is told of work later than one that looks: by this factor, it is still a hit. */
  private static final int WAKING = 4;

  private enum State {
    WORKING,
    LOOKING,
    ASLEEP
  }

  private final long nanos;
  private final LongSupplier clock;
  private State state = State.WORKING;
  private long since;
  private int misses;

  /**
   * A strategy for one event loop.
   *
   * @param nanos how long it looks
   * @param clock in nanoseconds
   */
  Spin(long nanos, LongSupplier clock) {
    this.nanos = nanos;
    this.clock = clock;
  }

  /** A strategy for each event loop; zero: they sleep at once. */
  static SelectStrategyFactory factory(Duration duration) {
    return () -> new Spin(duration.toNanos(), System::nanoTime);
  }

  @Override
  public int calculateStrategy(IntSupplier ready, boolean hasTasks) throws Exception {
    if (state == State.ASLEEP) {
      woken();
    }
    int found = ready.get();
    if (found > 0 || hasTasks) {
      misses = state == State.LOOKING ? 0 : misses;
      state = State.WORKING;
      return found;
    }
    return misses < MISSES ? look() : sleep();
  }

  private void woken() {
    if (clock.getAsLong() - since < WAKING * nanos) {
      misses = 0;
    }
    state = State.WORKING;
  }

  @SuppressWarnings("ThreadPriorityCheck") // nothing relies on it: it is kind to the others
  private int look() {
    long now = clock.getAsLong();
    if (state != State.LOOKING) {
      state = State.LOOKING;
      since = now;
    }
    if (now - since < nanos) {
      Thread.yield();
      return CONTINUE;
    }
    misses++;
    return sleep();
  }

  private int sleep() {
    state = State.ASLEEP;
    since = clock.getAsLong();
    return SELECT;
  }
}
