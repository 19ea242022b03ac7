package org.untorn.conformance.fault;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.untorn.testkit.Fault;
import org.untorn.testkit.Untorn;
import org.untorn.testkit.UntornExtension;

/**
 * Sessions that write and read the same blocks at once: each block, and each range that is only
 * written atomically, is one register. The last three tests are the canaries: what a race sees of
 * disks that are none.
 */
@Timeout(120)
class RacingSessionsTest {

  @RegisterExtension
  static final UntornExtension untorn =
      UntornExtension.breakableAs(
          """
          targets:
            - name: iqn.2026-11.org.untorn:race
              luns:
                - {size: 1MiB, volume: sound}
                - {size: 1MiB, volume: tearing}
          faults: {defects: [tears-long-atomic-writes@tearing]}
          """);

  @RegisterExtension
  static final UntornExtension halves =
      UntornExtension.breakable("--size", "1MiB", "--tear-plain-writes");

  @RegisterExtension
  static final UntornExtension onDisk = UntornExtension.inDirectory("--size", "1MiB");

  @Test
  void every_block_and_every_atomic_range_of_a_disk_in_memory_is_linearisable() {
    Race race = Race.of(untorn.ready(), 0, untorn.untorn().random());

    assertThat(race.violations()).isEmpty();
    race.isWorthSomething();
  }

  @Test
  void every_block_and_every_atomic_range_of_a_disk_on_a_disk_is_linearisable() {
    Race race = Race.of(onDisk.ready(), 0, untorn.untorn().random());

    assertThat(race.violations()).isEmpty();
    race.isWorthSomething();
  }

  @Test
  void where_plain_writes_are_carried_out_block_by_block_each_block_still_is() {
    Race race = Race.of(halves.ready(), 0, halves.untorn().random());

    assertThat(race.violations()).isEmpty();
    race.isWorthSomething();
    assertThat(race.mixedPlainReads())
        .as("plain writes of which each is the later one")
        .isPositive();
  }

  @Test
  void a_disk_that_tears_atomic_writes_is_seen_to() {
    Race race = Race.of(untorn.ready(), 1, untorn.untorn().random());

    assertThat(race.violations()).anyMatch(violation -> violation.contains("half of"));
  }

  @Test
  void a_disk_that_loses_a_write_that_it_answered_is_seen_to() {
    Untorn disk = untorn.untorn();
    disk.faults().add(Fault.on("write", "write-atomic").chance(0.02).does("lost"));

    List<String> violations = Race.of(untorn.ready(), 0, disk.random()).violations();

    assertThat(violations).anyMatch(violation -> violation.contains("fits nowhere"));
  }

  @Test
  void a_disk_that_flips_a_bit_is_seen_to() {
    Untorn disk = untorn.untorn();
    disk.faults().add(Fault.on("read").nth(50).does("bit-rot"));

    List<String> violations = Race.of(untorn.ready(), 0, disk.random()).violations();

    assertThat(violations).anyMatch(violation -> violation.contains("nobody wrote"));
  }
}
