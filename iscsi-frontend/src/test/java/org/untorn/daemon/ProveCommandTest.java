package org.untorn.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** The proof, on a disk that keeps its promises; broken ones are in {@code BrokenDisksTest}. */
class ProveCommandTest {

  @TempDir private Path directory = Path.of("");

  private record Answer(int exitCode, String out, String err) {}

  private static Answer run(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine line = Main.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    return new Answer(line.execute(arguments), out.toString(), err.toString());
  }

  @Test
  void a_proof_holds_and_its_replay_leads_to_the_same_hash() throws IOException {
    Path evidence = directory.resolve("proof.json");
    Answer proof = run("prove", "--cuts", "40", "--seed", "7", "--evidence", evidence.toString());

    assertThat(proof.exitCode()).as(proof.toString()).isZero();
    assertThat(proof.out())
        .contains("atomic writes by 0 of", "Every promise was kept.", "seed 7, ");
    assertThat(run("verdict", evidence.toString()).exitCode()).isZero();

    String before = Files.readString(evidence);
    Answer replay = run("prove", "--replay", evidence.toString());
    assertThat(replay.exitCode()).as(replay.toString()).isZero();
    assertThat(replay.out()).contains("the same happened as in " + evidence);
    assertThat(Files.readString(evidence)).isEqualTo(before);
  }

  @Test
  void blocks_in_a_directory_are_under_the_same_power() {
    Path evidence = directory.resolve("proof.json");
    Answer proof =
        run(
            "prove",
            "--cuts=15",
            "--seed=3",
            "--store=dir",
            "--profile=scsi_debug-6.16",
            "--json",
            "--evidence=" + evidence);

    assertThat(proof.exitCode()).as(proof.toString()).isZero();
    assertThat(proof.out()).hasLineCount(1).contains("\"holds\":true", "\"kept\":true");
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "--block-size=4096",
        "--luns=3",
        "--snapshots",
        "--block-size=4KiB --luns=2 --snapshots --atomic-max=64KiB"
      })
  void a_proof_holds_and_replays_with_other_blocks_several_disks_and_snapshots(String options)
      throws IOException {
    Path evidence = directory.resolve("proof.json");
    List<String> arguments =
        new ArrayList<>(List.of("prove", "--cuts=25", "--seed=11", "--evidence=" + evidence));
    arguments.addAll(List.of(options.split(" ", -1)));
    Answer proof = run(arguments.toArray(String[]::new));

    assertThat(proof.exitCode()).as(proof.toString()).isZero();
    if (options.contains("snapshots")) {
      assertThat(proof.out()).contains("snapshots under plain writes", "under atomic writes");
    }
    assertThat(run("verdict", evidence.toString()).exitCode()).isZero();
    assertThat(run("prove", "--replay", evidence.toString()).out())
        .contains("the same happened as in " + evidence);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "--cuts=0,                  from 1 to 100000",
    "--luns=0,                  from 1 to 64",
    "--block-size=1KiB,         there are 512 and 4KiB",
    "--store=tape,              there are ram and dir",
    "--profile=none,            has nothing to prove",
    "--profile=other,           no profile is named",
    "--atomic-max=5KiB,         must be a multiple",
    "--replay=/nowhere,         cannot replay",
  })
  void what_cannot_be_proved_is_refused_in_one_line(String option, String why) {
    Answer answer = run("prove", option);

    assertThat(answer.exitCode()).isEqualTo(2);
    assertThat(answer.err()).contains(why).hasLineCount(1);
  }
}
