package org.untorn.daemon.control;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The control API: HTTP, a resource per path. A page answers {@code GET}; a tree answers whatever
 * it does, at its path and below. Another method gets 405, another path 404, what a web page may
 * have sent 403 ({@link CrossSite}); all of them with {@code {"error": "..."}}.
 *
 * <p>Requests run on virtual threads; what a resource gives must be safe to ask for on any.
 */
public final class ControlApi implements AutoCloseable {

  /** What answers for a path and all below it. */
  @FunctionalInterface
  public interface Tree {
    Answer answer(Request request) throws IOException;
  }

  private static final Logger LOG = LoggerFactory.getLogger(ControlApi.class);

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Map<String, Supplier<Answer>> pages;
  private final Map<String, Tree> trees;
  private final String host;

  private ControlApi(
      HttpServer server,
      String host,
      Map<String, Supplier<Answer>> pages,
      Map<String, Tree> trees) {
    this.server = server;
    this.host = host;
    this.pages = new TreeMap<>(pages);
    this.trees = new TreeMap<>(trees);
  }

  /**
   * Starts to listen.
   *
   * @param host the name that clients know the address by, if it has one
   * @param pages by path; what they give is asked for anew at every request
   * @param trees by path, one segment long
   */
  public static ControlApi listen(
      InetSocketAddress address,
      String host,
      Map<String, Supplier<Answer>> pages,
      Map<String, Tree> trees)
      throws IOException {
    ControlApi api = new ControlApi(HttpServer.create(address, 0), host, pages, trees);
    api.server.setExecutor(api.threads);
    api.server.createContext("/", api::handle);
    api.server.start();
    return api;
  }

  /** Where it listens. */
  public InetSocketAddress address() {
    return server.getAddress();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      Answer answer = answer(exchange);
      exchange.getResponseHeaders().set("Content-Type", answer.mediaType());
      if (!answer.allow().isEmpty()) {
        exchange.getResponseHeaders().set("Allow", String.join(", ", answer.allow()));
      }
      // Zero stands for a length that is not known.
      exchange.sendResponseHeaders(answer.status(), answer.length().orElse(0));
      try (OutputStream out = exchange.getResponseBody()) {
        answer.body().writeTo(out);
      } catch (IOException problem) {
        LOG.warn(
            "{} {} broke off: {}",
            exchange.getRequestMethod(),
            exchange.getRequestURI().getPath(),
            problem.getMessage());
        throw problem;
      }
    }
  }

  private Answer answer(HttpExchange exchange) {
    String path = exchange.getRequestURI().getPath();
    String mediaType = mediaType(exchange);
    try {
      Optional<Answer> refusal = CrossSite.refusal(exchange, host, mediaType);
      if (refusal.isPresent()) {
        return refusal.get();
      }
      List<String> segments = segments(exchange.getRequestURI().getRawPath());
      Request request =
          new Request(
              exchange.getRequestMethod(),
              path,
              segments.subList(1, segments.size()),
              mediaType,
              exchange.getRequestBody());
      return route(request, "/" + segments.getFirst());
    } catch (IOException | RuntimeException problem) {
      LOG.error("{} {} failed", exchange.getRequestMethod(), path, problem);
      return Answer.error(500, path + " failed: " + problem);
    }
  }

  private Answer route(Request request, String first) throws IOException {
    Tree tree = trees.get(first);
    if (tree != null) {
      return tree.answer(request);
    }
    Supplier<Answer> page = pages.get(request.path());
    if (page == null) {
      TreeSet<String> there = new TreeSet<>(pages.keySet());
      there.addAll(trees.keySet());
      return Answer.error(
          404, "there is no " + request.path() + "; there are " + String.join(", ", there));
    }
    return request.method().equals("GET") ? page.get() : Answer.notAllowed(request, "GET");
  }

  /** Cut at the slashes that were sent as such; one that was escaped is part of a name. */
  private static List<String> segments(String rawPath) {
    return Arrays.stream(rawPath.substring(1).split("/", -1))
        .map(segment -> URI.create("/" + segment).getPath().substring(1))
        .toList();
  }

  private static String mediaType(HttpExchange exchange) {
    String type = exchange.getRequestHeaders().getFirst("Content-Type");
    return type == null ? "" : type.replaceFirst(";.*", "").strip().toLowerCase(Locale.ROOT);
  }

  /** Ends at once; requests under way are cut off. */
  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
