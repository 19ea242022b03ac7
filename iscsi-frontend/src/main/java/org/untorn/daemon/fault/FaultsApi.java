package org.untorn.daemon.fault;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.untorn.core.fault.HeldCommands;
import org.untorn.daemon.config.Parsed;
import org.untorn.daemon.control.Answer;
import org.untorn.daemon.control.ControlApi;
import org.untorn.daemon.control.Json;
import org.untorn.daemon.control.JsonBody;
import org.untorn.daemon.control.Request;
import org.untorn.daemon.control.Route;

/**
 * The resource {@code /faults} of the control API.
 *
 * <pre>
 *   GET    /faults        {"seed": 1, "state": "", "events": 9,
 *                          "rules": [{"number": 1, "rule": "op=read busy", "seen": 3, "fired": 1}],
 *                          "held": [{"number": 1, "command": "READ(10)", "initiator": ...,
 *                                    "forEver": false}],
 *                          "journal": [{"event": 7, "rule": 1, "what": "READ(10) lba=0+8 ..."}]}
 *   POST   /faults        {"add": "op=read busy"}, {"release": 1}, {"release": "all"} or {"step": true}
 *   DELETE /faults/1      that rule
 *   DELETE /faults        all of them, and the journal
 * </pre>
 *
 * All of them answer as GET does.
 */
public final class FaultsApi implements ControlApi.Tree {

  private final Optional<FaultPlan> loaded;
  private final HeldCommands held;
  private final boolean power;

  FaultsApi(Optional<FaultPlan> loaded, HeldCommands held, boolean power) {
    this.loaded = loaded;
    this.held = held;
    this.power = power;
  }

  @Override
  public List<Route> routes() {
    return Route.all("GET /faults", "POST /faults", "DELETE /faults", "DELETE /faults/{number}");
  }

  @Override
  public Answer answer(Request request) throws IOException {
    if (loaded.isEmpty()) {
      return Answer.error(409, "this daemon takes no fault rules: start it with --faults");
    }
    FaultPlan plan = loaded.get();
    if (!request.below().isEmpty()) {
      return remove(plan, request.below().getFirst());
    }
    return switch (request.method()) {
      case "GET" -> Answer.json(200, json(plan));
      case "DELETE" -> {
        plan.clear();
        yield Answer.json(200, json(plan));
      }
      default ->
          switch (JsonBody.read(request, Set.of("add", "release", "step"))
              .then(body -> perform(plan, body))) {
            case Parsed.Value<String>(String now) -> Answer.json(200, now);
            case Parsed.Wrong<String>(String why) -> Answer.error(400, why);
          };
    };
  }

  private Answer remove(FaultPlan plan, String number) {
    return number.matches("\\d{1,18}") && plan.remove(Long.parseLong(number))
        ? Answer.json(200, json(plan))
        : Answer.error(404, "there is no rule " + number + "; 'untorn fault list' shows all");
  }

  private Parsed<String> perform(FaultPlan plan, JsonNode body) {
    if (body.size() > 1) {
      return Parsed.wrong("one thing at a time: \"add\", \"release\" or \"step\"");
    }
    if (body.has("add")) {
      return RuleText.parse(body.path("add").asText())
          .then(rule -> rule.on(power))
          .then(
              rule ->
                  plan.add(rule).isPresent()
                      ? Parsed.value(json(plan))
                      : Parsed.wrong("there are too many rules; remove some"));
    }
    if (body.path("step").asBoolean()) {
      return held.step() ? Parsed.value(json(plan)) : Parsed.wrong("no command is held");
    }
    if (body.path("release").asText().equals("all")) {
      var _ = held.releaseAll();
      return Parsed.value(json(plan));
    }
    if (body.path("release").isIntegralNumber() && body.path("release").canConvertToLong()) {
      return held.release(body.path("release").asLong())
          ? Parsed.value(json(plan))
          : Parsed.wrong("no command " + body.path("release").asLong() + " can be released");
    }
    return Parsed.wrong("say what is to be done: \"add\", \"release\" or \"step\"");
  }

  private String json(FaultPlan plan) {
    FaultPlan.Snapshot now = plan.snapshot();
    return Json.object(
        json -> {
          json.writeNumberField("seed", now.seed());
          json.writeStringField("state", now.state());
          json.writeNumberField("events", now.events());
          json.writeArrayFieldStart("rules");
          for (FaultPlan.Line line : now.rules()) {
            rule(json, line);
          }
          json.writeEndArray();
          json.writeArrayFieldStart("held");
          for (HeldCommands.Held command : held.list()) {
            held(json, command);
          }
          json.writeEndArray();
          json.writeArrayFieldStart("journal");
          for (FaultPlan.Entry entry : now.journal()) {
            json.writeStartObject();
            json.writeNumberField("event", entry.event());
            json.writeNumberField("rule", entry.rule());
            json.writeStringField("what", entry.what());
            json.writeEndObject();
          }
          json.writeEndArray();
        });
  }

  private static void rule(JsonGenerator json, FaultPlan.Line line) throws IOException {
    json.writeStartObject();
    json.writeNumberField("number", line.number());
    json.writeStringField("rule", line.text());
    json.writeNumberField("seen", line.seen());
    json.writeNumberField("fired", line.fired());
    json.writeEndObject();
  }

  private static void held(JsonGenerator json, HeldCommands.Held command) throws IOException {
    json.writeStartObject();
    json.writeNumberField("number", command.number());
    json.writeStringField("command", command.command());
    json.writeStringField("initiator", command.initiator());
    json.writeBooleanField("forEver", command.forEver());
    json.writeEndObject();
  }
}
