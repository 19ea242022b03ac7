package org.untorn.conformance.vm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.untorn.testkit.UntornExtension;

/**
 * What a test does to a running target by its control API. Every answer must be 200, or 201; it is
 * given as JSON.
 */
record Controls(UntornExtension target) {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  JsonNode get(String path) {
    return json(text(path));
  }

  /** The answer as it came. */
  String text(String path) {
    return ask("GET", path, "");
  }

  JsonNode delete(String path) {
    return json(ask("DELETE", path, ""));
  }

  /**
   * @param body a JSON object
   */
  JsonNode post(String path, String body) {
    return json(ask("POST", path, body));
  }

  /** Adds a fault rule. */
  void addRule(String rule) {
    post("/faults", "{\"add\":\"%s\"}".formatted(rule));
  }

  private static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String ask(String method, String path, String body) {
    HttpRequest request =
        HttpRequest.newBuilder(target.ready().control().resolve(path))
            .header("Content-Type", "application/json")
            .method(method, HttpRequest.BodyPublishers.ofString(body))
            .build();
    try {
      HttpResponse<String> answer = CLIENT.send(request, HttpResponse.BodyHandlers.ofString());
      assertThat(answer.statusCode()).as("%s %s: %s", method, path, answer.body()).isIn(200, 201);
      return answer.body();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted at " + path, e);
    }
  }
}
