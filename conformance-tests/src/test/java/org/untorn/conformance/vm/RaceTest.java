package org.untorn.conformance.vm;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.untorn.testkit.UntornExtension;
import org.untorn.testkit.vm.GuestKernel;
import org.untorn.testkit.vm.LinuxDisk;
import org.untorn.testkit.vm.LinuxExtension;

/**
 * Two sessions at once: one writes, the other reads, both at full speed. Half of an atomic write is
 * never seen. The canary is a target that carries plain writes out block by block: there the same
 * race does see halves of plain writes, and still none of an atomic write.
 */
final class RaceTest {

  private static final Pattern RESULT =
      Pattern.compile("race .*: (\\d+) writes, (\\d+) reads, (\\d+) fresh, (\\d+) torn");

  /** What one race saw. */
  private record Result(long writes, long reads, long fresh, long torn) {}

  @RegisterExtension static final LinuxExtension linux = LinuxExtension.with(GuestKernel.STABLE);

  @RegisterExtension
  static final UntornExtension honest = UntornExtension.inMemory("--size", "64MiB");

  @RegisterExtension
  static final UntornExtension tearing =
      UntornExtension.inMemory(
          "--size",
          "64MiB",
          "--target-name",
          "iqn.2026-11.org.untorn:tearing",
          "--tear-plain-writes");

  @Test
  void a_reader_never_sees_half_of_an_atomic_write_of_another_session() {
    Result small = race(honest, "atomic", 4096, 1, 20);
    Result large = race(honest, "atomic", 65_536, 2, 40);

    assertThat(List.of(small, large)).allSatisfy(RaceTest::isWorthSomething);
    assertThat(small.torn() + large.torn()).isZero();
  }

  @Test
  void on_a_target_that_tears_plain_writes_the_race_sees_halves_of_them() {
    Result result = race(tearing, "plain", 65_536, 1, 15);

    isWorthSomething(result);
    assertThat(result.torn()).isPositive();
  }

  @Test
  void on_a_target_that_tears_plain_writes_atomic_writes_stay_whole() {
    Result result = race(tearing, "atomic", 65_536, 1, 15);

    isWorthSomething(result);
    assertThat(result.torn()).isZero();
  }

  /** A reader that never met a new write has proved nothing. */
  private static void isWorthSomething(Result result) {
    assertThat(result.writes()).isGreaterThan(500);
    assertThat(result.fresh()).isGreaterThan(200);
  }

  private static Result race(UntornExtension target, String how, int unit, int slots, int seconds) {
    LinuxDisk writer =
        LinuxDisk.attach(linux, target.ready(), List.of("node.session.nr_sessions=2"));
    LinuxDisk reader = LinuxDisk.of(linux, writer.target(), 0, 2);
    assertThat(reader.name()).isNotEqualTo(writer.name());
    try {
      String said =
          linux
              .run(
                  Duration.ofSeconds(seconds + 60L),
                  "atomic-tool race %s %s %s %d %d %d"
                      .formatted(writer.path(), reader.path(), how, unit, slots, seconds))
              .successfulOutput();
      System.err.println(said);
      Matcher result = RESULT.matcher(said);
      assertThat(result.matches()).as(said).isTrue();
      return new Result(
          Long.parseLong(result.group(1)),
          Long.parseLong(result.group(2)),
          Long.parseLong(result.group(3)),
          Long.parseLong(result.group(4)));
    } finally {
      writer.detach();
    }
  }
}
