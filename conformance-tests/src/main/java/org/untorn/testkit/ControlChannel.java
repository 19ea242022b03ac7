package org.untorn.testkit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;

/**
 * Asks a target's control API, whose document is at {@code /openapi.yaml}. Safe for use by many
 * threads.
 */
public final class ControlChannel {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** One for all: it has threads of its own. */
  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private final URI api;

  ControlChannel(URI api) {
    this.api = api;
  }

  /**
   * What a resource is.
   *
   * @throws UntornException with the target's words if it refuses
   */
  public JsonNode get(String path) {
    return json(text("GET", path, ""));
  }

  /**
   * Changes something.
   *
   * @param body the fields of a JSON object: numbers, truth values and strings
   * @throws UntornException with the target's words if it refuses
   */
  public JsonNode post(String path, Map<String, ?> body) {
    return json(text("POST", path, JSON.valueToTree(body).toString()));
  }

  /**
   * Removes something.
   *
   * @throws UntornException with the target's words if it refuses
   */
  public JsonNode delete(String path) {
    return json(text("DELETE", path, ""));
  }

  /** What a resource is, as it was sent. */
  String text(String path) {
    return text("GET", path, "");
  }

  private String text(String method, String path, String body) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(api + path))
            .timeout(PATIENCE)
            .header("Content-Type", "application/json")
            .method(
                method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
            .build();
    try {
      HttpResponse<String> answer = CLIENT.send(request, BodyHandlers.ofString());
      if (answer.statusCode() >= 300) {
        throw new UntornException(
            "%s %s: %s".formatted(method, path, json(answer.body()).path("error").asText()));
      }
      return answer.body();
    } catch (IOException problem) {
      throw new UntornException("the target does not answer " + method + " " + path, problem);
    } catch (InterruptedException problem) {
      Thread.currentThread().interrupt();
      throw new UntornException("interrupted while the target was asked", problem);
    }
  }

  private static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException problem) {
      throw new UntornException("the target's answer is no JSON: " + text, problem);
    }
  }
}
