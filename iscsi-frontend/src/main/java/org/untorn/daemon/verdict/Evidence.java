package org.untorn.daemon.verdict;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a file of histories holds.
 *
 * @param facts how it came about, in words: seed, limits, options
 * @param recordings at least one
 */
public record Evidence(Map<String, String> facts, List<Recording> recordings) {

  /** The fact that says what an atomic write's length is a multiple of, in blocks. */
  public static final String GRANULARITY = "atomic granularity";

  private static final String GAP = " is not whole";

  public Evidence {
    facts = Collections.unmodifiableMap(new LinkedHashMap<>(facts));
    recordings = List.copyOf(recordings);
  }

  /** The fact that says of a recording that not all is in it. */
  public static String gap(String recording) {
    return recording + GAP;
  }

  /** Why a recording is not whole, if it is not. */
  Optional<String> gapOf(String recording) {
    return Optional.ofNullable(facts.get(gap(recording)));
  }

  /** What is missing, a line for each recording that is not whole. */
  public List<String> gaps() {
    return facts.entrySet().stream()
        .filter(fact -> fact.getKey().endsWith(GAP))
        .map(fact -> fact.getKey() + ": " + fact.getValue())
        .toList();
  }
}
