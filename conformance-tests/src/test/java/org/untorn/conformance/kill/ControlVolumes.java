package org.untorn.conformance.kill;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.untorn.testkit.Ready;

/** Changes volumes through the control API; each change must succeed. */
final class ControlVolumes {

  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  private ControlVolumes() {}

  static void post(Ready target, String what, String body)
      throws IOException, InterruptedException {
    send(
        request(target, what)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body)));
  }

  static void delete(Ready target, String volume) throws IOException, InterruptedException {
    send(request(target, volume).DELETE());
  }

  private static HttpRequest.Builder request(Ready target, String below) {
    return HttpRequest.newBuilder(URI.create(target.control() + "/volumes/" + below));
  }

  private static void send(HttpRequest.Builder builder) throws IOException, InterruptedException {
    HttpRequest request = builder.build();
    HttpResponse<String> response = CLIENT.send(request, HttpResponse.BodyHandlers.ofString());
    assertThat(response.statusCode()).as("%s: %s", request, response.body()).isBetween(200, 201);
  }
}
