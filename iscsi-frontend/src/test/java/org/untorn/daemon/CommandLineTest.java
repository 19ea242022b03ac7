package org.untorn.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class CommandLineTest {

  private static final String DEFAULTS =
      """
      listen: 127.0.0.1:3260
      advertise: reached
      control: 127.0.0.1:0
      dir: untorn-data
      threshold: 80%
      targets:
        - name: iqn.2026-11.org.untorn:disk0
          luns:
            - lun: 0
              volume: disk0-lun0
              size: 1GiB
              blockSize: 512
              physicalBlockSize: 4096
              atomic:
                max: 8192
                alignment: 8
                granularity: 8
                maxWithBoundary: 8192
                boundaryMax: 128
      """;

  @TempDir private Path directory = Path.of("");

  /** What a run printed and how it ended. */
  private record Run(int exitCode, String out, String err) {}

  @Test
  void without_options_the_defaults_are_shown() {
    assertThat(run("config", "--print")).isEqualTo(new Run(0, DEFAULTS, ""));
  }

  @Test
  void every_option_ends_in_the_configuration() {
    assertThat(
            run(
                "config",
                "--print",
                "--listen",
                "[::1]:1",
                "--advertise",
                "none",
                "--control",
                "localhost:2",
                "--ram",
                "--threshold",
                "70%",
                "--target-name",
                "iqn.2026-11.org.example:x",
                "--size",
                "64MiB",
                "--block-size",
                "512",
                "--physical-block-size",
                "512",
                "--profile",
                "none",
                "--atomic-max",
                "64KiB",
                "--atomic-alignment",
                "2",
                "--atomic-granularity",
                "4",
                "--atomic-max-with-boundary",
                "16",
                "--atomic-boundary-max",
                "8"))
        .isEqualTo(
            new Run(
                0,
                """
                listen: "[::1]:1"
                advertise: none
                control: localhost:2
                ram: true
                threshold: 70%
                targets:
                  - name: iqn.2026-11.org.example:x
                    luns:
                      - lun: 0
                        volume: x-lun0
                        size: 64MiB
                        blockSize: 512
                        physicalBlockSize: 512
                        atomic:
                          max: 128
                          alignment: 2
                          granularity: 4
                          maxWithBoundary: 16
                          boundaryMax: 8
                """,
                ""));
  }

  @Test
  void what_print_shows_is_read_back_to_the_same() throws IOException {
    Path file = directory.resolve("untorn.yaml");
    for (List<String> options :
        List.of(
            List.<String>of(),
            List.of("--ram", "--listen", "[::1]:0"),
            List.of("--dir", "true", "--profile", "none"),
            List.of("--ram", "--power", "--seed", "-7", "--tear-plain-writes"),
            List.of("--ram", "--history"),
            List.of("--cache", "1MiB", "--defect", "fua-lies", "--fault", "op=read,9c busy"),
            List.of("--dir", "a: b#c", "--block-size", "4KiB", "--profile", "scsi_debug-6.11"))) {
      String shown = run(with(options, "config", "--print")).out();
      Files.writeString(file, shown);

      assertThat(run("config", "--print", "--config", file.toString()))
          .as("%s", options)
          .isEqualTo(new Run(0, shown, ""));
    }
  }

  @Test
  void flags_say_where_a_file_is_served_but_not_what() throws IOException {
    Path file = directory.resolve("untorn.yaml");
    Files.writeString(file, DEFAULTS);

    assertThat(
            run("config", "--print", "--config", file.toString(), "--ram", "--listen", "[::1]:9")
                .out())
        .isEqualTo(
            DEFAULTS
                .replace("listen: 127.0.0.1:3260", "listen: \"[::1]:9\"")
                .replace("dir: untorn-data", "ram: true"));
    isRefused(
        "--size, --atomic-max cannot stand beside --config: say it in " + file,
        "config",
        "--config",
        file.toString(),
        "--size",
        "1GiB",
        "--atomic-max",
        "8");
  }

  @Test
  void what_cannot_be_is_said_in_one_line_that_says_what_to_do() {
    isRefused(
        "Invalid value for option '--size': '1x' is no size; write for example 512, 64KiB, 1GiB"
            + " (see 'untorn config --help')",
        "config",
        "--size",
        "1x");
    isRefused(
        "Invalid value for option '--listen' (HOST:PORT[,TAG]): 'x' is no place to listen; write HOST:PORT, for"
            + " example 127.0.0.1:3260 (see 'untorn config --help')",
        "config",
        "--listen",
        "x");
    isRefused(
        "Invalid value for option '--atomic-max': '-' is neither a number of blocks like 128 nor a"
            + " size like 64KiB (see 'untorn config --help')",
        "config",
        "--atomic-max",
        "-");
    isRefused("Unknown option: '--sise' (see 'untorn config --help')", "config", "--sise");
    isRefused("--dir and --ram exclude each other: give one", "config", "--ram", "--dir", "x");
    isRefused(
        "no profile is named 'x'; there are default, scsi_debug-6.11, scsi_debug-6.16, none",
        "config",
        "--profile",
        "x");
    isRefused(
        "a block size of 2147483647: 512 and 4096 are supported", "config", "--block-size", "3GiB");
    isRefused(
        "1KiB is not a whole number of blocks of 4096 bytes",
        "config",
        "--block-size",
        "4096",
        "--atomic-max",
        "1KiB");
    isRefused("there is no file nowhere.yaml", "config", "--config", "nowhere.yaml");
  }

  @Test
  void a_file_without_targets_is_refused() throws IOException {
    Path file = directory.resolve("empty.yaml");
    Files.writeString(file, "ram: true\n");

    isRefused("no targets: there is nothing to serve", "config", "--config", file.toString());
  }

  @Test
  void two_units_on_one_volume_are_refused() throws IOException {
    Path file = directory.resolve("two.yaml");
    Files.writeString(
        file,
        """
        targets:
          - {name: iqn.2026-11.org.a:disk, luns: [{}]}
          - {name: iqn.2026-11.org.b:disk, luns: [{}]}
        """);

    isRefused(
        "two logical units keep their blocks in the volume 'disk-lun0'; give one another 'volume'",
        "config",
        "--config",
        file.toString());
  }

  @Test
  void the_doctor_says_what_it_cannot_examine() throws IOException {
    Path file = Files.createFile(directory.resolve("file"));

    isRefused("there is no /dev/nowhere", "doctor", "/dev/nowhere");
    isRefused(file + " is neither a disk nor a directory", "doctor", file.toString());
  }

  @Test
  void help_and_version_are_there() {
    assertThat(run("--version").out()).startsWith("untorn 0.").contains("on Java ");
    assertThat(run("--help").out()).contains("untorn serve", "Exit codes");
    assertThat(run("config", "--help").out())
        .contains("--listen", "--atomic-boundary-max", "targets:");
    assertThat(run().exitCode()).isEqualTo(2);
    assertThat(run().err()).contains("Usage: untorn");
  }

  @Test
  void rules_and_defects_are_checked_before_they_are_served() throws IOException {
    isRefused(
        "--fault: 'op=read busy now', column 14: 'now' is one word too many",
        "config",
        "--fault",
        "op=read busy now");
    isRefused("--fault: 'cut-power': cut-power needs --power", "config", "--fault", "cut-power");
    isRefused(
        "--defect fua-lies@tape: no volume 'tape' is served; there are db",
        "config",
        "--volume",
        "db",
        "--defect",
        "fua-lies@tape");
    Path file = directory.resolve("untorn.yaml");
    Files.writeString(file, DEFAULTS + "faults:\n  rules:\n    - explode\n");
    assertThat(run("config", "--config", file.toString()).err())
        .startsWith("untorn: --fault: 'explode', column 1: no action is named 'explode'")
        .hasLineCount(1);
  }

  private static void isRefused(String line, String... arguments) {
    assertThat(run(arguments)).isEqualTo(new Run(2, "", "untorn: " + line + "\n"));
  }

  private static String[] with(List<String> options, String... first) {
    return Stream.concat(Arrays.stream(first), options.stream()).toArray(String[]::new);
  }

  private static Run run(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine commandLine =
        Main.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    int exitCode = commandLine.execute(arguments);
    return new Run(exitCode, out.toString(), err.toString());
  }
}
