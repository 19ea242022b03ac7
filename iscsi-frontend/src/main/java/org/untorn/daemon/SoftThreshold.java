package org.untorn.daemon;

import org.untorn.backstore.Pool;
import org.untorn.daemon.config.Threshold;

/**
 * Warns when so much of a pool is used, once each time that it is reached.
 *
 * <pre>
 *   used   0 ------------------------ level - 5 % ---- level ------ usable
 *          armed ------------------------------------> warns, disarmed
 *          armed <---------------------- disarmed
 * </pre>
 *
 * So what comes and goes about the level is no flood of warnings. Any thread may look.
 */
final class SoftThreshold {

  /** So many percent below the level it is armed again. */
  private static final int RANGE = 5;

  private final Threshold level;
  private final Runnable warning;
  private boolean armed = true;

  SoftThreshold(Threshold level, Runnable warning) {
    this.level = level;
    this.warning = warning;
  }

  /** Looks at how full the pool is now. */
  void look(Pool.Space space) {
    if (passes(space)) {
      warning.run();
    }
  }

  private synchronized boolean passes(Pool.Space space) {
    long onePercent = Math.max(1, space.usable() / 100);
    boolean reached = level.percent() < 100 && space.used() >= level.percent() * onePercent;
    boolean warns = armed && reached;
    if (reached) {
      armed = false;
    } else if (space.used() < Math.max(1, level.percent() - RANGE) * onePercent) {
      armed = true;
    }
    return warns;
  }
}
