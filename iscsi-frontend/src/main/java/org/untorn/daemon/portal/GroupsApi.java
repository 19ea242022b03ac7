package org.untorn.daemon.portal;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.untorn.core.AccessState;
import org.untorn.daemon.config.Parsed;
import org.untorn.daemon.control.Answer;
import org.untorn.daemon.control.ControlApi;
import org.untorn.daemon.control.Json;
import org.untorn.daemon.control.JsonBody;
import org.untorn.daemon.control.Request;
import org.untorn.daemon.control.Route;
import org.untorn.daemon.limits.LimitedUnit;

/**
 * The resource {@code /groups} of the control API: how well each unit can be reached through each
 * target port group (ALUA).
 *
 * <pre>
 *   GET   /groups        {"groups": [{"target": ..., "lun": 0, "group": 1,
 *                          "state": "active/optimized"}, ...]}
 *   POST  /groups/TAG    {"state": "standby", "target": ..., "lun": 0}; without target or lun: all of
 *                          them; answers with those that are meant. Initiators hear 2Ah/06h
 *                        {"state": "standby", "fails": true}: nothing changes; they hear 2Ah/07h
 * </pre>
 *
 * @param units all units, now
 */
public record GroupsApi(Supplier<List<LimitedUnit>> units) implements ControlApi.Tree {

  private static final String STATE = "state";
  private static final String TARGET = "target";
  private static final String LUN = "lun";
  private static final String FAILS = "fails";

  /** What a request asks for. */
  private record Change(AccessState state, boolean fails, JsonNode body) {

    boolean means(LimitedUnit unit) {
      return (!body.has(TARGET) || body.path(TARGET).asText().equals(unit.target()))
          && (!body.has(LUN) || body.path(LUN).asInt(-1) == unit.lun());
    }
  }

  @Override
  public List<Route> routes() {
    return Route.all("GET /groups", "POST /groups/{tag}");
  }

  @Override
  public Answer answer(Request request) throws IOException {
    if (request.below().isEmpty()) {
      return Answer.json(200, Json.object(json -> write(json, units.get(), Optional.empty())));
    }
    return switch (JsonBody.read(request, Set.of(STATE, TARGET, LUN, FAILS)).then(this::change)) {
      case Parsed.Value<Change>(Change change) -> change(request.below().getFirst(), change);
      case Parsed.Wrong<Change>(String why) -> Answer.error(400, why);
    };
  }

  private Parsed<Change> change(JsonNode body) {
    Optional<AccessState> state = AccessState.named(body.path(STATE).asText());
    return state.isPresent()
        ? Parsed.value(new Change(state.get(), body.path(FAILS).asBoolean(), body))
        : Parsed.wrong(
            "'%s' is no access state; there are %s"
                .formatted(
                    body.path(STATE).asText(),
                    Arrays.stream(AccessState.values())
                        .map(AccessState::label)
                        .collect(Collectors.joining(", "))));
  }

  private Answer change(String written, Change change) {
    Optional<Integer> tag =
        written.matches("\\d{1,5}") ? Optional.of(Integer.parseInt(written)) : Optional.empty();
    List<LimitedUnit> meant = new ArrayList<>();
    for (LimitedUnit unit : units.get()) {
      if (tag.filter(one -> unit.disk().accessStates().containsKey(one)).isPresent()
          && change.means(unit)) {
        meant.add(unit);
      }
    }
    if (meant.isEmpty()) {
      return Answer.error(
          404, "no such unit has a target port group %s; /groups shows all".formatted(written));
    }
    for (LimitedUnit unit : meant) {
      if (change.fails()) {
        unit.disk().accessChangeFailed();
      } else {
        unit.disk().access(tag.orElseThrow(), change.state());
      }
    }
    return Answer.json(200, Json.object(json -> write(json, meant, tag)));
  }

  private static void write(JsonGenerator json, List<LimitedUnit> units, Optional<Integer> only)
      throws IOException {
    json.writeArrayFieldStart("groups");
    for (LimitedUnit unit : units) {
      for (Map.Entry<Integer, AccessState> group : unit.disk().accessStates().entrySet()) {
        if (only.isEmpty() || only.get().equals(group.getKey())) {
          json.writeStartObject();
          json.writeStringField(TARGET, unit.target());
          json.writeNumberField(LUN, unit.lun());
          json.writeNumberField("group", group.getKey());
          json.writeStringField(STATE, group.getValue().label());
          json.writeEndObject();
        }
      }
    }
    json.writeEndArray();
  }
}
