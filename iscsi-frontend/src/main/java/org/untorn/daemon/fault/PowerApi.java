package org.untorn.daemon.fault;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.untorn.backstore.fault.CutPlan;
import org.untorn.backstore.fault.CutPoint;
import org.untorn.backstore.fault.CutReport;
import org.untorn.backstore.fault.Fate;
import org.untorn.backstore.fault.PowerStatus;
import org.untorn.backstore.fault.PowerSupply;
import org.untorn.daemon.config.Parsed;
import org.untorn.daemon.control.Answer;
import org.untorn.daemon.control.ControlApi;
import org.untorn.daemon.control.Json;
import org.untorn.daemon.control.JsonBody;
import org.untorn.daemon.control.Request;
import org.untorn.daemon.control.Route;

/**
 * The resource {@code /power} of the control API.
 *
 * <pre>
 *   GET  /power            {"on": true, "seed": 1, "writes": 7, "flushes": 1, "atRisk": 3,
 *                           "plan": {"at": "write 9", "back": "2000ms", "again": false},
 *                           "cuts": [{"number": 1, "at": "now", "writes": 5, "survived": 1,
 *                                     "vanished": 2, "torn": 1}]}
 *   GET  /power/cuts/N     that cut, and "fates": what became of each write that was at risk
 *   POST /power            {"cut": "now", "back": "2s", "again": false}, {"clear": true}
 *                          or {"on": true}; answers like GET, once that is done
 * </pre>
 *
 * {@link CutText} says what can stand behind {@code cut}; without {@code back} the power stays off
 * until it is asked for. {@code plan} and {@code problem} are there if there is one.
 *
 * @param supply empty: the power of this device cannot be cut
 */
public record PowerApi(Optional<PowerSupply> supply) implements ControlApi.Tree {

  @Override
  public List<Route> routes() {
    return Route.all("GET /power", "POST /power", "GET /power/cuts/{number}");
  }

  @Override
  public Answer answer(Request request) throws IOException {
    if (supply.isEmpty()) {
      return Answer.error(409, "this daemon's power cannot be cut: start it with --power");
    }
    PowerSupply power = supply.get();
    if (!request.below().isEmpty()) {
      return cut(power, request.below().getLast());
    }
    return switch (request.method()) {
      case "GET" -> Answer.json(200, json(power.status()));
      default ->
          switch (JsonBody.read(request, Set.of("cut", "back", "again", "clear", "on"))
              .then(body -> perform(power, body))) {
            case Parsed.Value<PowerStatus>(PowerStatus now) -> Answer.json(200, json(now));
            case Parsed.Wrong<PowerStatus>(String why) -> Answer.error(400, why);
          };
    };
  }

  private static Parsed<PowerStatus> perform(PowerSupply power, JsonNode body) {
    if (List.of("on", "clear", "cut").stream().filter(body::has).count() > 1) {
      return Parsed.wrong("one thing at a time: \"cut\", \"clear\" or \"on\"");
    }
    if (body.has("again") && !body.path("again").isBoolean()) {
      return Parsed.wrong("'again' is true or false");
    }
    if (body.path("on").asBoolean()) {
      power.on().join();
      return Parsed.value(power.status());
    }
    if (body.path("clear").asBoolean()) {
      power.clear();
      return Parsed.value(power.status());
    }
    if (!body.has("cut")) {
      return Parsed.wrong("say what is to happen: \"cut\", \"clear\" or \"on\"");
    }
    return CutText.parse(body.path("cut").asText())
        .then(
            at ->
                back(body)
                    .then(
                        back -> cut(power, new CutPlan(at, back, body.path("again").asBoolean()))));
  }

  private static Parsed<Optional<Duration>> back(JsonNode body) {
    return body.has("back")
        ? CutText.duration(body.path("back").asText())
            .then(delay -> Parsed.value(Optional.of(delay)))
        : Parsed.value(Optional.empty());
  }

  private static Parsed<PowerStatus> cut(PowerSupply power, CutPlan plan) {
    if (plan.at() instanceof CutPoint.Now && plan.again()) {
      return Parsed.wrong("a cut that comes again needs a moment other than now");
    }
    power.plan(plan);
    if (plan.at() instanceof CutPoint.Now) {
      power.settled().join();
    }
    return Parsed.value(power.status());
  }

  private static Answer cut(PowerSupply power, String number) {
    return power.status().cuts().stream()
        .filter(report -> Long.toString(report.number()).equals(number))
        .findFirst()
        .map(report -> Answer.json(200, Json.object(json -> all(json, report))))
        .orElse(Answer.error(404, "there is no cut " + number + "; /power shows the last ones"));
  }

  private static String json(PowerStatus status) {
    return Json.object(
        json -> {
          json.writeBooleanField("on", status.on());
          json.writeNumberField("seed", status.seed());
          json.writeNumberField("writes", status.writes());
          json.writeNumberField("flushes", status.flushes());
          json.writeNumberField("atRisk", status.atRisk());
          if (status.plan().isPresent()) {
            CutPlan plan = status.plan().get();
            json.writeObjectFieldStart("plan");
            json.writeStringField("at", CutText.of(plan.at()));
            if (plan.back().isPresent()) {
              json.writeStringField("back", CutText.of(plan.back().get()));
            }
            json.writeBooleanField("again", plan.again());
            json.writeEndObject();
          }
          json.writeArrayFieldStart("cuts");
          for (CutReport report : status.cuts()) {
            json.writeStartObject();
            summary(json, report);
            json.writeEndObject();
          }
          json.writeEndArray();
        });
  }

  private static void summary(JsonGenerator json, CutReport report) throws IOException {
    json.writeNumberField("number", report.number());
    json.writeStringField("at", CutText.of(report.cause()));
    json.writeNumberField("writes", report.writes());
    json.writeNumberField("survived", report.count(Fate.End.SURVIVED));
    json.writeNumberField("vanished", report.count(Fate.End.VANISHED));
    json.writeNumberField("torn", report.count(Fate.End.TORN));
    if (report.problem().isPresent()) {
      json.writeStringField("problem", report.problem().get());
    }
  }

  private static void all(JsonGenerator json, CutReport report) throws IOException {
    summary(json, report);
    json.writeObjectFieldStart("fates");
    for (var volume : report.fates().entrySet()) {
      json.writeArrayFieldStart(volume.getKey());
      for (Fate fate : volume.getValue()) {
        json.writeStartObject();
        json.writeNumberField("write", fate.write());
        json.writeStringField("kind", fate.kind().name());
        json.writeNumberField("lba", fate.lba());
        json.writeNumberField("blocks", fate.blocks());
        json.writeBooleanField("acknowledged", fate.acknowledged());
        json.writeStringField("end", fate.end().name());
        json.writeStringField("survivors", fate.survivors().toString());
        json.writeEndObject();
      }
      json.writeEndArray();
    }
    json.writeEndObject();
  }
}
