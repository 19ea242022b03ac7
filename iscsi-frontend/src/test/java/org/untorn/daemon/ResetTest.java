package org.untorn.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.untorn.daemon.config.FaultConfig;
import org.untorn.iscsi.initiator.InitiatorSession;

/** What a reset leaves, and what follows from its seed. */
class ResetTest {

  private static final int READS = 40;

  @Test
  void after_a_reset_with_a_seed_the_same_commands_have_the_same_faults_and_cuts()
      throws IOException {
    try (OneDisk disk = new OneDisk(FaultConfig.power(1).withRules())) {
      List<String> first = run(disk, "7");
      List<String> other = run(disk, "8");

      assertThat(run(disk, "7")).isEqualTo(first);
      assertThat(other).isNotEqualTo(first);
    }
  }

  /** What 40 reads under a rule of chance end in, and what a cut leaves of 8 blocks each. */
  private static List<String> run(OneDisk disk, String seed) {
    assertThat(disk.run("reset", "--seed", seed).out()).isEqualTo("reset; 0 held commands go on");
    assertThat(disk.run("power", "status").out()).contains(", 0 writes at risk; seed " + seed);
    List<String> seen = new ArrayList<>();
    disk.run("fault", "add", "op=read", "chance=0.5", "busy");
    try (InitiatorSession session = disk.login()) {
      for (int i = 0; i < READS; i++) {
        seen.add(Integer.toString(session.execute(OneDisk.read(0, 1)).status()));
      }
      disk.run("fault", "clear");
      for (int i = 0; i < READS; i++) {
        assertThat(session.execute(OneDisk.write(8 * i, 8, i)).isGood()).isTrue();
      }
    }
    String cut = disk.run("power", "cut", "--back", "1ms").out().lines().toList().getLast();
    seen.add(cut.substring(cut.indexOf(':')));
    disk.run("power", "on");
    return seen;
  }

  @Test
  void a_reset_that_cannot_be_is_refused_with_exit_code_2() throws IOException {
    try (OneDisk disk = new OneDisk(FaultConfig.NONE)) {
      assertThat(disk.run("reset", "--json").out()).isEqualTo("{\"released\":0}");
      assertThat(disk.run("fault", "list").exitCode()).as("refused by the daemon").isEqualTo(2);
      assertThat(disk.run("power", "cut").exitCode()).as("refused by the daemon").isEqualTo(2);
      assertThat(disk.run("session", "drop", "9", "--json").exitCode()).isEqualTo(2);
    }
    assertThat(ProgramRun.of("reset", "--control", "127.0.0.1:1").exitCode())
        .as("nobody listens")
        .isEqualTo(1);
  }
}
