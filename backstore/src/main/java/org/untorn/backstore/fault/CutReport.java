package org.untorn.backstore.fault;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What one power cut did.
 *
 * @param number of the cut, from 1
 * @param seed what all choices were drawn from, with the number and the volume's name
 * @param cause where it was asked for to happen
 * @param writes how many changes had been begun since the start, the one that was hit included
 * @param fates for each volume what became of each change that was not on stable storage, in the
 *     order in which they were carried out
 * @param problem why a volume does not hold what it should, if one does not: it then answers
 *     nothing any more
 */
public record CutReport(
    long number,
    long seed,
    CutPoint cause,
    long writes,
    Map<String, List<Fate>> fates,
    Optional<String> problem) {

  public CutReport {
    fates = new TreeMap<>(fates);
  }

  /** How many changes of all volumes ended so. */
  public long count(Fate.End end) {
    return fates.values().stream().flatMap(List::stream).filter(f -> f.end() == end).count();
  }
}
