package org.untorn.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.untorn.daemon.fault.Defect;
import picocli.CommandLine;

/** The canaries of the proof: each disk that breaks a promise is found out, and by name. */
class BrokenDisksTest {

  @TempDir private Path directory = Path.of("");

  @ParameterizedTest(name = "{0}")
  @EnumSource(Defect.class)
  void a_broken_disk_is_named_within_fifty_cuts(Defect defect) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine line = Main.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));

    int exitCode =
        line.execute(
            "prove",
            "--cuts=50",
            "--seed=1",
            "--defect=" + defect.label(),
            "--evidence=" + directory.resolve("proof.json"));

    assertThat(exitCode).as(out.toString()).isEqualTo(1);
    assertThat(out.toString())
        .contains("The disk broke its promises.", "looks like the defect " + defect.label());
    assertThat(err.toString())
        .contains("the same again: untorn prove --seed 1 --cuts 50", "--defect " + defect.label());
  }
}
