package org.untorn.daemon;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The control API: HTTP with one resource per path, for reading. Each answers {@code GET}; another
 * method gets 405, another path 404, both with {@code {"error": "..."}}.
 *
 * <p>Requests run on virtual threads; what a resource gives must be safe to ask for on any.
 */
final class ControlApi implements AutoCloseable {

  /** An answer: its status, its media type and its text. */
  record Answer(int status, String mediaType, String text) {

    static Answer json(int status, String object) {
      return new Answer(status, "application/json", object + "\n");
    }

    static Answer error(int status, String what) {
      return json(status, Json.object(json -> json.writeStringField("error", what)));
    }
  }

  private static final Logger LOG = LoggerFactory.getLogger(ControlApi.class);

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Map<String, Supplier<Answer>> resources;

  private ControlApi(HttpServer server, Map<String, Supplier<Answer>> resources) {
    this.server = server;
    this.resources = new TreeMap<>(resources);
  }

  /**
   * Starts to listen.
   *
   * @param resources by path; what they give is asked for anew at every request
   */
  static ControlApi listen(InetSocketAddress address, Map<String, Supplier<Answer>> resources)
      throws IOException {
    ControlApi api = new ControlApi(HttpServer.create(address, 0), resources);
    api.server.setExecutor(api.threads);
    api.server.createContext("/", api::handle);
    api.server.start();
    return api;
  }

  /** Where it listens. */
  Portal portal() {
    return new Portal(server.getAddress());
  }

  /** Its URL, without a slash at the end. */
  URI url() {
    return URI.create("http://" + portal().reachable());
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      Answer answer = answer(exchange.getRequestMethod(), exchange.getRequestURI().getPath());
      byte[] body = answer.text().getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", answer.mediaType());
      if (answer.status() == 405) {
        exchange.getResponseHeaders().set("Allow", "GET");
      }
      exchange.sendResponseHeaders(answer.status(), body.length);
      try (OutputStream out = exchange.getResponseBody()) {
        out.write(body);
      }
    }
  }

  private Answer answer(String method, String path) {
    Optional<Supplier<Answer>> resource = Optional.ofNullable(resources.get(path));
    if (resource.isEmpty()) {
      return Answer.error(
          404, "there is no " + path + "; there are " + String.join(", ", resources.keySet()));
    }
    if (!method.equals("GET")) {
      return Answer.error(405, path + " answers GET, not " + method);
    }
    try {
      return resource.get().get();
    } catch (RuntimeException problem) {
      LOG.error("GET {} failed", path, problem);
      return Answer.error(500, path + " failed: " + problem);
    }
  }

  /** Ends at once; requests under way are cut off. */
  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
