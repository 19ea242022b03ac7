package org.untorn.testkit;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * How often something was asked.
 *
 * @param blocks that were read or written
 * @param errors commands that did not end in GOOD
 */
public record Count(long commands, long blocks, long errors) {

  /** Nothing. */
  public static final Count NONE = new Count(0, 0, 0);

  static Count of(JsonNode json) {
    return new Count(
        json.path("commands").asLong(), json.path("blocks").asLong(), json.path("errors").asLong());
  }

  /** How many commands ended in GOOD. */
  public long good() {
    return commands - errors;
  }

  Count since(Count before) {
    return new Count(commands - before.commands, blocks - before.blocks, errors - before.errors);
  }
}
