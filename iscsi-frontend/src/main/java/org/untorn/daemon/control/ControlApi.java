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
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The control API: HTTP, a resource per path. A page answers {@code GET}; a tree answers its {@link
 * Route}s, at its path and below. Another method gets 405, another path 404, what a web page may
 * have sent 403 ({@link CrossSite}), who does not know the token, if there is one, 401; all of them
 * with {@code {"error": "..."}}.
 *
 * <p>Requests run on virtual threads; what a resource gives must be safe to ask for on any.
 */
public final class ControlApi implements AutoCloseable {

  /** What answers for a path and all below it. */
  public interface Tree {

    /** All that it is ever asked. */
    List<Route> routes();

    /** Answers one of its routes. */
    Answer answer(Request request) throws IOException;
  }

  private static final Logger LOG = LoggerFactory.getLogger(ControlApi.class);

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Map<String, Supplier<Answer>> pages;
  private final Map<String, Tree> trees;
  private final String host;
  private final Optional<ControlToken> token;

  private ControlApi(
      HttpServer server,
      String host,
      Optional<ControlToken> token,
      Map<String, Supplier<Answer>> pages,
      Map<String, Tree> trees) {
    this.server = server;
    this.host = host;
    this.token = token;
    this.pages = new TreeMap<>(pages);
    this.trees = new TreeMap<>(trees);
  }

  /**
   * Starts to listen.
   *
   * @param host the name that clients know the address by, if it has one
   * @param token what whoever asks has to know; empty: nothing
   * @param pages by path; what they give is asked for anew at every request
   * @param trees by path, one segment long
   */
  public static ControlApi listen(
      InetSocketAddress address,
      String host,
      Optional<ControlToken> token,
      Map<String, Supplier<Answer>> pages,
      Map<String, Tree> trees)
      throws IOException {
    ControlApi api = new ControlApi(HttpServer.create(address, 0), host, token, pages, trees);
    api.server.setExecutor(api.threads);
    api.server.createContext("/", api::handle);
    api.server.start();
    return api;
  }

  /** Where it listens. */
  public InetSocketAddress address() {
    return server.getAddress();
  }

  /** All that it answers. */
  public List<Route> routes() {
    return Stream.concat(
            pages.keySet().stream().map(path -> new Route("GET", path)),
            trees.values().stream().flatMap(tree -> tree.routes().stream()))
        .toList();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      Answer answer = answer(exchange);
      exchange.getResponseHeaders().set("Content-Type", answer.mediaType());
      if (answer.status() == 401) {
        exchange.getResponseHeaders().set("WWW-Authenticate", "Bearer");
      }
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
      Optional<Answer> refusal =
          token
              .map(secret -> secret.refusal(authorizations(exchange)))
              .orElseGet(() -> CrossSite.refusal(exchange, host, mediaType));
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
      return route(request, segments);
    } catch (IOException | RuntimeException problem) {
      LOG.error("{} {} failed", exchange.getRequestMethod(), path, problem);
      return Answer.error(500, path + " failed: " + problem);
    }
  }

  private Answer route(Request request, List<String> segments) throws IOException {
    Tree tree = trees.get("/" + segments.getFirst());
    if (tree != null) {
      return route(request, segments, tree);
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

  private static Answer route(Request request, List<String> segments, Tree tree)
      throws IOException {
    List<String> methods =
        tree.routes().stream().filter(route -> route.leadsTo(segments)).map(Route::method).toList();
    if (methods.isEmpty()) {
      return Answer.error(
          404,
          "there is no %s; there are %s"
              .formatted(
                  request.path(),
                  tree.routes().stream()
                      .map(Route::path)
                      .distinct()
                      .collect(Collectors.joining(", "))));
    }
    return methods.contains(request.method())
        ? tree.answer(request)
        : Answer.notAllowed(request, methods.toArray(String[]::new));
  }

  /** Cut at the slashes that were sent as such; one that was escaped is part of a name. */
  private static List<String> segments(String rawPath) {
    return Arrays.stream(rawPath.substring(1).split("/", -1))
        .map(segment -> URI.create("/" + segment).getPath().substring(1))
        .toList();
  }

  private static List<String> authorizations(HttpExchange exchange) {
    return exchange.getRequestHeaders().getOrDefault("Authorization", List.of());
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
