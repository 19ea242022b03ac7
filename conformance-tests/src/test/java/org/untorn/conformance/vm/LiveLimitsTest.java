package org.untorn.conformance.vm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.untorn.testkit.UntornExtension;
import org.untorn.testkit.vm.GuestKernel;
import org.untorn.testkit.vm.LinuxDisk;
import org.untorn.testkit.vm.LinuxExtension;

/** Limits change while Linux uses the disk: after a rescan it offers what holds now. */
final class LiveLimitsTest {

  @RegisterExtension static final LinuxExtension linux = LinuxExtension.with(GuestKernel.STABLE);

  @RegisterExtension
  static final UntornExtension target = UntornExtension.inMemory("--size", "64MiB");

  private static Optional<LinuxDisk> attached = Optional.empty();

  @BeforeAll
  static void log_in() {
    attached = Optional.of(LinuxDisk.attach(linux, target.ready()));
  }

  @AfterAll
  static void log_out() {
    attached.ifPresent(LinuxDisk::detach);
  }

  @Test
  void after_a_rescan_linux_offers_what_the_limits_are_now() {
    assertThat(offered()).isEqualTo(524_288);
    assertThat(written(131_072)).endsWith(": wrote 131072");

    limit(128);
    assertThat(written(65_536)).endsWith(": wrote 65536");
    assertThat(written(131_072)).endsWith(": EINVAL");
    assertThat(offered()).isEqualTo(65_536);

    limit(512);
    assertThat(written(131_072)).endsWith(": wrote 131072");
    assertThat(offered()).isEqualTo(262_144);
  }

  /**
   * Sets the longest atomic write and has Linux look again.
   *
   * @param blocks of 512 bytes
   */
  private static void limit(int blocks) {
    new Controls(target)
        .post(
            "/luns/%s/0/limits".formatted(target.ready().target()),
            "{\"atomicMax\":%1$d,\"atomicMaxWithBoundary\":%1$d}".formatted(blocks));
    linux.sh("echo 1 >/sys/block/%s/device/rescan".formatted(attached.orElseThrow().name()));
  }

  private static long offered() {
    return attached.orElseThrow().queue("atomic_write_unit_max_bytes");
  }

  private static String written(int bytes) {
    return linux.sh(
        "atomic-tool write pwritev2 atomic %1$s %2$d %2$d 5"
            .formatted(attached.orElseThrow().path(), bytes));
  }
}
