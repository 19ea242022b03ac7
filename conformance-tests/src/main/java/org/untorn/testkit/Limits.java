package org.untorn.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The limits of a unit, by the names of {@code untorn limits}: {@code atomicMax}, and so on. They
 * change while the unit is in use; every initiator gets a unit attention. After the test they are
 * as before.
 */
public final class Limits {

  private final ControlChannel control;
  private final String resource;
  private final Runnable changed;

  Limits(ControlChannel control, Lun lun, Runnable changed) {
    this.control = control;
    this.resource = "/luns/%s/%d/limits".formatted(lun.target(), lun.number());
    this.changed = changed;
  }

  /** All of them, in blocks. */
  public Map<String, Long> all() {
    Map<String, Long> all = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> limit : control.get(resource).path("limits").properties()) {
      all.put(limit.getKey(), limit.getValue().asLong());
    }
    return all;
  }

  /**
   * Sets some of them, all at once or none.
   *
   * @param limits blocks, or text like {@code "64KiB"}
   * @throws UntornException if SBC-4 does not allow them
   */
  public void set(Map<String, ?> limits) {
    changed.run();
    control.post(resource, limits);
  }

  /** Sets one. */
  public void set(String name, long blocks) {
    set(Map.of(name, blocks));
  }
}
