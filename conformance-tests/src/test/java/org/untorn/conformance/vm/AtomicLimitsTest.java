package org.untorn.conformance.vm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.untorn.testkit.UntornExtension;
import org.untorn.testkit.vm.GuestKernel;
import org.untorn.testkit.vm.LinuxDisk;
import org.untorn.testkit.vm.LinuxExtension;
import org.untorn.vpd.AtomicLimits;
import org.untorn.vpd.AtomicProfile;
import org.untorn.vpd.LinuxAtomicLimits;

/**
 * What Linux makes of the limits, over every preset and a set of odd ones: a real kernel against
 * {@link LinuxAtomicLimits}. Where Linux offers atomic writes, a write at each end of the range
 * must arrive.
 */
final class AtomicLimitsTest {

  /** One logical unit: what it is told to be. */
  private record Device(String why, int blockSize, int physicalBlockSize, AtomicLimits limits) {
    String yaml(int lun) {
      return """
                - {lun: %d, size: 64MiB, blockSize: %d, physicalBlockSize: %d, profile: none, atomic: {max: %d, alignment: %d, granularity: %d, maxWithBoundary: %d, boundaryMax: %d}}
          """
          .formatted(
              lun,
              blockSize,
              physicalBlockSize,
              limits.maximumTransferLength(),
              limits.alignment(),
              limits.granularity(),
              limits.maximumTransferLengthWithBoundary(),
              limits.maximumBoundarySize());
    }
  }

  private static final List<Device> DEVICES =
      Stream.concat(
              AtomicProfile.ALL.stream()
                  .map(profile -> new Device(profile.name(), 512, 4096, profile.limits())),
              Stream.of(
                  odd("alignment above granularity", 512, 8192, 16, 8, 8192, 128),
                  odd("no powers of two", 512, 8190, 3, 3, 8190, 126),
                  odd("granularity no power of two", 512, 8184, 4, 12, 8184, 120),
                  odd("a maximum that is no power of two", 512, 96, 8, 8, 96, 32),
                  odd("no granularity", 512, 8192, 8, 0, 8192, 128),
                  odd("nothing but the maximum", 512, 8192, 0, 0, 0, 0),
                  odd("boundaries only", 512, 0, 8, 8, 8192, 128),
                  odd("one unit", 512, 8, 8, 8, 8, 8),
                  odd("single blocks of 512 bytes", 512, 1, 1, 1, 1, 1),
                  new Device("512n: no granularity", 512, 512, new AtomicLimits(64, 1, 0, 64, 64)),
                  odd("4Kn: up to 64 KiB", 4096, 16, 1, 1, 16, 16),
                  odd("4Kn: 8 KiB to 1 MiB", 4096, 256, 2, 2, 256, 16)))
          .toList();

  @RegisterExtension static final LinuxExtension linux = LinuxExtension.with(GuestKernel.STABLE);

  @RegisterExtension
  static final UntornExtension target = UntornExtension.configured(configuration());

  private static Device odd(
      String why, int block, long max, long align, long gran, long maxBoundary, long boundary) {
    return new Device(why, block, 4096, new AtomicLimits(max, align, gran, maxBoundary, boundary));
  }

  private static String configuration() {
    StringBuilder yaml =
        new StringBuilder("targets:\n  - name: iqn.2026-11.org.untorn:limits\n    luns:\n");
    for (int lun = 0; lun < DEVICES.size(); lun++) {
      yaml.append(DEVICES.get(lun).yaml(lun));
    }
    return yaml.toString();
  }

  @TestFactory
  Stream<DynamicTest> linux_makes_of_the_limits_what_we_say_it_does() {
    LinuxDisk first = LinuxDisk.attach(linux, target.ready());
    List<DynamicTest> tests =
        Stream.iterate(0, lun -> lun < DEVICES.size(), lun -> lun + 1)
            .map(
                lun ->
                    DynamicTest.dynamicTest(
                        DEVICES.get(lun).why(),
                        () ->
                            compare(DEVICES.get(lun), LinuxDisk.of(linux, first.target(), lun, 1))))
            .toList();
    return tests.stream().onClose(first::detach);
  }

  /** The comparison above must be able to fail. */
  @Test
  void the_devices_are_not_all_alike_to_linux() {
    List<LinuxAtomicLimits> derived =
        DEVICES.stream().map(device -> derived(device, LinuxAtomicLimits.Host.OPEN_ISCSI)).toList();

    assertThat(derived).hasAtLeastOneElementOfType(LinuxAtomicLimits.Dropped.class);
    assertThat(derived.stream().distinct().count()).isGreaterThan(6);
  }

  private static LinuxAtomicLimits derived(Device device, LinuxAtomicLimits.Host host) {
    return LinuxAtomicLimits.of(
        device.limits(), device.blockSize(), device.physicalBlockSize(), host);
  }

  private static void compare(Device device, LinuxDisk disk) {
    long[] queue =
        linux
            .sh(
                """
                        cd /sys/block/%s/queue
                        cat max_hw_sectors_kb max_segments logical_block_size physical_block_size \\
                          atomic_write_unit_min_bytes atomic_write_unit_max_bytes atomic_write_max_bytes \\
                          atomic_write_boundary_bytes
                        """
                    .formatted(disk.name()))
            .lines()
            .mapToLong(Long::parseLong)
            .toArray();
    LinuxAtomicLimits.Host host = new LinuxAtomicLimits.Host(queue[0] * 1024, (int) queue[1], 4096);
    assertThat(queue[2]).isEqualTo(device.blockSize());
    assertThat(queue[3]).isEqualTo(device.physicalBlockSize());
    assertThat(queue[7]).isZero();
    Optional<LinuxAtomicLimits> offered =
        queue[5] == 0
            ? Optional.empty()
            : Optional.of(new LinuxAtomicLimits.Offered(queue[4], queue[5], queue[6]));
    switch (derived(device, host)) {
      case LinuxAtomicLimits.Dropped dropped ->
          assertThat(offered).as("dropped: %s", dropped.why()).isEmpty();
      case LinuxAtomicLimits.Offered expected -> {
        assertThat(offered).contains(expected);
        bothEndsArrive(disk, expected);
      }
    }
  }

  private static void bothEndsArrive(LinuxDisk disk, LinuxAtomicLimits.Offered offered) {
    long before = Counters.of(target.ready()).commands(disk.lun(), 0x9c);
    for (long length : List.of(offered.unitMinBytes(), offered.unitMaxBytes())) {
      assertThat(
              linux.sh(
                  """
                  atomic-tool write pwritev2 atomic %1$s %2$d %2$d 3
                  atomic-tool verify %1$s %2$d %2$d 3
                  """
                      .formatted(disk.path(), length)))
          .contains("wrote " + length)
          .endsWith(": same");
    }
    assertThat(Counters.of(target.ready()).commands(disk.lun(), 0x9c) - before).isEqualTo(2);
  }
}
