package org.untorn.daemon.prove;

import java.util.List;
import java.util.Optional;
import org.untorn.backstore.fault.CutPoint;

/**
 * What happens between two power cuts.
 *
 * @param steps one after the other, as far as the power lasts
 * @param cut when it fails; empty: behind the last step
 */
record Round(List<Step> steps, Optional<CutPoint> cut) {

  Round {
    steps = List.copyOf(steps);
  }
}
