package org.untorn.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.untorn.vpd.AtomicProfile;

/** A disk whose medium takes no changes, as a snapshot does not. */
class ReadOnlyTest {

  private final Bench bench = new Bench(Bench.profile(AtomicProfile.DEFAULT.limits()).readOnly());

  @Test
  void every_command_that_changes_the_medium_is_refused_as_write_protected() {
    List<Command> changing =
        bench.disk.unit().commands().rows().stream()
            .filter(row -> row.is(Command.Trait.CHANGES_MEDIUM))
            .toList();
    assertThat(changing).hasSizeGreaterThan(8);
    for (Command row : changing) {
      TestTask.Result result = bench.send(CommandTableTest.emptyCdb(row), new byte[0]);
      assertThat(result.status()).as(row.name()).isEqualTo(2);
      Bench.expect(result, "07 27 00");
    }
  }

  @Test
  void it_reads_and_says_that_it_is_write_protected() {
    assertThat(bench.data("28 00 00000000 00 0001 00")).hasSize(512).containsOnly(0);
    assertThat(bench.data("1A 00 08 00 FF 00")[2] & 0x80).as("WP").isEqualTo(0x80);
    Bench.expectGood(bench.send("35 00 00000000 00 0000 00"));
  }
}
