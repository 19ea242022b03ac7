package org.untorn.daemon.control;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.untorn.daemon.config.Endpoint;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options that say which daemon a command is about. */
public final class DaemonOption {

  @Option(
      names = "--dir",
      paramLabel = "DIR",
      order = 90,
      description = "The directory that the daemon serves from. Default: untorn-data.")
  private Path dir = Path.of("untorn-data");

  @Option(
      names = "--control",
      paramLabel = "HOST:PORT",
      order = 91,
      description = "Where its control API listens (a daemon with --ram has no DIR).")
  private Optional<Endpoint> control = Optional.empty();

  @Mixin private TokenOption token = new TokenOption();

  /**
   * Asks it.
   *
   * @throws IOException with the daemon's own words if it refuses
   */
  public JsonNode ask(String method, String path) throws IOException {
    return client().ask(method, path, Optional.empty());
  }

  /** The same with a JSON object. */
  public JsonNode ask(String method, String path, Json.Fields body) throws IOException {
    return client().ask(method, path, Optional.of(Json.object(body)));
  }

  private ControlClient client() throws IOException {
    return ControlClient.find(control, dir, token.load());
  }
}
