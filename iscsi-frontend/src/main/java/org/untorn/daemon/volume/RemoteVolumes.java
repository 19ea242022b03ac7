package org.untorn.daemon.volume;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import org.untorn.daemon.control.ControlClient;
import org.untorn.daemon.control.Json;
import org.untorn.daemon.volume.VolumeAnswer.Done;
import org.untorn.daemon.volume.VolumeAnswer.Reason;
import org.untorn.daemon.volume.VolumeAnswer.Refused;

/**
 * The volumes of a pool that a daemon on this host has open: asks its control API ({@link
 * VolumesApi}).
 *
 * @param daemon whom to ask
 */
record RemoteVolumes(ControlClient daemon) implements VolumeAdmin {

  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final int CHUNK_BYTES = 1 << 20;

  /**
   * Whether somebody listens there; nobody does where a daemon was killed.
   *
   * @throws IOException with the daemon's own words if it listens and does not answer us
   */
  boolean answers() throws IOException {
    try {
      var _ = read(connect("GET", "/version"));
      return true;
    } catch (ConnectException nobody) {
      return false;
    }
  }

  @Override
  public PoolInfo list() throws IOException {
    return PoolInfo.read(read(connect("GET", "/volumes")));
  }

  @Override
  public VolumeAnswer perform(VolumeRequest request) throws IOException {
    return switch (request) {
      case VolumeRequest.Create create ->
          post(
              "/volumes",
              json -> {
                json.writeStringField("name", create.name());
                json.writeNumberField("size", create.size().bytes());
                json.writeNumberField("blockSize", create.blockSize());
                json.writeNumberField("protection", create.protection());
              });
      case VolumeRequest.Resize resize ->
          post(
              path(resize.name(), "/resize"),
              json -> {
                json.writeNumberField("size", resize.size().bytes());
                json.writeBooleanField("shrink", resize.shrink());
              });
      case VolumeRequest.Snapshot(String volume, String name) ->
          post(path(volume, "/snapshot"), json -> json.writeStringField("name", name));
      case VolumeRequest.Clone(String origin, String name) ->
          post(path(origin, "/clone"), json -> json.writeStringField("name", name));
      case VolumeRequest.Rollback rollback ->
          post(
              path(rollback.volume(), "/rollback"),
              json -> {
                json.writeStringField("snapshot", rollback.snapshot());
                json.writeBooleanField("force", rollback.force());
              });
      case VolumeRequest.Delete(String name) -> answer(connect("DELETE", path(name, "")));
    };
  }

  @Override
  public VolumeAnswer exportTo(String name, ContentSink sink) throws IOException {
    HttpURLConnection connection = connect("POST", path(name, "/export"));
    send(connection, "");
    if (connection.getResponseCode() != 200) {
      return answer(connection);
    }
    try (InputStream in = connection.getInputStream()) {
      ContentStream.read(in, sink);
    } catch (EOFException cut) {
      throw new IOException("the daemon broke off; its log says why", cut);
    }
    return new Done(list().find(name).orElseThrow(() -> new IOException(name + " is gone")));
  }

  @Override
  public VolumeAnswer importFrom(String name, ContentSource source) throws IOException {
    // Asked beforehand, for a refusal that comes while the content is sent cannot be read.
    if (list().find(name).isPresent()) {
      return new Refused(
          Reason.CONFLICT,
          "there is a %s already; choose another name, or delete it first".formatted(name));
    }
    return send(connect("POST", path(name, "/import")), source);
  }

  @Override
  public VolumeAnswer overlay(String origin, String name, ContentSource source) throws IOException {
    PoolInfo pool = list();
    if (pool.find(name).isPresent() || pool.find(origin).isEmpty()) {
      return perform(new VolumeRequest.Clone(origin, name)); // which says what is wrong
    }
    String over = URLEncoder.encode(origin, StandardCharsets.UTF_8);
    return send(connect("POST", path(name, "/overlay/" + over)), source);
  }

  private static VolumeAnswer send(HttpURLConnection connection, ContentSource source)
      throws IOException {
    connection.setRequestProperty("Content-Type", ContentStream.MEDIA_TYPE);
    connection.setDoOutput(true);
    connection.setChunkedStreamingMode(CHUNK_BYTES);
    try (OutputStream out = new BufferedOutputStream(connection.getOutputStream(), CHUNK_BYTES)) {
      source.copyTo(ContentStream.writer(out));
    }
    return answer(connection);
  }

  private HttpURLConnection connect(String method, String path) throws IOException {
    return daemon.connect(method, path);
  }

  private VolumeAnswer post(String path, Json.Fields body) throws IOException {
    HttpURLConnection connection = connect("POST", path);
    send(connection, Json.object(body));
    return answer(connection);
  }

  private static void send(HttpURLConnection connection, String body) throws IOException {
    connection.setRequestProperty("Content-Type", "application/json");
    connection.setDoOutput(true);
    try (OutputStream out = connection.getOutputStream()) {
      out.write(body.getBytes(StandardCharsets.UTF_8));
    }
  }

  private static VolumeAnswer answer(HttpURLConnection connection) throws IOException {
    int status = connection.getResponseCode();
    return status < 300
        ? new Done(VolumeInfo.read(read(connection)))
        : new Refused(Reason.of(status), error(connection));
  }

  private static JsonNode read(HttpURLConnection connection) throws IOException {
    if (connection.getResponseCode() >= 300) {
      throw new IOException(error(connection));
    }
    try (InputStream in = connection.getInputStream()) {
      return MAPPER.readTree(in);
    }
  }

  private static String error(HttpURLConnection connection) throws IOException {
    try (InputStream in = connection.getErrorStream()) {
      JsonNode body = in == null ? MAPPER.missingNode() : MAPPER.readTree(in);
      return body.path("error").asText("the daemon answered " + connection.getResponseCode());
    }
  }

  /** A name that is none can stand in no path as it is. */
  private static String path(String name, String verb) {
    return "/volumes/" + URLEncoder.encode(name, StandardCharsets.UTF_8) + verb;
  }
}
