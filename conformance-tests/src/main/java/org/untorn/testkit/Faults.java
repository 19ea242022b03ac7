package org.untorn.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;

/** The rules of a target, and the commands that it holds. */
public final class Faults {

  private static final String RESOURCE = "/faults";

  private final ControlChannel control;

  Faults(ControlChannel control) {
    this.control = control;
  }

  /**
   * Adds a rule behind the others; the first that acts on something decides.
   *
   * @return its number
   * @throws UntornException if it is none
   */
  public long add(Fault fault) {
    JsonNode rules = control.post(RESOURCE, Map.of("add", fault.text())).path("rules");
    return rules.path(rules.size() - 1).path("number").asLong();
  }

  /** Removes a rule. */
  public void remove(long number) {
    control.delete(RESOURCE + "/" + number);
  }

  /** Removes all rules, and forgets what they did. */
  public void clear() {
    control.delete(RESOURCE);
  }

  /** How often a rule has acted. */
  public long fired(long number) {
    for (JsonNode rule : control.get(RESOURCE).path("rules")) {
      if (rule.path("number").asLong() == number) {
        return rule.path("fired").asLong();
      }
    }
    throw new UntornException("there is no rule " + number);
  }

  /** How many commands are held. */
  public int held() {
    return control.get(RESOURCE).path("held").size();
  }

  /** Carries the oldest held command out. */
  public void step() {
    control.post(RESOURCE, Map.of("step", true));
  }

  /** Carries all held commands out. */
  public void release() {
    control.post(RESOURCE, Map.of("release", "all"));
  }
}
