package org.untorn.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The power of a target. A cut resets every connection without a word; of what was acknowledged and
 * not flushed each plain write survives, vanishes or is torn, and an atomic one is whole or absent.
 */
public final class Power {

  private static final String RESOURCE = "/power";

  private final ControlChannel control;

  Power(ControlChannel control) {
    this.control = control;
  }

  /**
   * What a cut did to the writes that were at risk.
   *
   * @param number from 1 on, as long as the target runs
   * @param at the moment, as it was planned
   */
  public record Cut(long number, String at, long survived, long vanished, long torn) {}

  /** Cuts the power now, and waits until what is lost is lost. It stays off. */
  public void cut() {
    plan("now", Map.of());
  }

  /** Cuts the power now and brings it back: initiators may log in when this returns. */
  public void cycle() {
    cut();
    on();
  }

  /**
   * Plans a cut, in place of what was planned; the power stays off until {@link #on}.
   *
   * @param moment {@code write N}, {@code write N block K}, {@code flush N}, {@code pdu N}, {@code
   *     after 500ms} or {@code chance 0.001}, counted from now on
   */
  public void cutAt(String moment) {
    plan(moment, Map.of());
  }

  /** The same; the power comes back by itself. */
  public void cutAt(String moment, Duration back) {
    plan(moment, Map.of("back", back.toMillis() + "ms"));
  }

  /** The same again and again. */
  public void cutEvery(String moment, Duration back) {
    plan(moment, Map.of("back", back.toMillis() + "ms", "again", true));
  }

  /** Forgets what is planned. */
  public void clear() {
    control.post(RESOURCE, Map.of("clear", true));
  }

  /** Brings the power back, once a cut that is under way is complete. */
  public void on() {
    control.post(RESOURCE, Map.of("on", true));
  }

  public boolean isOn() {
    return control.get(RESOURCE).path("on").asBoolean();
  }

  /** How many writes a cut would decide on now. */
  public long writesAtRisk() {
    return control.get(RESOURCE).path("atRisk").asLong();
  }

  /** The last cuts, the oldest first. */
  public List<Cut> cuts() {
    List<Cut> cuts = new ArrayList<>();
    for (JsonNode cut : control.get(RESOURCE).path("cuts")) {
      cuts.add(
          new Cut(
              cut.path("number").asLong(),
              cut.path("at").asText(),
              cut.path("survived").asLong(),
              cut.path("vanished").asLong(),
              cut.path("torn").asLong()));
    }
    return List.copyOf(cuts);
  }

  private void plan(String moment, Map<String, Object> more) {
    Map<String, Object> body = new LinkedHashMap<>(more);
    body.put("cut", moment);
    control.post(RESOURCE, body);
  }
}
