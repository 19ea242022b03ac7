package org.untorn.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The daemon as a process of its own: what a shell or a service manager sees of it. */
class ServeProcessTest {

  private static final long PATIENCE_SECONDS = 60;

  @TempDir private Path directory = Path.of("");

  private final List<Process> started = new ArrayList<>();

  @AfterEach
  void kill() throws InterruptedException {
    for (Process process : started) {
      process.destroyForcibly().waitFor();
    }
  }

  @Test
  void sigterm_ends_it_cleanly_with_exit_code_0_and_the_next_start_finds_everything()
      throws IOException, InterruptedException {
    Path store = directory.resolve("store");
    String[] options = {"--json", "--dir", store.toString(), "--listen", "127.0.0.1:0"};
    Process first = serve(options);
    BufferedReader out = first.inputReader();
    JsonNode ready = new ObjectMapper().readTree(out.readLine());

    first.toHandle().destroy();

    assertThat(ended(first)).isZero();
    assertThat(out.readLine()).as("standard output after the ready line").isNull();
    assertThat(store.resolve("control.json")).doesNotExist();
    Process second = serve(options);
    assertThat(new ObjectMapper().readTree(second.inputReader().readLine()).path("target"))
        .isEqualTo(ready.path("target"));
    second.toHandle().destroy();
    assertThat(ended(second)).isZero();
  }

  @Test
  void what_cannot_be_had_is_one_line_on_standard_error_and_exit_code_1()
      throws IOException, InterruptedException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String there = "127.0.0.1:" + taken.getLocalPort();

      Process process = serve("--ram", "--listen", there);

      assertThat(ended(process)).isEqualTo(1);
      assertThat(process.inputReader().readLine()).isNull();
      assertThat(process.errorReader().lines())
          .singleElement()
          .asString()
          .startsWith("untorn: cannot listen on " + there)
          .endsWith("give another --listen, or port 0 for any that is free");
    }
  }

  @Test
  void listening_beyond_loopback_is_warned_of_on_standard_error()
      throws IOException, InterruptedException {
    Process process = serve("--ram", "--json", "--listen", "0.0.0.0:0");

    assertThat(process.inputReader().readLine()).startsWith("{\"event\":\"ready\"");
    process.toHandle().destroy();

    assertThat(ended(process)).isZero();
    assertThat(process.errorReader().lines())
        .anyMatch(line -> line.contains("WARN") && line.contains("asks for no password"));
  }

  private Process serve(String... options) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-cp",
            System.getProperty("java.class.path"),
            "org.untorn.daemon.Main",
            "serve"));
    command.addAll(List.of(options));
    Process process = new ProcessBuilder(command).start();
    started.add(process);
    return process;
  }

  private static int ended(Process process) throws InterruptedException {
    assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).as("it ended").isTrue();
    return process.exitValue();
  }
}
