package org.untorn.conformance.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.untorn.testkit.Ready;

/** The control API, as far as the suites ask it. */
final class Control {

  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  private Control() {}

  /** How often a logical unit was asked to write. */
  record Writes(long atomicCommands, long atomicBlocks, long plainCommands) {}

  static Writes writes(Ready target) throws IOException, InterruptedException {
    JsonNode writes = json(target, "targets").at("/targets/0/luns/0/writes");
    assertThat(writes.isMissingNode()).as("writes of the first unit").isFalse();
    return new Writes(
        writes.at("/atomic/commands").asLong(),
        writes.at("/atomic/blocks").asLong(),
        writes.at("/plain/commands").asLong());
  }

  /** A resource that is JSON. */
  static JsonNode json(Ready target, String resource) throws IOException, InterruptedException {
    return new ObjectMapper().readTree(text(target, resource));
  }

  /** A resource. */
  static String text(Ready target, String resource) throws IOException, InterruptedException {
    URI uri = URI.create(target.control() + "/" + resource);
    HttpResponse<String> response =
        CLIENT.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    assertThat(response.statusCode()).as("GET %s", uri).isEqualTo(200);
    return response.body();
  }
}
