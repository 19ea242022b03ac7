package org.untorn.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.untorn.daemon.config.AccessConfig;
import org.untorn.daemon.config.Advertised;
import org.untorn.daemon.config.DaemonConfig;
import org.untorn.daemon.config.Endpoint;
import org.untorn.daemon.config.FaultConfig;
import org.untorn.daemon.config.LunConfig;
import org.untorn.daemon.config.Parsed;
import org.untorn.daemon.config.Size;
import org.untorn.daemon.config.Storage;
import org.untorn.daemon.config.TargetConfig;
import org.untorn.daemon.control.OpenApi;
import org.untorn.daemon.control.Route;
import org.untorn.daemon.crash.Recordings;
import org.untorn.daemon.history.Histories;
import org.untorn.iscsi.initiator.InitiatorSession;
import org.untorn.iscsi.initiator.LoginOptions;
import org.untorn.vpd.AtomicProfile;

/** docs/openapi.yaml says what the control API does, all of it and nothing else. */
class OpenApiTest {

  private static final Path DOCUMENT = Path.of("../docs/openapi.yaml");
  private static final String JSON = "application/json";
  private static final String TARGET = "iqn.2026-11.org.untorn:test";
  private static final Endpoint ANYWHERE = new Endpoint("127.0.0.1", 0);
  private static final Set<String> METHODS = Set.of("get", "post", "put", "patch", "delete");

  private final JsonNode document = read();
  private final HttpClient client = HttpClient.newHttpClient();

  /** What an export gave, for the import. */
  private byte[] content = new byte[0];

