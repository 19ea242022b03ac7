package org.untorn.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * A running target that can be broken, from the beginning of a test to its end: its power, its
 * faults, its limits, its counters, its history.
 *
 * <p>Belongs to the thread of the test, but for what it hands out.
 */
public final class Untorn {

  private static final String HISTORY = "/history";

  private final Ready ready;
  private final ControlChannel control;
  private final List<Lun> before;
  private final Map<Integer, Map<String, Long>> limitsBefore = new HashMap<>();
  private final Snapshots snapshots;
  private final Random random;

  private Untorn(Ready ready, ControlChannel control, long seed) {
    this.ready = ready;
    this.control = control;
    this.before = now();
    this.snapshots = new Snapshots(control);
    this.random = new Random(seed);
  }

  /** Puts a target in order, and gives it a seed. */
  static Untorn begin(Ready ready, long seed) {
    ControlChannel control = new ControlChannel(ready.control());
    control.post("/reset", Map.of("seed", seed));
    control.delete(HISTORY);
    return new Untorn(ready, control, seed);
  }

  /** Puts back what the test changed and a reset does not. */
  void end() {
    limitsBefore.forEach((lun, limits) -> limits(lun).set(limits));
    snapshots.deleteAll();
  }

  /** Where and what it serves. */
  public Ready ready() {
    return ready;
  }

  /** Its control API, for what is not here. */
  public ControlChannel control() {
    return control;
  }

  /** What cuts its power. */
  public Power power() {
    return new Power(control);
  }

  /** What else is made to go wrong. */
  public Faults faults() {
    return new Faults(control);
  }

  /** Snapshots of its volumes. */
  public Snapshots snapshots() {
    return snapshots;
  }

  /** The limits of a unit of its first target. */
  public Limits limits(int lun) {
    Lun unit = lun(lun);
    return new Limits(
        control,
        unit,
        () -> limitsBefore.computeIfAbsent(lun, _ -> new Limits(control, unit, () -> {}).all()));
  }

  /** Chance for a test, which comes from the seed; one for each test. */
  public Random random() {
    return random;
  }

  /** All units, with what they were asked since the test began. */
  public List<Lun> luns() {
    List<Lun> since = new ArrayList<>();
    for (Lun lun : now()) {
      since.add(
          before.stream()
              .filter(old -> old.url().equals(lun.url()))
              .findFirst()
              .map(lun::since)
              .orElse(lun));
    }
    return since;
  }

  /** A unit of the first target. */
  public Lun lun(int number) {
    return luns().stream()
        .filter(lun -> lun.number() == number && lun.target().equals(ready.target()))
        .findFirst()
        .orElseThrow(() -> new UntornException("there is no lun " + number));
  }

  /** What the judge says of the test until now. */
  public Verdict verdict() {
    return Verdict.of(control.get(HISTORY + "/verdict"));
  }

  /** The history of the test until now, as {@code untorn verdict FILE} reads it. */
  public String history() {
    return control.text(HISTORY);
  }

  private List<Lun> now() {
    List<Lun> all = new ArrayList<>();
    for (JsonNode target : control.get("/targets").path("targets")) {
      for (JsonNode lun : target.path("luns")) {
        all.add(Lun.of(target.path("name").asText(), lun));
      }
    }
    return List.copyOf(all);
  }
}
