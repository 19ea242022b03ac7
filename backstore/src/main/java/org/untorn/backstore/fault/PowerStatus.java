package org.untorn.backstore.fault;

import java.util.List;
import java.util.Optional;

/**
 * How things are with a {@link PowerSupply}.
 *
 * @param on whether the power is on
 * @param seed where all choices come from
 * @param plan what is to happen, if anything is
 * @param writes changes begun since the start
 * @param flushes flushes begun since the start
 * @param atRisk changes that are not on stable storage now
 * @param cuts reports of the last cuts, the oldest first
 */
public record PowerStatus(
    boolean on,
    long seed,
    Optional<CutPlan> plan,
    long writes,
    long flushes,
    long atRisk,
    List<CutReport> cuts) {

  public PowerStatus {
    cuts = List.copyOf(cuts);
  }
}
