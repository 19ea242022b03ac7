package org.untorn.daemon.volume;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.untorn.daemon.config.Parsed;
import org.untorn.daemon.config.Size;
import org.untorn.daemon.control.Answer;
import org.untorn.daemon.control.ControlApi;
import org.untorn.daemon.control.Json;
import org.untorn.daemon.control.JsonBody;
import org.untorn.daemon.control.Request;
import org.untorn.daemon.control.Route;
import org.untorn.daemon.volume.VolumeAnswer.Done;
import org.untorn.daemon.volume.VolumeAnswer.Refused;

/**
 * The resource {@code /volumes} of the control API. Bodies are JSON objects, but for contents
 * ({@link ContentStream}).
 *
 * <pre>
 *   GET    /volumes                                           {@link PoolInfo#json}
 *   POST   /volumes                 name, size, blockSize,    a new volume
 *                                   protection
 *   GET    /volumes/NAME                                      {@link VolumeInfo#write}
 *   DELETE /volumes/NAME
 *   POST   /volumes/NAME/resize     size, shrink
 *   POST   /volumes/NAME/snapshot   name
 *   POST   /volumes/NAME/clone      name
 *   POST   /volumes/NAME/rollback   snapshot, force
 *   POST   /volumes/NAME/export                               the content, at one moment
 *   POST   /volumes/NAME/import     a content                 a new volume
 *   POST   /volumes/NAME/overlay/ORIGIN   a content           a new volume: that over ORIGIN
 * </pre>
 *
 * Who changes something gets the volume as it is then, and 201 if it is new.
 *
 * @param admin what does it
 */
public record VolumesApi(VolumeAdmin admin) implements ControlApi.Tree {

  @Override
  public List<Route> routes() {
    return Route.all(
        "GET /volumes",
        "POST /volumes",
        "GET /volumes/{name}",
        "DELETE /volumes/{name}",
        "POST /volumes/{name}/resize",
        "POST /volumes/{name}/snapshot",
        "POST /volumes/{name}/clone",
        "POST /volumes/{name}/rollback",
        "POST /volumes/{name}/export",
        "POST /volumes/{name}/import",
        "POST /volumes/{name}/overlay/{origin}");
  }

  @Override
  public Answer answer(Request request) throws IOException {
    List<String> below = request.below();
    return switch (below.size()) {
      case 0 -> all(request);
      case 1 -> one(request, below.getFirst());
      case 2 -> verb(request, below.getFirst(), below.getLast());
      default -> overlay(request, below.getFirst(), below.getLast());
    };
  }

  private Answer all(Request request) throws IOException {
    return switch (request.method()) {
      case "GET" -> Answer.json(200, admin.list().json());
      default ->
          with(
              request,
              Set.of("name", "size", "blockSize", "protection"),
              body ->
                  size(body)
                      .then(
                          size ->
                              Parsed.value(
                                  new VolumeRequest.Create(
                                      body.path("name").asText(),
                                      size,
                                      body.path("blockSize").asInt(512),
                                      body.path("protection").asInt(0)))),
              201);
    };
  }

  private Answer one(Request request, String name) throws IOException {
    return switch (request.method()) {
      case "GET" -> {
        Optional<VolumeInfo> volume = admin.list().find(name);
        yield volume.isPresent()
            ? done(200, volume.get())
            : Answer.error(404, "there is no volume " + name + "; /volumes shows all");
      }
      default -> answer(admin.perform(new VolumeRequest.Delete(name)), 200);
    };
  }

  private Answer verb(Request request, String name, String verb) throws IOException {
    return switch (verb) {
      case "resize" ->
          with(
              request,
              Set.of("size", "shrink"),
              body ->
                  size(body)
                      .then(
                          size ->
                              Parsed.value(
                                  new VolumeRequest.Resize(
                                      name, size, body.path("shrink").asBoolean()))),
              200);
      case "snapshot" ->
          with(
              request,
              Set.of("name"),
              body -> Parsed.value(new VolumeRequest.Snapshot(name, body.path("name").asText())),
              201);
      case "clone" ->
          with(
              request,
              Set.of("name"),
              body -> Parsed.value(new VolumeRequest.Clone(name, body.path("name").asText())),
              201);
      case "rollback" ->
          with(
              request,
              Set.of("snapshot", "force"),
              body ->
                  Parsed.value(
                      new VolumeRequest.Rollback(
                          name, body.path("snapshot").asText(), body.path("force").asBoolean())),
              200);
      case "export" -> export(name);
      default -> importFrom(request, name);
    };
  }

  /** What goes wrong behind the first byte cuts the content off in front of its end. */
  private Answer export(String name) throws IOException {
    if (admin.list().find(name).isEmpty()) {
      return Answer.error(404, "there is no volume " + name + "; /volumes shows all");
    }
    return Answer.stream(
        ContentStream.MEDIA_TYPE,
        out -> {
          if (admin.exportTo(name, ContentStream.writer(out)) instanceof Refused(var _, var why)) {
            throw new IOException(why);
          }
        });
  }

  private Answer overlay(Request request, String name, String origin) throws IOException {
    return !request.mediaType().equals(ContentStream.MEDIA_TYPE)
        ? Answer.error(415, "an overlay takes " + ContentStream.MEDIA_TYPE)
        : answer(
            admin.overlay(origin, name, sink -> ContentStream.read(request.body(), sink)), 201);
  }

  private Answer importFrom(Request request, String name) throws IOException {
    if (!request.mediaType().equals(ContentStream.MEDIA_TYPE)) {
      return Answer.error(415, "an import takes " + ContentStream.MEDIA_TYPE);
    }
    return answer(admin.importFrom(name, sink -> ContentStream.read(request.body(), sink)), 201);
  }

  /** Understands a body. */
  private interface Understanding {
    Parsed<VolumeRequest> of(JsonNode body);
  }

  private Answer with(
      Request request, Set<String> known, Understanding understanding, int statusWhenDone)
      throws IOException {
    return switch (JsonBody.read(request, known).then(understanding::of)) {
      case Parsed.Wrong<VolumeRequest>(String why) -> Answer.error(400, why);
      case Parsed.Value<VolumeRequest>(VolumeRequest wanted) ->
          answer(admin.perform(wanted), statusWhenDone);
    };
  }

  /** {@code "1GiB"}, or a number of bytes. */
  private static Parsed<Size> size(JsonNode body) {
    return Size.parse(body.path("size").asText());
  }

  private static Answer answer(VolumeAnswer answer, int statusWhenDone) {
    return switch (answer) {
      case Done(VolumeInfo volume) -> done(statusWhenDone, volume);
      case Refused(VolumeAnswer.Reason reason, String why) ->
          Answer.error(reason.httpStatus(), why);
    };
  }

  private static Answer done(int status, VolumeInfo volume) {
    return Answer.json(status, Json.object(volume::write));
  }
}
