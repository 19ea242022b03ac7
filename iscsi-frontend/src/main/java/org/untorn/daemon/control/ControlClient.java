package org.untorn.daemon.control;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import org.untorn.daemon.config.Endpoint;

/**
 * Asks the control API of a daemon on this host.
 *
 * @param api its URL, without a slash at the end
 * @param token what proves that we may ask, if we have one
 */
public record ControlClient(URI api, Optional<ControlToken> token) {

  private static final ObjectMapper MAPPER = new ObjectMapper();

  /**
   * The daemon that listens at an endpoint, or that has a directory open.
   *
   * @throws IOException that says in one line what to do if there is none
   */
  public static ControlClient find(
      Optional<Endpoint> endpoint, Path directory, Optional<ControlToken> token)
      throws IOException {
    Optional<URI> url =
        endpoint.isPresent()
            ? Optional.of(URI.create("http://" + endpoint.get()))
            : ControlFile.read(directory);
    return new ControlClient(
        url.orElseThrow(
            () ->
                new IOException(
                    "no daemon serves from %s; say --dir DIR, or --control HOST:PORT"
                        .formatted(directory))),
        token);
  }

  /**
   * A connection for one request, which nothing was sent on.
   *
   * <p>As old as HTTP in Java, and loaded in a tenth of the time of its successor.
   */
  public HttpURLConnection connect(String method, String path) throws IOException {
    HttpURLConnection connection =
        (HttpURLConnection) URI.create(api + path).toURL().openConnection(Proxy.NO_PROXY);
    connection.setRequestMethod(method);
    token.ifPresent(secret -> connection.setRequestProperty("Authorization", secret.header()));
    return connection;
  }

  /**
   * Asks.
   *
   * @param body a JSON object, if one is to be sent
   * @throws IOException with the daemon's own words if it cannot, {@link RefusedException} if it
   *     refuses
   */
  public JsonNode ask(String method, String path, Optional<String> body) throws IOException {
    HttpURLConnection connection = connect(method, path);
    try {
      if (body.isPresent()) {
        connection.setDoOutput(true);
        connection.setRequestProperty("Content-Type", "application/json");
        connection.getOutputStream().write(body.get().getBytes(StandardCharsets.UTF_8));
      }
      int status = connection.getResponseCode();
      try (InputStream in =
          status < 300 ? connection.getInputStream() : connection.getErrorStream()) {
        JsonNode answer = MAPPER.readTree(in);
        if (status < 300) {
          return answer;
        }
        String why = answer.path("error").asText("the daemon answered " + status);
        throw status < 500 ? new RefusedException(why) : new IOException(why);
      }
    } catch (ConnectException problem) {
      throw new IOException(
          "no daemon listens at %s; 'untorn serve' says where its control API is".formatted(api),
          problem);
    }
  }
}
