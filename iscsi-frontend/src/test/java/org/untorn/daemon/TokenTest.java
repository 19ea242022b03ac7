package org.untorn.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.untorn.daemon.config.ConfigFile;
import org.untorn.daemon.config.DaemonConfig;
import org.untorn.daemon.config.Parsed;

/** The token of the control API, from the configuration to the verbs. */
class TokenTest {

  private static final String SECRET = "0123456789abcdef0123456789abcdef";

  @TempDir private Path directory = Path.of("");
  private Path file = Path.of("");

  @BeforeEach
  void write() throws IOException {
    file = Files.writeString(directory.resolve("untorn.token"), SECRET);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
  }

  private static DaemonConfig config(Path yaml) {
    return switch (ConfigFile.read(yaml)
        .then(
            read ->
                DaemonConfig.of(
                    read.listen(),
                    read.advertised(),
                    read.control(),
                    read.storage(),
                    read.capacity(),
                    read.access(),
                    read.targets()))) {
      case Parsed.Value<DaemonConfig>(DaemonConfig config) -> config;
      case Parsed.Wrong<DaemonConfig>(String why) -> throw new AssertionError(why);
    };
  }

  private Daemon start(String control, boolean withToken) throws IOException {
    Path yaml =
        Files.writeString(
            directory.resolve("untorn.yaml"),
            """
            listen: 127.0.0.1:0
            control: %s
            ram: true
            %s
            targets: [{name: iqn.2026-11.org.untorn:test, luns: [{size: 1MiB}]}]
            """
                .formatted(control, withToken ? "controlToken: " + file : ""));
    return Daemon.start(config(yaml));
  }

  private static int status(Daemon daemon, String path, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(
            URI.create("http://127.0.0.1:" + daemon.ready().control().getPort() + path));
    if (headers.length > 0) {
      request.headers(headers);
    }
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(request.build(), HttpResponse.BodyHandlers.discarding()).statusCode();
    }
  }

  @Test
  void an_api_that_other_hosts_can_reach_does_not_start_without_a_token() {
    assertThatThrownBy(() -> start("0.0.0.0:0", false))
        .isInstanceOf(IOException.class)
        .hasMessage(
            "other hosts can reach a control API at 0.0.0.0:0, so it needs a token: give"
                + " --control-token FILE, or set UNTORN_CONTROL_TOKEN");
    ProgramRun run = ProgramRun.of("config", "--control", "0.0.0.0:8080");
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err().lines()).singleElement().asString().contains("so it needs a token");
  }

  @Test
  void with_a_token_every_resource_asks_for_it_also_on_loopback() throws Exception {
    for (String control : List.of("127.0.0.1:0", "0.0.0.0:0")) {
      try (Daemon daemon = start(control, true)) {
        for (String path : List.of("/version", "/healthz", "/metrics", "/faults", "/nowhere")) {
          assertThat(status(daemon, path)).as(path).isEqualTo(401);
          assertThat(status(daemon, path, "Authorization", "Bearer " + SECRET.substring(1)))
              .as(path)
              .isEqualTo(401);
        }
        assertThat(status(daemon, "/version", "Authorization", "Bearer " + SECRET)).isEqualTo(200);
      }
    }
  }

  @Test
  void the_verbs_take_the_token_and_say_in_one_line_if_it_is_missing() throws Exception {
    try (Daemon daemon = start("127.0.0.1:0", true)) {
      for (List<String> verb :
          List.of(
              List.of("sessions"),
              List.of("limits"),
              List.of("limits", "set", "atomic-max=64KiB", "atomic-max-with-boundary=64KiB"),
              List.of("reset"),
              List.of("volume", "list"))) {
        ProgramRun without = ProgramRun.at(daemon, verb.toArray(String[]::new));
        assertThat(without.exitCode()).as("%s", verb).isNotZero();
        assertThat(without.err())
            .isEqualTo(
                "untorn: the control API asks for its token: say --control-token FILE, or set"
                    + " UNTORN_CONTROL_TOKEN");
        List<String> with = new ArrayList<>(verb);
        with.addAll(List.of("--control-token", file.toString(), "--json"));
        ProgramRun run = ProgramRun.at(daemon, with.toArray(String[]::new));
        assertThat(run)
            .as("%s", verb)
            .returns(0, ProgramRun::exitCode)
            .returns("", ProgramRun::err);
        assertThat(run.out()).startsWith("{").doesNotContain(SECRET);
      }
    }
  }

  @Test
  void who_has_the_token_may_change_things_by_whatever_name_the_api_is_known() throws Exception {
    try (Daemon daemon = start("0.0.0.0:0", true)) {
      assertThat(raw(daemon, "Authorization: Bearer " + SECRET)).isEqualTo(200);
      assertThat(raw(daemon, "Authorization: Bearer " + SECRET.toUpperCase(Locale.ROOT)))
          .isEqualTo(401);
    }
    try (Daemon daemon = start("127.0.0.1:0", false)) {
      assertThat(raw(daemon, "Authorization: Bearer " + SECRET))
          .as("a foreign name")
          .isEqualTo(403);
    }
  }

  /** The status of a reset that is sent to a name that is not this host's. */
  private static int raw(Daemon daemon, String header) throws IOException {
    try (Socket socket =
        new Socket(InetAddress.getLoopbackAddress(), daemon.ready().control().getPort())) {
      String request =
          "POST /reset HTTP/1.1\r\nHost: untorn.example\r\nContent-Type: application/json\r\n"
              + header
              + "\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return Integer.parseInt(answer.substring(9, 12));
    }
  }

  @Test
  void the_configuration_names_the_file_and_not_what_is_in_it() {
    ProgramRun run = ProgramRun.of("config", "--print", "--control-token", file.toString());

    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).contains("controlToken: " + file).doesNotContain(SECRET);
  }
}
