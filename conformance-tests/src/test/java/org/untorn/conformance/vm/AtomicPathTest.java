package org.untorn.conformance.vm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.untorn.testkit.UntornExtension;
import org.untorn.testkit.vm.GuestKernel;
import org.untorn.testkit.vm.LinuxDisk;
import org.untorn.testkit.vm.LinuxExtension;

/**
 * pwritev2(RWF_ATOMIC) arrives as WRITE ATOMIC(16): the kernel's trace says how many it sent, the
 * target's counters how many came.
 */
@ParameterizedClass(name = "{0}")
@EnumSource(GuestKernel.class)
final class AtomicPathTest {

  private static final String SENT = "WRITE_ATOMIC_16";

  @RegisterExtension static final LinuxExtension linux = LinuxExtension.with(GuestKernel.STABLE);

  @RegisterExtension
  static final UntornExtension target = UntornExtension.inMemory("--size", "256MiB");

  @Parameter GuestKernel kernel = GuestKernel.STABLE;

  private static Optional<LinuxDisk> attached = Optional.empty();

  @BeforeParameterizedClassInvocation
  static void log_in(GuestKernel kernel) {
    linux.use(kernel);
    attached = Optional.of(LinuxDisk.attach(linux, target.ready()));
  }

  @AfterParameterizedClassInvocation
  static void log_out() {
    disk().detach();
  }

  /**
   * Alignment and granularity 8, maximum 8192 blocks of 512 bytes; Linux itself stops at 512 KiB.
   */
  @Test
  void sysfs_offers_4_KiB_to_512_KiB() {
    assertThat(disk().queue("atomic_write_unit_min_bytes")).isEqualTo(4096);
    assertThat(disk().queue("atomic_write_unit_max_bytes")).isEqualTo(512 << 10);
    assertThat(disk().queue("atomic_write_max_bytes")).isEqualTo(4 << 20);
    assertThat(disk().queue("atomic_write_boundary_bytes")).isZero();
  }

  @Test
  void statx_offers_the_same() {
    assertThat(linux.sh("atomic-tool statx " + disk().path()))
        .startsWith("mask=1 attribute=1 unit_min=4096 unit_max=524288 segments_max=1");
  }

  @Test
  void every_power_of_two_by_every_interface_arrives_once_and_reads_back() {
    long before = arrived();

    List<String> run =
        linux
            .sh(
                """
                trace_commands
                atomic-tool sweep %s 4096 524288
                sent_commands | grep -c %s
                """
                    .formatted(disk().path(), SENT))
            .lines()
            .toList();

    List<String> expected =
        Stream.iterate(4096, length -> length <= 524_288, length -> length * 2)
            .flatMap(
                length ->
                    Stream.of("pwritev2", "libaio", "uring").map(way -> way + " length=" + length))
            .toList();
    assertThat(run).hasSize(expected.size() + 1);
    for (int i = 0; i < expected.size(); i++) {
      assertThat(run.get(i)).startsWith(expected.get(i) + " ").endsWith(": wrote, same");
    }
    assertThat(run.getLast()).as("sent by the kernel").isEqualTo("" + expected.size());
    assertThat(arrived() - before).as("counted by the target").isEqualTo(expected.size());
  }

  @ParameterizedTest(name = "{0}: {1} at {2}, {3} bytes")
  @CsvSource({
    "two iovecs,                     atomic+2iov, 8192, 8192",
    "not naturally aligned,          atomic,      4096, 8192",
    "no power of two,                atomic,      0,    12288",
    "shorter than the shortest unit, atomic,      0,    2048",
    "longer than the longest unit,   atomic,      0,    1048576",
  })
  void the_kernel_refuses_and_sends_nothing(String why, String how, long offset, long length) {
    long before = arrived();

    String run =
        linux.sh(
            """
            trace_commands
            for way in pwritev2 libaio uring; do atomic-tool write $way %s %s %d %d 5; done
            sent_commands | grep -c WRITE || true
            """
                .formatted(how, disk().path(), offset, length));

    assertThat(run.lines())
        .as(why)
        .hasSize(4)
        .endsWith("0")
        .filteredOn(line -> line.endsWith(": EINVAL"))
        .hasSize(3);
    assertThat(arrived()).isEqualTo(before);
  }

  @Test
  void a_plain_write_is_no_write_atomic() {
    long before = arrived();

    String run =
        linux.sh(
            """
            trace_commands
            atomic-tool write pwritev2 plain %s 0 65536 9
            sent_commands
            """
                .formatted(disk().path()));

    assertThat(run)
        .contains("wrote 65536")
        .contains("WRITE_10 lba=0 txlen=128")
        .doesNotContain(SENT);
    assertThat(arrived()).isEqualTo(before);
  }

  /** What the kernel sends, byte for byte: no boundary, no group, no FUA. */
  @Test
  void the_command_that_is_sent_has_the_layout_of_the_standard() {
    String run =
        linux.sh(
            """
            trace_commands
            atomic-tool write pwritev2 atomic %s 1048576 65536 9
            sent_commands
            """
                .formatted(disk().path()));

    assertThat(run)
        .contains("WRITE_ATOMIC_16 lba=2048 txlen=128 boundary_size=0")
        .contains("raw=9c 00 00 00 00 00 00 00 08 00 00 00 00 80 00 00");
  }

  private static LinuxDisk disk() {
    return attached.orElseThrow();
  }

  private static long arrived() {
    return Counters.of(target.ready()).commands(0, 0x9c);
  }
}
