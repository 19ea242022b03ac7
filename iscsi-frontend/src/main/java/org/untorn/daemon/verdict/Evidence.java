package org.untorn.daemon.verdict;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a file of histories holds.
 *
 * @param facts how it came about, in words: seed, limits, options
 * @param recordings at least one
 */
public record Evidence(Map<String, String> facts, List<Recording> recordings) {

  /** The fact that says what an atomic write's length is a multiple of, in blocks. */
  public static final String GRANULARITY = "atomic granularity";

  public Evidence {
    facts = Collections.unmodifiableMap(new LinkedHashMap<>(facts));
    recordings = List.copyOf(recordings);
  }
}
