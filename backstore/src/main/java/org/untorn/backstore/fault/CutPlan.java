package org.untorn.backstore.fault;

import java.time.Duration;
import java.util.Optional;

/**
 * What is to happen.
 *
 * @param at when the power is cut
 * @param back how long it stays off after the cut is complete; empty: until {@link PowerSupply#on}
 * @param again whether the same is asked for anew when it is back
 */
public record CutPlan(CutPoint at, Optional<Duration> back, boolean again) {

  /** One cut, after which the power stays off. */
  public static CutPlan once(CutPoint at) {
    return new CutPlan(at, Optional.empty(), false);
  }
}
