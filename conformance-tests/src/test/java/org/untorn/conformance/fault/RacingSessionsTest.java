package org.untorn.conformance.fault;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.untorn.testkit.Fault;
import org.untorn.testkit.Ready;
import org.untorn.testkit.Untorn;
import org.untorn.testkit.UntornExtension;

/**
 * Sessions that write and read the same blocks at once: each block, and each range that is only
 * written atomically, is one register. The last three tests are the canaries: what a race sees of
 * disks that are none.
 */
@Timeout(120)
class RacingSessionsTest {

  private static final int MOST_RACES = 8;

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
    List<Race> races =
        racesUntil(race -> race.mixedPlainReads() > 0, halves.ready(), 0, halves.untorn().random());

    assertThat(races).allSatisfy(race -> assertThat(race.violations()).isEmpty());
    races.getLast().isWorthSomething();
    assertThat(races.getLast().mixedPlainReads())
        .as("plain writes of which each is the later one")
        .isPositive();
  }

  @Test
  void a_disk_that_tears_atomic_writes_is_seen_to() {
    assertSeen("half of", 1);
  }

  @Test
  void a_disk_that_loses_a_write_that_it_answered_is_seen_to() {
    Untorn disk = untorn.untorn();
    disk.faults().add(Fault.on("write", "write-atomic").chance(0.1).does("lost"));

    assertSeen("fits nowhere", 0);
  }

  @Test
  void a_disk_that_flips_a_bit_is_seen_to() {
    Untorn disk = untorn.untorn();
    disk.faults().add(Fault.on("read").nth(50).does("bit-rot"));

    assertSeen("nobody wrote", 0);
  }

  /** How sessions meet is chance: so a canary has some races to be seen in. */
  private static void assertSeen(String violation, int lun) {
    Race last =
        racesUntil(
                race -> race.violations().stream().anyMatch(seen -> seen.contains(violation)),
                untorn.ready(),
                lun,
                untorn.untorn().random())
            .getLast();
    assertThat(last.violations()).anyMatch(seen -> seen.contains(violation));
  }

  private static List<Race> racesUntil(Predicate<Race> seen, Ready target, int lun, Random random) {
    List<Race> races = new ArrayList<>();
    do {
      races.add(Race.of(target, lun, random));
    } while (!seen.test(races.getLast()) && races.size() < MOST_RACES);
    return races;
  }
}
