package org.untorn.conformance.vm;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.untorn.testkit.UntornExtension;
import org.untorn.testkit.vm.GuestKernel;
import org.untorn.testkit.vm.LinuxDisk;
import org.untorn.testkit.vm.LinuxExtension;
import org.untorn.testkit.vm.ScriptRun;

/**
 * {@code untorn doctor} on a real Linux: what it says of a disk is what the disk and the kernel
 * are, and what it tries arrives.
 */
final class DoctorTest {

  @RegisterExtension static final LinuxExtension linux = LinuxExtension.with(GuestKernel.BACKPORTS);

  @RegisterExtension
  static final UntornExtension target =
      UntornExtension.configured(
          """
          targets:
            - name: iqn.2026-11.org.untorn:patients
              luns:
                - {lun: 0, size: 64MiB}
                - {lun: 1, size: 64MiB, profile: none}
          """);

  private static Optional<PortableUntorn> untorn = Optional.empty();
  private static Optional<LinuxDisk> attached = Optional.empty();

  @BeforeAll
  static void bring_the_doctor_and_log_in(@TempDir Path folder) throws Exception {
    untorn = Optional.of(PortableUntorn.on(linux, folder));
    attached = Optional.of(LinuxDisk.attach(linux, target.ready()));
  }

  @AfterAll
  static void log_out() {
    attached.ifPresent(LinuxDisk::detach);
    untorn.ifPresent(PortableUntorn::remove);
  }

  @Test
  void an_atomic_disk_is_told_in_words_and_every_check_passes_and_nothing_changes() {
    linux.sh(
        "dd if=/dev/urandom of=%s bs=1M count=2 oflag=direct status=none"
            .formatted(atomic().path()));
    String before = sum();
    long arrived = arrived();

    ScriptRun run = doctor(atomic().path());

    assertThat(run.output())
        .contains(
            atomic().path() + ": UNTORN ATOMIC DISK, blocks of 512 bytes, physical ones of 4096")
        .contains("WRITE ATOMIC(16) of up to 4MiB, in multiples of 4KiB, at multiples of 4KiB")
        .contains("and of up to 4MiB in several operations, each of up to 64KiB")
        .contains(
            "Linux %s: RWF_ATOMIC writes of 4KiB to 512KiB, each a power of two"
                .formatted(linux.kernelRelease()))
        .contains("statx tells what /sys does")
        .endsWith("Every check passed.");
    assertThat(run.output().lines().filter(line -> line.endsWith("written, and reads back")))
        .hasSize(8)
        .allMatch(line -> line.matches("  ok   (4|8|16|32|64|128|256|512)KiB at once +written.*"));
    assertThat(run.output().lines().filter(line -> line.contains("refused, EINVAL")))
        .hasSize(4)
        .allMatch(line -> line.startsWith("  ok   "));
    assertThat(run.exitCode()).isZero();
    assertThat(arrived() - arrived).as("WRITE ATOMIC(16)").isEqualTo(8);
    assertThat(sum()).isEqualTo(before);
  }

  @Test
  void a_disk_without_write_atomic_has_nothing_to_check() {
    LinuxDisk plain = LinuxDisk.of(linux, atomic().target(), 1, 1);

    ScriptRun run = doctor(plain.path());

    assertThat(run.output())
        .contains("no WRITE ATOMIC: its Block Limits page has no atomic limits")
        .contains("Linux " + linux.kernelRelease() + ": no atomic writes")
        .endsWith("There are no atomic writes here.");
    assertThat(run.exitCode()).isEqualTo(1);
  }

  @Test
  void a_disk_in_use_is_refused_and_its_directory_is_examined() {
    linux.sh("mkfs.ext4 -q -F -b 4096 %1$s && mount %1$s /mnt".formatted(atomic().path()));
    long arrived = arrived();
    ScriptRun disk = doctor(atomic().path());
    assertThat(arrived()).as("WRITE ATOMIC(16) to a disk in use").isEqualTo(arrived);
    ScriptRun directory = doctor("/mnt");
    String left = linux.sh("ls -A /mnt; umount /mnt");

    assertThat(disk.output())
        .contains(
            "no check was made: cannot have %s alone, EBUSY: in use".formatted(atomic().path()));
    assertThat(disk.exitCode()).isEqualTo(1);
    assertThat(directory.output())
        .contains("/mnt: a directory on /mnt")
        .contains("atomic writes to files of 4KiB to 4KiB")
        .contains("ok   4KiB at once")
        .endsWith("Every check passed.");
    assertThat(directory.exitCode()).isZero();
    assertThat(arrived() - arrived).isEqualTo(1);
    assertThat(left).isEqualTo("lost+found");
  }

  private static ScriptRun doctor(String path) {
    return untorn.orElseThrow().run("doctor " + path);
  }

  private static LinuxDisk atomic() {
    return attached.orElseThrow();
  }

  private static long arrived() {
    return Counters.of(target.ready()).commands(0, 0x9c);
  }

  /** A checksum of the first 2 MiB. */
  private static String sum() {
    return linux.sh(
        "dd if=%s bs=1M count=2 iflag=direct status=none | sha256sum".formatted(atomic().path()));
  }
}
