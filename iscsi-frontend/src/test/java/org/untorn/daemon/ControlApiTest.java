package org.untorn.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ControlApiTest {

  private final AtomicInteger asked = new AtomicInteger();

  @Test
  void a_resource_is_asked_anew_at_every_request() throws IOException, InterruptedException {
    try (ControlApi api = listen()) {
      assertThat(request(api, "GET", "/count").body()).isEqualTo("{\"n\":1}\n");

      HttpResponse<String> second = request(api, "GET", "/count");

      assertThat(second.statusCode()).isEqualTo(200);
      assertThat(second.headers().firstValue("Content-Type")).contains("application/json");
      assertThat(second.body()).isEqualTo("{\"n\":2}\n");
    }
  }

  @Test
  void another_path_is_not_found_and_says_what_there_is() throws IOException, InterruptedException {
    try (ControlApi api = listen()) {
      for (String path : new String[] {"/", "/counts", "/count/1"}) {
        HttpResponse<String> response = request(api, "GET", path);

        assertThat(response.statusCode()).isEqualTo(404);
        assertThat(response.body())
            .isEqualTo("{\"error\":\"there is no " + path + "; there are /broken, /count\"}\n");
      }
    }
  }

  @Test
  void another_method_is_not_allowed_and_changes_nothing()
      throws IOException, InterruptedException {
    try (ControlApi api = listen()) {
      HttpResponse<String> response = request(api, "DELETE", "/count");

      assertThat(response.statusCode()).isEqualTo(405);
      assertThat(response.headers().firstValue("Allow")).contains("GET");
      assertThat(response.body()).isEqualTo("{\"error\":\"/count answers GET, not DELETE\"}\n");
      assertThat(asked).hasValue(0);
    }
  }

  @Test
  void a_resource_that_fails_is_an_answer_and_not_the_end()
      throws IOException, InterruptedException {
    try (ControlApi api = listen()) {
      HttpResponse<String> response = request(api, "GET", "/broken");

      assertThat(response.statusCode()).isEqualTo(500);
      assertThat(response.body()).contains("/broken failed", "as planned");
      assertThat(request(api, "GET", "/count").statusCode()).isEqualTo(200);
    }
  }

  private ControlApi listen() throws IOException {
    return ControlApi.listen(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
        Map.of(
            "/count",
            () ->
                ControlApi.Answer.json(
                    200, Json.object(json -> json.writeNumberField("n", asked.incrementAndGet()))),
            "/broken",
            () -> {
              throw new IllegalStateException("as planned");
            }));
  }

  private static HttpResponse<String> request(ControlApi api, String method, String path)
      throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(
          HttpRequest.newBuilder(URI.create(api.url() + path))
              .method(method, HttpRequest.BodyPublishers.noBody())
              .build(),
          HttpResponse.BodyHandlers.ofString());
    }
  }
}
