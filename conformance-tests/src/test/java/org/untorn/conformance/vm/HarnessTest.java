package org.untorn.conformance.vm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.untorn.testkit.vm.GuestKernel;
import org.untorn.testkit.vm.LinuxExtension;
import org.untorn.testkit.vm.ScriptRun;

/** The guest itself: scripts run, their ends are told, and its tools see what is there. */
final class HarnessTest {

  @RegisterExtension static final LinuxExtension linux = LinuxExtension.with(GuestKernel.STABLE);

  @Test
  void a_script_runs_as_root_on_the_kernel_that_is_told() {
    assertThat(linux.sh("id -u; uname -r")).isEqualTo("0\n" + linux.kernelRelease());
  }

  @Test
  void a_failing_script_fails_the_test_and_is_quoted() {
    ScriptRun run = linux.run(Duration.ofSeconds(20), "echo before; exit 7");

    assertThat(run.exitCode()).isEqualTo(7);
    assertThatThrownBy(run::successfulOutput)
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("ended with 7")
        .hasMessageContaining("before");
  }

  @Test
  void a_script_that_takes_too_long_is_ended_and_the_guest_goes_on() {
    ScriptRun run = linux.run(Duration.ofSeconds(1), "echo begun; sleep 600");

    assertThat(run.exitCode()).isEqualTo(ScriptRun.TIME_IS_UP);
    assertThat(run.output()).isEqualTo("begun");
    assertThat(linux.sh("echo still here")).isEqualTo("still here");
  }

  @Test
  void long_output_with_every_kind_of_line_comes_back_whole() {
    assertThat(linux.sh("seq 20000").lines().count()).isEqualTo(20_000);
    assertThat(linux.sh("printf 'no newline at the end'")).isEqualTo("no newline at the end");
    assertThat(linux.sh("printf 'a\\n\\nb\\n'")).isEqualTo("a\n\nb");
  }

  /**
   * The kernel's own disk is the oracle for the tools: if these fail, no verdict is worth anything.
   */
  @Test
  void the_tools_agree_with_the_kernel_about_scsi_debug() {
    linux.sh(
        "modprobe scsi_debug atomic_wr=1 dev_size_mb=32; until [ -b /dev/sda ]; do sleep 0.05; done");
    try {
      assertThat(linux.sh("atomic-tool statx /dev/sda"))
          .startsWith("mask=1 attribute=1 unit_min=1024 unit_max=524288 segments_max=1");
      assertThat(linux.sh("atomic-tool write pwritev2 atomic /dev/sda 4096 4096 1"))
          .endsWith(": wrote 4096");
      assertThat(linux.sh("atomic-tool write libaio atomic /dev/sda 1024 4096 1"))
          .endsWith(": EINVAL");
      assertThat(linux.sh("atomic-tool verify /dev/sda 4096 4096 1")).endsWith(": same");
      assertThat(linux.run(Duration.ofSeconds(20), "atomic-tool verify /dev/sda 4096 4096 2"))
          .returns(1, ScriptRun::exitCode)
          .returns("verify offset=4096 length=4096: DIFFERENT", ScriptRun::output);
      assertThat(
              linux.sh(
                  "echo 9c000000000000000001000000020000 out 1024 | atomic-tool scsi $(sg_of sda)"))
          .endsWith("out 1024: status=02 sense=5/24/00");
    } finally {
      linux.sh("rmmod scsi_debug");
    }
  }
}
