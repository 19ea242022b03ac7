package org.untorn.daemon.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
            .isEqualTo(
                "{\"error\":\"there is no " + path + "; there are /broken, /count, /tree\"}\n");
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
  void a_tree_answers_at_its_path_and_below() throws IOException, InterruptedException {
    try (ControlApi api = listen()) {
      assertThat(request(api, "GET", "/tree").body()).isEqualTo("GET []");
      assertThat(request(api, "DELETE", "/tree/a/b").body()).isEqualTo("DELETE [a, b]");
      assertThat(request(api, "GET", "/trees").statusCode()).isEqualTo(404);
    }
  }

  @Test
  void a_tree_is_never_asked_what_is_no_route_of_it() throws IOException, InterruptedException {
    try (ControlApi api = listen()) {
      assertThat(request(api, "GET", "/tree/a/c").body())
          .isEqualTo("{\"error\":\"there is no /tree/a/c; there are /tree, /tree/{a}/b\"}\n");
      assertThat(request(api, "DELETE", "/tree//b").statusCode()).isEqualTo(404);
      HttpResponse<String> other = request(api, "GET", "/tree/a/b");
      assertThat(other.statusCode()).isEqualTo(405);
      assertThat(other.headers().firstValue("Allow")).contains("DELETE");
    }
  }

  @Test
  void what_a_web_page_may_have_sent_is_refused() throws IOException {
    try (ControlApi api = listen()) {
      String host = "Host: 127.0.0.1:" + api.address().getPort();
      String json = "Content-Type: application/json; charset=utf-8";

      assertThat(status(api, "GET", host)).isEqualTo(200);
      assertThat(status(api, "GET", "Host: localhost:1")).isEqualTo(200);
      assertThat(status(api, "GET", "Host: [::1]:1")).isEqualTo(200);
      assertThat(status(api, "POST", host, json)).isEqualTo(200);
      assertThat(status(api, "DELETE", host)).isEqualTo(200);

      assertThat(status(api, "GET", "Host: rebound.example")).isEqualTo(403);
      assertThat(status(api, "GET", "Host: 127.0.0.1.example")).isEqualTo(403);
      assertThat(status(api, "GET", "Host: a b")).isEqualTo(403);
      assertThat(status(api, "POST", host, json, "Origin: http://a.example")).isEqualTo(403);
      assertThat(status(api, "GET", host, "Origin: null")).isEqualTo(403);
      assertThat(status(api, "GET", host, "Sec-Fetch-Site: cross-site")).isEqualTo(403);
      assertThat(status(api, "POST", host)).isEqualTo(415);
      assertThat(status(api, "POST", host, "Content-Type: Text/Plain; charset=x")).isEqualTo(415);
      assertThat(status(api, "POST", host, "Content-Type: multipart/form-data; boundary=x"))
          .isEqualTo(415);
    }
  }

  /** The status of an answer to a request with exactly these headers. */
  private static int status(ControlApi api, String method, String... headers) throws IOException {
    try (Socket socket = new Socket(api.address().getAddress(), api.address().getPort())) {
      String request =
          method
              + " /tree HTTP/1.1\r\n"
              + String.join("\r\n", headers)
              + "\r\n"
              + "Connection: close\r\nContent-Length: 0\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return Integer.parseInt(answer.substring(9, 12));
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

  /** Answers with what it was asked. */
  private record Echo() implements ControlApi.Tree {

    @Override
    public List<Route> routes() {
      return Route.all("GET /tree", "POST /tree", "DELETE /tree", "DELETE /tree/{a}/b");
    }

    @Override
    public Answer answer(Request request) {
      return Answer.text(200, "text/plain", request.method() + " " + request.below());
    }
  }

  private ControlApi listen() throws IOException {
    return ControlApi.listen(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
        "localhost",
        Optional.empty(),
        Map.of(
            "/count",
            () ->
                Answer.json(
                    200, Json.object(json -> json.writeNumberField("n", asked.incrementAndGet()))),
            "/broken",
            () -> {
              throw new IllegalStateException("as planned");
            }),
        Map.of("/tree", new Echo()));
  }

  private static HttpResponse<String> request(ControlApi api, String method, String path)
      throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + api.address().getPort() + path))
              .method(method, HttpRequest.BodyPublishers.noBody())
              .build(),
          HttpResponse.BodyHandlers.ofString());
    }
  }
}
