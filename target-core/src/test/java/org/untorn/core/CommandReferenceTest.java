package org.untorn.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.untorn.vpd.AtomicProfile;

class CommandReferenceTest {

  private static final Path COMMITTED = Path.of("..", "docs", "COMMANDS.md");

  /** Ask Maven for it with {@code -Dcommand-reference=write}. */
  private static final boolean WRITE = "write".equals(System.getProperty("command-reference"));

  private final String rendered =
      CommandReference.render(
          new Bench(Bench.profile(AtomicProfile.DEFAULT.limits()).removable(true))
              .disk
              .unit()
              .commands());

  @Test
  void the_committed_reference_is_what_the_table_says() throws IOException {
    if (WRITE) {
      Files.createDirectories(COMMITTED.getParent());
      Files.writeString(COMMITTED, rendered);
    }
    assertThat(COMMITTED)
        .as(
            "docs/COMMANDS.md; write it again with: mvn test -pl target-core -am"
                + " -Dtest=CommandReferenceTest -Dsurefire.failIfNoSpecifiedTests=false"
                + " -Dcommand-reference=write")
        .hasContent(rendered);
  }

  @Test
  void every_command_and_its_layout_are_in_it() {
    assertThat(rendered)
        .contains("| 9Ch | [WRITE ATOMIC(16)](#write-atomic16) | SBC-4 | 16 | out | conflict |")
        .contains("| 10-11 | 7-0 | ATOMIC BOUNDARY |\n| 12-13 | 7-0 | TRANSFER LENGTH |\n")
        .contains("| A3h/0Ch | [REPORT SUPPORTED OPERATION CODES]")
        .contains("| 0Ah | Control | 4 | 3 | SWP | 0 | yes |")
        .doesNotContain(" \n");
  }
}
