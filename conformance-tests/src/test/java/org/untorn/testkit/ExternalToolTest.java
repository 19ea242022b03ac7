package org.untorn.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.opentest4j.TestAbortedException;

class ExternalToolTest {

  private static final Duration LIMIT = Duration.ofSeconds(10);

  private final ExternalTool shell = ExternalTool.find("sh", "every system has one");

  @Test
  void a_run_gives_exit_code_output_and_errors() {
    ToolRun run = shell.run(LIMIT, "-c", "echo out; echo err >&2; exit 3");

    assertThat(run.exitCode()).isEqualTo(3);
    assertThat(run.output()).isEqualTo("out");
    assertThat(run.errors()).isEqualTo("err");
    assertThatThrownBy(run::successfulOutput)
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("ended with 3")
        .hasMessageContaining("err");
  }

  @Test
  void a_program_that_prints_more_than_a_pipe_holds_is_not_held_up() {
    ToolRun run =
        shell.run(LIMIT, "-c", "i=0; while [ $i -lt 20000 ]; do echo $i; i=$((i+1)); done");

    assertThat(run.successfulOutput().lines()).hasSize(20_000);
  }

  @Test
  void a_program_that_does_not_end_is_killed_and_quoted() {
    assertThatThrownBy(() -> shell.run(Duration.ofMillis(300), "-c", "echo began; exec sleep 60"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("did not end within")
        .hasMessageContaining("began");
  }

  @Test
  void a_missing_program_aborts_the_test_and_fails_it_in_continuous_integration() {
    assertThatThrownBy(() -> ExternalTool.missing("nosuch", "package x", false))
        .isInstanceOf(TestAbortedException.class)
        .hasMessage("nosuch is not installed (package x)");
    assertThatThrownBy(() -> ExternalTool.missing("nosuch", "package x", true))
        .isInstanceOf(AssertionError.class)
        .hasMessage("nosuch is not installed (package x)");
  }
}
