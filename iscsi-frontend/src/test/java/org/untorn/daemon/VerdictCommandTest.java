package org.untorn.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.untorn.daemon.verdict.Evidence;
import org.untorn.daemon.verdict.EvidenceFile;
import org.untorn.daemon.verdict.Recording;
import org.untorn.oracle.History;
import org.untorn.oracle.Operation;
import picocli.CommandLine;

class VerdictCommandTest {

  @TempDir private Path directory = Path.of("");

  private record Answer(int exitCode, String out, String err) {}

  private static Answer verdict(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine line = Main.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    String[] all = new String[arguments.length + 1];
    all[0] = "verdict";
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    return new Answer(line.execute(all), out.toString(), err.toString());
  }

  /** A flushed write of two blocks, and what is found of it after a cut. */
  private Path history(long first, long second) throws IOException {
    return history(first, second, Map.of("seed", "7"));
  }

  private Path history(long first, long second, Map<String, String> facts) throws IOException {
    History.Recorder recorder = new History.Recorder();
    recorder.found(0, List.of(0L, 0L));
    recorder.answered(recorder.sent(Operation.Write.plain(0, List.of(1L, 2L))));
    recorder.answered(recorder.sent(new Operation.Flush()));
    recorder.cut();
    recorder.found(0, List.of(first, second));
    Recording recording =
        new Recording("plain & simple", 512, OptionalLong.empty(), recorder.history());
    Path file = directory.resolve("history.json");
    Files.writeString(file, EvidenceFile.text(new Evidence(facts, List.of(recording))).text());
    return file;
  }

  @Test
  void a_disk_that_kept_its_promises_is_let_go() throws IOException {
    Answer answer = verdict(history(1, 2).toString());

    assertThat(answer.exitCode()).isZero();
    assertThat(answer.out()).contains("plain & simple      1                  0     0     0");
    assertThat(verdict(history(1, 2).toString(), "--json").out())
        .startsWith("{\"kept\":true,")
        .contains("\"cutsWith\":{\"new\":1,\"old\":0,\"torn\":0")
        .hasLineCount(1);
  }

  @Test
  void a_disk_that_lied_about_a_flush_is_told_so_in_every_form() throws IOException {
    Path xml = directory.resolve("verdict.xml");
    Path html = directory.resolve("verdict.html");
    Answer answer =
        verdict(history(1, 0).toString(), "--junit", xml.toString(), "--html", html.toString());

    assertThat(answer.exitCode()).isEqualTo(1);
    assertThat(answer.out())
        .contains("flush-lies")
        .contains("cut 1: lost: write 1 (WRITE of 2 blocks at 0), made stable by flush 2, is gone");
    assertThat(Files.readString(xml))
        .contains(
            "<testsuite name=\"plain &amp; simple\" tests=\"6\" failures=\"1\" errors=\"0\" skipped=\"0\"")
        .contains("<failure type=\"DURABILITY\"");
    assertThat(Files.readString(html))
        .startsWith("<!doctype html>")
        .contains("plain &amp; simple", "flush-lies", "class=\"lost\"")
        .doesNotContain("http://", "https://", "plain & simple");
  }

  @Test
  void what_is_not_whole_is_not_let_go() throws IOException {
    Path html = directory.resolve("verdict.html");
    String file = history(1, 2, Map.of(Evidence.gap("plain & simple"), "full")).toString();
    Path xml = directory.resolve("verdict.xml");
    Answer answer = verdict(file, "--html", html.toString(), "--junit", xml.toString());

    assertThat(answer.exitCode()).isEqualTo(1);
    assertThat(answer.out()).contains("plain & simple is not whole: full");
    assertThat(verdict(file, "--json").out()).startsWith("{\"kept\":false,\"whole\":false,");
    assertThat(Files.readString(html)).contains("plain &amp; simple is not whole: full");
    assertThat(Files.readString(xml))
        .contains("tests=\"6\" failures=\"0\" errors=\"1\" skipped=\"5\"")
        .contains("name=\"The recording is whole.\"><error message=\"full\"/></testcase>")
        .contains("<skipped message=\"inconclusive: full\"/>");
  }

  @Test
  void a_page_that_cannot_be_written_is_no_verdict() throws IOException {
    String nowhere = directory.resolve("none/page.html").toString();
    for (String option : List.of("--html", "--junit")) {
      Answer answer = verdict(history(1, 2).toString(), option, nowhere);
      assertThat(answer.exitCode()).isEqualTo(2);
      assertThat(answer.err()).startsWith("untorn: cannot write " + nowhere).hasLineCount(1);
    }
  }

  @Test
  void what_is_no_history_is_refused_in_one_line() throws IOException {
    Path file = Files.writeString(directory.resolve("other.json"), "{\"format\":\"other\"}");

    Answer answer = verdict(file.toString());

    assertThat(answer.exitCode()).isEqualTo(2);
    assertThat(answer.err()).contains("its format is not untorn-history-1").hasLineCount(1);
    assertThat(verdict(directory.resolve("none").toString()).exitCode()).isEqualTo(2);
  }
}