  private static JsonNode read() {
    try {
      return new YAMLMapper().readTree(Files.readString(DOCUMENT));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static Daemon start() throws IOException {
    LunConfig lun =
        new LunConfig(
            0, "disk", Optional.of(new Size(1 << 26)), 512, 4096, AtomicProfile.DEFAULT.limits());
    DaemonConfig config =
        new DaemonConfig(
            ANYWHERE,
            new Advertised.Reached(),
            ANYWHERE,
            new Storage.Memory(),
            Optional.empty(),
            AccessConfig.OPEN,
            List.of(new TargetConfig(TARGET, List.of(lun))));
    return Daemon.start(
        config.with(FaultConfig.power(1).withRules("op=read busy", "op=read next=1 busy")),
        UnaryOperator.identity(),
        Histories.of(List.of("disk")),
        recordings());
  }

  private static Recordings recordings() {
    return switch (Recordings.of(new Size(1 << 20))) {
      case Parsed.Value<Recordings>(Recordings recordings) -> recordings;
      case Parsed.Wrong<Recordings>(String why) -> throw new AssertionError(why);
    };
  }

  /** An operation of the document. */
  private record Documented(String method, String path, JsonNode item, JsonNode operation) {

    @Override
    public String toString() {
      return method + " " + path;
    }

    /** The path with the examples of its parameters. */
    String examplePath() {
      String filled = path;
      for (JsonNode parameter : item.path("parameters")) {
        filled =
            filled.replace(
                "{" + parameter.path("name").asText() + "}", parameter.path("example").asText());
      }
      return filled;
    }
  }

  private List<Documented> operations() {
    List<Documented> all = new ArrayList<>();
    for (Map.Entry<String, JsonNode> item : document.path("paths").properties()) {
      for (Map.Entry<String, JsonNode> operation : item.getValue().properties()) {
        if (METHODS.contains(operation.getKey())) {
          all.add(
              new Documented(
                  operation.getKey().toUpperCase(Locale.ROOT),
                  item.getKey(),
                  item.getValue(),
                  operation.getValue()));
        }
      }
    }
    return all;
  }

  @Test
  void every_route_is_in_the_document_and_nothing_else_is() throws IOException {
    try (Daemon daemon = start()) {
      Set<String> served = new TreeSet<>();
      daemon.routes().stream().map(Route::toString).forEach(served::add);
      Set<String> documented = new TreeSet<>();
      operations().forEach(operation -> documented.add(operation.toString()));

      assertThat(served).hasSizeGreaterThan(30);
      assertThat(documented).isEqualTo(served);
    }
  }

  @Test
  void the_document_is_served() throws IOException, InterruptedException {
    try (Daemon daemon = start()) {
      HttpResponse<String> answer =
          client.send(
              HttpRequest.newBuilder(URI.create(daemon.ready().control() + "/openapi.yaml"))
                  .build(),
              HttpResponse.BodyHandlers.ofString());

      assertThat(answer.body()).isEqualTo(Files.readString(DOCUMENT)).isEqualTo(OpenApi.text());
      assertThat(answer.headers().firstValue("Content-Type")).contains("application/yaml");
    }
  }

  @Test
  void every_example_works_and_is_answered_as_the_document_shows()
      throws IOException, InterruptedException {
    try (Daemon daemon = start();
        InitiatorSession session =
            InitiatorSession.login(daemon.ready().portal().bound(), LoginOptions.to(TARGET))) {
      assertThat(session.tsih()).as("the example's session").isEqualTo(1);
      for (Documented operation : operations()) {
        for (JsonNode example : examples(operation)) {
          tryOut(daemon, operation, example);
        }
      }
    }
  }

  /** The bodies that are to be sent one by one; a missing node where none is. */
  private static List<JsonNode> examples(Documented operation) {
    JsonNode examples =
        operation.operation().at("/requestBody/content").path(JSON).path("examples");
    List<JsonNode> values = new ArrayList<>();
    examples.forEach(example -> values.add(example.path("value")));
    return values.isEmpty() ? List.of(JsonNodeFactory.instance.missingNode()) : values;
  }

  private void tryOut(Daemon daemon, Documented operation, JsonNode body)
      throws IOException, InterruptedException {
    String mediaType =
        operation
            .operation()
            .at("/requestBody/content")
            .propertyStream()
            .map(Map.Entry::getKey)
            .findFirst()
            .orElse(JSON);
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(daemon.ready().control() + operation.examplePath()))
            .method(
                operation.method(),
                mediaType.equals(JSON)
                    ? BodyPublishers.ofString(body.isMissingNode() ? "" : body.toString())
                    : BodyPublishers.ofByteArray(content))
            .header("Content-Type", mediaType)
            .build();
    HttpResponse<byte[]> answer = client.send(request, HttpResponse.BodyHandlers.ofByteArray());
    String text = new String(answer.body(), StandardCharsets.UTF_8);
    Map.Entry<String, JsonNode> expected =
        operation.operation().path("responses").properties().iterator().next();
    assertThat(answer.statusCode())
        .as("%s %s: %s", operation, body, text)
        .hasToString(expected.getKey());
    Map.Entry<String, JsonNode> media =
        expected.getValue().path("content").properties().iterator().next();
    assertThat(answer.headers().firstValue("Content-Type").orElse(""))
        .as("media type of %s", operation)
        .startsWith(media.getKey());
    JsonNode example = media.getValue().path("example");
    if (!example.isMissingNode()) {
      hasTheForm(operation.toString(), new ObjectMapper().readTree(text), example);
    } else if (!media.getKey().equals(JSON)) {
      content = answer.body();
    }
  }

  /** Whatever the example has the answer has, and of the same kind. */
  private static void hasTheForm(String where, JsonNode answer, JsonNode example) {
    assertThat(answer.getNodeType()).as("%s: %s", where, answer).isEqualTo(example.getNodeType());
    for (Map.Entry<String, JsonNode> field : example.properties()) {
      hasTheForm(where + "/" + field.getKey(), answer.path(field.getKey()), field.getValue());
    }
    if (example.isArray() && !example.isEmpty()) {
      assertThat(answer).as(where).isNotEmpty();
      hasTheForm(where + "/0", answer.path(0), example.path(0));
    }
  }
}
