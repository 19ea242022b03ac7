package org.untorn.daemon.crash;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.untorn.backstore.BlockStore;
import org.untorn.backstore.fault.RecordedEvent;
import org.untorn.backstore.fault.Recorder;
import org.untorn.daemon.config.Parsed;
import org.untorn.daemon.config.Size;
import org.untorn.daemon.control.Answer;
import org.untorn.daemon.control.ControlApi;
import org.untorn.daemon.control.Json;
import org.untorn.daemon.control.JsonBody;
import org.untorn.daemon.control.Request;
import org.untorn.daemon.control.Route;
import org.untorn.daemon.volume.PoolVolumes;
import org.untorn.daemon.volume.RecordingNames;

/**
 * The recorders of a device's volumes, and what the control API says of them. The recordings
 * themselves are in the pool.
 *
 * <pre>
 *   GET  /recordings                            how each is
 *   POST /recordings/VOLUME   record: true      begins anew; false: ends
 * </pre>
 *
 * Volumes are added while the device is built, before it is asked anything.
 */
public final class Recordings implements ControlApi.Tree {

  private static final long LEAST_BYTES = 4L * RecordedEvent.BLOCK;

  /** It is read in one piece. */
  private static final long MOST_BYTES = 1L << 30;

  private final Optional<Size> size;
  private final Map<String, Recorder> recorders = new LinkedHashMap<>();
  private Optional<PoolVolumes> volumes = Optional.empty();

  private Recordings(Optional<Size> size) {
    this.size = size;
  }

  /** None: no filter is put over a volume. */
  public static Recordings none() {
    return new Recordings(Optional.empty());
  }

  /** Recordings of a size each, or why that cannot be. */
  public static Parsed<Recordings> of(Size size) {
    return size.bytes() < LEAST_BYTES || size.bytes() > MOST_BYTES
        ? Parsed.wrong(
            "--record %s: a recording takes from %s to %s"
                .formatted(size, new Size(LEAST_BYTES), new Size(MOST_BYTES)))
        : Parsed.value(new Recordings(Optional.of(size)));
  }

  /** What is to be served instead of a writable volume. */
  public BlockStore over(String volume, BlockStore store) throws IOException {
    if (size.isEmpty()) {
      return store;
    }
    if (volume.length() > RecordingNames.LONGEST_VOLUME) {
      throw new IOException(
          "--record: the name %s is longer than %d characters; serve a volume with a shorter one"
              .formatted(volume, RecordingNames.LONGEST_VOLUME));
    }
    Recorder recorder = new Recorder(store);
    recorders.put(volume, recorder);
    return recorder;
  }

  /** Begins them all. */
  public void begin(PoolVolumes pool) throws IOException {
    volumes = Optional.of(pool);
    for (String volume : recorders.keySet()) {
      begin(volume);
    }
  }

  private void begin(String volume) throws IOException {
    PoolVolumes pool = volumes.orElseThrow();
    recorder(volume).orElseThrow().begin(() -> pool.record(volume, size.orElseThrow()));
  }

  private Optional<Recorder> recorder(String volume) {
    return Optional.ofNullable(recorders.get(volume));
  }

  /** What is left is what chance chose: the recording ends with the life of the power. */
  public void powerWasCut() {
    recorders.values().forEach(recorder -> recorder.end("the power was cut"));
  }

  /** A volume was changed by other means than its unit's commands, or is gone. */
  public void changed(String name) {
    recorders.forEach(
        (volume, recorder) -> {
          if (volume.equals(name)) {
            recorder.end("the volume was rolled back or resized");
          } else if (new RecordingNames(volume).owns(name)) {
            recorder.end("it was deleted");
          }
        });
  }

  @Override
  public List<Route> routes() {
    return Route.all("GET /recordings", "POST /recordings/{volume}");
  }

  @Override
  public Answer answer(Request request) throws IOException {
    if (size.isEmpty()) {
      return Answer.error(404, "nothing is recorded; serve with --record");
    }
    if (request.below().isEmpty()) {
      return Answer.json(200, Json.object(this::write));
    }
    String volume = request.below().getFirst();
    return recorder(volume).isPresent()
        ? change(request, volume)
        : Answer.error(
            404,
            "no volume %s is recorded; there are %s"
                .formatted(volume, String.join(", ", recorders.keySet())));
  }

  private Answer change(Request request, String volume) throws IOException {
    return switch (JsonBody.read(request, Set.of("record"))) {
      case Parsed.Wrong<JsonNode>(String why) -> Answer.error(400, why);
      case Parsed.Value<JsonNode>(JsonNode body) -> {
        if (!body.path("record").isBoolean()) {
          yield Answer.error(400, "say \"record\": true, or false");
        }
        if (body.path("record").asBoolean()) {
          begin(volume);
        } else {
          recorder(volume).orElseThrow().end("it was told to");
        }
        yield Answer.json(200, Json.object(json -> write(json, volume)));
      }
    };
  }

  private void write(JsonGenerator json) throws IOException {
    json.writeArrayFieldStart("recordings");
    for (String volume : recorders.keySet()) {
      json.writeStartObject();
      write(json, volume);
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private void write(JsonGenerator json, String volume) throws IOException {
    Recorder.Status status = recorder(volume).orElseThrow().status();
    json.writeStringField("volume", volume);
    json.writeBooleanField("recording", status.ended().isEmpty());
    json.writeNumberField("commands", status.commands());
    json.writeNumberField("bytes", status.bytes());
    json.writeNumberField("limit", status.limit());
    if (status.ended().isPresent()) {
      json.writeStringField("ended", status.ended().get());
    }
  }
}
