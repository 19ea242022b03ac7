package org.untorn.conformance.vm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.untorn.testkit.UntornExtension;
import org.untorn.testkit.vm.GuestKernel;
import org.untorn.testkit.vm.LinuxDisk;
import org.untorn.testkit.vm.LinuxExtension;

/**
 * The questions of blktests' scsi/009, asked of our disk, and of scsi_debug's to know that they can
 * be answered.
 */
final class AtomicDiskChecksTest {

  private static final int CHECKS = 13;

  @RegisterExtension static final LinuxExtension linux = LinuxExtension.with(GuestKernel.STABLE);

  @RegisterExtension
  static final UntornExtension target = UntornExtension.inMemory("--size", "64MiB");

  @TestFactory
  Stream<DynamicTest> our_disk_is_to_linux_what_it_says_it_is() {
    LinuxDisk disk = LinuxDisk.attach(linux, target.ready());
    List<String> lines = check(disk.name());
    disk.detach();

    assertThat(lines).hasSize(CHECKS);
    return lines.stream()
        .map(
            line ->
                DynamicTest.dynamicTest(
                    line.substring(line.indexOf("- ") + 2).replaceAll(": .*", ""),
                    () -> assertThat(line).startsWith("ok - ")));
  }

  @Test
  void the_kernels_own_atomic_disk_passes_every_check() {
    List<String> lines = checkScsiDebug("atomic_wr=1");

    assertThat(lines).hasSize(CHECKS).allMatch(line -> line.startsWith("ok - "));
  }

  /** The canary. */
  @Test
  void a_disk_without_write_atomic_does_not_pass() {
    assertThat(checkScsiDebug("atomic_wr=0"))
        .hasSize(CHECKS)
        .anyMatch(line -> line.startsWith("not ok - the unit range is not empty"));
  }

  private static List<String> checkScsiDebug(String parameters) {
    String disk = ScsiDebug.load(linux, parameters + " dev_size_mb=64");
    try {
      return check(disk);
    } finally {
      ScsiDebug.unload(linux);
    }
  }

  private static List<String> check(String disk) {
    return linux.sh("bash atomic-disk-checks.sh " + disk).lines().toList();
  }
}
