package org.untorn.daemon.limits;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.untorn.daemon.config.Parsed;
import org.untorn.daemon.control.Answer;
import org.untorn.daemon.control.ControlApi;
import org.untorn.daemon.control.Json;
import org.untorn.daemon.control.JsonBody;
import org.untorn.daemon.control.Request;
import org.untorn.daemon.control.Route;
import org.untorn.vpd.AtomicProfile;
import org.untorn.vpd.LinuxAtomicLimits;

/**
 * The resource {@code /luns} of the control API: the limits of logical units.
 *
 * <pre>
 *   GET   /luns                        {"luns": [{"target": ..., "lun": 0, "blockSize": 512,
 *                                        "limits": {"atomicMax": 8192, ...}, "linux": {...}}, ...]}
 *   GET   /luns/TARGET/LUN/limits      one of these
 *   POST  /luns/TARGET/LUN/limits      {"atomicMax": 128, ...}, by any name of a {@link Limit};
 *                                      {"profile": "none"} for the five atomic ones at once
 * </pre>
 *
 * What is not named stays. All of a request holds at once or nothing of it does; it holds until the
 * daemon ends.
 *
 * @param units all units, now
 */
public record LimitsApi(Supplier<List<LimitedUnit>> units) implements ControlApi.Tree {

  /** Names the five atomic limits at once. */
  static final String PROFILE = "profile";

  private static final Set<String> NAMES =
      Stream.concat(
              Stream.of(PROFILE),
              Arrays.stream(Limit.values())
                  .flatMap(
                      limit -> Stream.concat(Stream.of(limit.key()), limit.aliases().stream())))
          .collect(Collectors.toCollection(TreeSet::new));

  @Override
  public List<Route> routes() {
    return Route.all(
        "GET /luns", "GET /luns/{target}/{lun}/limits", "POST /luns/{target}/{lun}/limits");
  }

  @Override
  public Answer answer(Request request) throws IOException {
    List<String> below = request.below();
    if (below.isEmpty()) {
      return Answer.json(200, Json.object(this::all));
    }
    Optional<LimitedUnit> unit =
        units.get().stream()
            .filter(
                one ->
                    one.target().equals(below.getFirst())
                        && Integer.toString(one.lun()).equals(below.get(1)))
            .findFirst();
    if (unit.isEmpty()) {
      return Answer.error(404, "there is no %s; /luns shows every unit".formatted(request.path()));
    }
    return request.method().equals("GET")
        ? Answer.json(200, Json.object(json -> write(json, unit.get())))
        : set(request, unit.get());
  }

  private static Answer set(Request request, LimitedUnit unit) throws IOException {
    Parsed<JsonNode> body = JsonBody.read(request, NAMES);
    // Two requests at once must not undo each other's values.
    synchronized (unit.disk()) {
      return switch (body.then(asked -> values(asked, unit)).then(by -> apply(by, unit))) {
        case Parsed.Value<LimitedUnit>(LimitedUnit done) ->
            Answer.json(200, Json.object(json -> write(json, done)));
        case Parsed.Wrong<LimitedUnit>(String why) -> Answer.error(400, why);
      };
    }
  }

  private static Parsed<LimitedUnit> apply(Map<Limit, Long> by, LimitedUnit unit) {
    List<String> violations = unit.disk().limit(Limit.replace(unit.disk().profile().limits(), by));
    return violations.isEmpty() ? Parsed.value(unit) : Parsed.wrong(String.join("; ", violations));
  }

  /** What is asked for, the profile first: a limit beside it stands for itself. */
  private static Parsed<Map<Limit, Long>> values(JsonNode asked, LimitedUnit unit) {
    Map<Limit, Long> by = new EnumMap<>(Limit.class);
    Optional<String> wrong = Optional.empty();
    if (asked.has(PROFILE)) {
      wrong = profile(asked.path(PROFILE).asText(), by);
    }
    Set<Limit> named = EnumSet.noneOf(Limit.class);
    for (Map.Entry<String, JsonNode> one : asked.properties()) {
      if (wrong.isEmpty() && !one.getKey().equals(PROFILE)) {
        wrong = value(one.getKey(), one.getValue().asText(), unit, named, by);
      }
    }
    return wrong.isPresent() ? Parsed.wrong(wrong.get()) : Parsed.value(by);
  }

  /** Puts the limits of a profile; says what is wrong if something is. */
  private static Optional<String> profile(String name, Map<Limit, Long> by) {
    Optional<AtomicProfile> profile = AtomicProfile.named(name);
    if (profile.isEmpty()) {
      return Optional.of(
          "no profile is named '%s'; there are %s"
              .formatted(
                  name,
                  AtomicProfile.ALL.stream()
                      .map(AtomicProfile::name)
                      .collect(Collectors.joining(", "))));
    }
    by.put(Limit.ATOMIC_MAX, profile.get().limits().maximumTransferLength());
    by.put(Limit.ATOMIC_ALIGNMENT, profile.get().limits().alignment());
    by.put(Limit.ATOMIC_GRANULARITY, profile.get().limits().granularity());
    by.put(
        Limit.ATOMIC_MAX_WITH_BOUNDARY, profile.get().limits().maximumTransferLengthWithBoundary());
    by.put(Limit.ATOMIC_BOUNDARY_MAX, profile.get().limits().maximumBoundarySize());
    return Optional.empty();
  }

  /** Puts one limit; says what is wrong if something is. */
  private static Optional<String> value(
      String name, String text, LimitedUnit unit, Set<Limit> named, Map<Limit, Long> by) {
    Parsed<Long> parsed =
        Limit.named(name)
            .then(
                limit ->
                    named.add(limit)
                        ? limit.parse(text, unit.blockSize()).then(v -> put(by, limit, v))
                        : Parsed.wrong(limit.key() + " is given twice"));
    return parsed instanceof Parsed.Wrong<Long>(String why) ? Optional.of(why) : Optional.empty();
  }

  private static Parsed<Long> put(Map<Limit, Long> by, Limit limit, long value) {
    by.put(limit, value);
    return Parsed.value(value);
  }

  private void all(JsonGenerator json) throws IOException {
    json.writeArrayFieldStart("luns");
    for (LimitedUnit unit : units.get()) {
      json.writeStartObject();
      write(json, unit);
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  /** Writes a unit into an open object. */
  public static void write(JsonGenerator json, LimitedUnit unit) throws IOException {
    json.writeStringField("target", unit.target());
    json.writeNumberField("lun", unit.lun());
    json.writeStringField("volume", unit.volume());
    json.writeNumberField("blockSize", unit.blockSize());
    json.writeObjectFieldStart("limits");
    for (Limit limit : Limit.values()) {
      json.writeNumberField(limit.key(), limit.of(unit.disk().profile().limits()));
    }
    json.writeEndObject();
    json.writeObjectFieldStart("linux");
    switch (unit.linux()) {
      case LinuxAtomicLimits.Offered(long unitMin, long unitMax, long max) -> {
        json.writeNumberField("atomic_write_unit_min_bytes", unitMin);
        json.writeNumberField("atomic_write_unit_max_bytes", unitMax);
        json.writeNumberField("atomic_write_max_bytes", max);
      }
      case LinuxAtomicLimits.Dropped(String why) -> json.writeStringField("dropped", why);
    }
    json.writeEndObject();
  }
}
