package org.untorn.daemon.volume;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.untorn.daemon.config.Parsed;
import org.untorn.daemon.control.Answer;
import org.untorn.daemon.control.ControlApi;
import org.untorn.daemon.control.Json;
import org.untorn.daemon.control.JsonBody;
import org.untorn.daemon.control.Request;
import org.untorn.daemon.control.Route;

/**
 * The resource {@code /snapshots} of the control API: what {@code /volumes} says and does of
 * snapshots, in one place.
 *
 * <pre>
 *   GET    /snapshots                            {"snapshots": [{"name": ...}, ...]}
 *   POST   /snapshots               volume, name       takes one; 201
 *   GET    /snapshots/NAME                             {@link VolumeInfo#write}
 *   POST   /snapshots/NAME/restore  volume, force      the volume holds what it held then
 *   DELETE /snapshots/NAME
 * </pre>
 *
 * @param admin what does it
 */
public record SnapshotsApi(VolumeAdmin admin) implements ControlApi.Tree {

  @Override
  public List<Route> routes() {
    return Route.all(
        "GET /snapshots",
        "POST /snapshots",
        "GET /snapshots/{name}",
        "DELETE /snapshots/{name}",
        "POST /snapshots/{name}/restore");
  }

  @Override
  public Answer answer(Request request) throws IOException {
    if (request.below().isEmpty()) {
      return request.method().equals("GET")
          ? Answer.json(200, all())
          : with(
              request,
              Set.of("volume", "name"),
              body ->
                  new VolumeRequest.Snapshot(
                      body.path("volume").asText(), body.path("name").asText()),
              201);
    }
    String name = request.below().getFirst();
    Optional<VolumeInfo> snapshot = admin.list().find(name).filter(one -> !one.writable());
    if (snapshot.isEmpty()) {
      return Answer.error(404, "there is no snapshot " + name + "; /snapshots shows all");
    }
    return switch (request.method()) {
      case "GET" -> Answer.json(200, Json.object(snapshot.get()::write));
      case "DELETE" -> answer(admin.perform(new VolumeRequest.Delete(name)), 200);
      default ->
          with(
              request,
              Set.of("volume", "force"),
              body ->
                  new VolumeRequest.Rollback(
                      body.path("volume").asText(), name, body.path("force").asBoolean()),
              200);
    };
  }

  private String all() throws IOException {
    List<VolumeInfo> snapshots =
        admin.list().volumes().stream().filter(one -> !one.writable()).toList();
    return Json.object(
        json -> {
          json.writeArrayFieldStart("snapshots");
          for (VolumeInfo snapshot : snapshots) {
            json.writeStartObject();
            snapshot.write(json);
            json.writeEndObject();
          }
          json.writeEndArray();
        });
  }

  /** What a body asks for. */
  private interface Understanding {
    VolumeRequest of(JsonNode body);
  }

  private Answer with(
      Request request, Set<String> known, Understanding understanding, int statusWhenDone)
      throws IOException {
    return switch (JsonBody.read(request, known)) {
      case Parsed.Wrong<JsonNode>(String why) -> Answer.error(400, why);
      case Parsed.Value<JsonNode>(JsonNode body) ->
          answer(admin.perform(understanding.of(body)), statusWhenDone);
    };
  }

  private static Answer answer(VolumeAnswer answer, int statusWhenDone) {
    return switch (answer) {
      case VolumeAnswer.Done(VolumeInfo volume) ->
          Answer.json(statusWhenDone, Json.object(volume::write));
      case VolumeAnswer.Refused(VolumeAnswer.Reason reason, String why) ->
          Answer.error(reason.httpStatus(), why);
    };
  }
}
