package org.untorn.conformance.vm;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.untorn.testkit.UntornExtension;
import org.untorn.testkit.vm.GuestKernel;
import org.untorn.testkit.vm.LinuxDisk;
import org.untorn.testkit.vm.LinuxExtension;

/**
 * Atomic writes to files, as newer kernels offer them: each is one WRITE ATOMIC(16) at the disk.
 * (XFS offers more than one block as well, and helps itself by copy-on-write where the disk's units
 * do not fit the file's extents; only one block is sure to be the disk's.)
 */
final class FileAtomicTest {

  @RegisterExtension static final LinuxExtension linux = LinuxExtension.with(GuestKernel.BACKPORTS);

  /** Blocks of 512 bytes on physical ones of 4096 (512e). */
  @RegisterExtension
  static final UntornExtension emulating512 = UntornExtension.inMemory("--size", "384MiB");

  /** Blocks of 4096 bytes (4Kn), atomic from one to 16 of them. */
  @RegisterExtension
  static final UntornExtension native4k =
      UntornExtension.inMemory(
          "--size",
          "384MiB",
          "--block-size",
          "4096",
          "--target-name",
          "iqn.2026-11.org.untorn:4kn",
          "--atomic-alignment",
          "1",
          "--atomic-granularity",
          "1",
          "--atomic-max",
          "16",
          "--atomic-max-with-boundary",
          "16",
          "--atomic-boundary-max",
          "16");

  @AfterEach
  void unmount_and_log_out() {
    for (UntornExtension target : List.of(emulating512, native4k)) {
      linux.run(
          Duration.ofSeconds(60),
          "umount /mnt; logout %1$s; iscsiadm -m node -T %1$s -o delete"
              .formatted(target.ready().target()));
    }
  }

  @ParameterizedTest(name = "{0} on {2}: up to {3} bytes")
  @CsvSource({
    "XFS,                mkfs.xfs -q -f,                           512e, 4096,  xfs_repair -n",
    "ext4,               mkfs.ext4 -q -F -b 4096,                          512e, 4096,  fsck.ext4 -fn",
    "ext4 with bigalloc, mkfs.ext4 -q -F -b 4096 -O bigalloc -C 65536,     512e, 65536, fsck.ext4 -fn",
    "XFS,                mkfs.xfs -q -f,                           4Kn,  4096,  xfs_repair -n",
    "ext4,               mkfs.ext4 -q -F -b 4096,                          4Kn,  4096,  fsck.ext4 -fn",
    "ext4 with bigalloc, mkfs.ext4 -q -F -b 4096 -O bigalloc -C 65536,     4Kn,  65536, fsck.ext4 -fn",
  })
  void an_atomic_write_to_a_file_is_one_write_atomic(
      String fileSystem, String make, String sectors, int unitMax, String check) {
    UntornExtension target = sectors.equals("4Kn") ? native4k : emulating512;
    LinuxDisk disk = LinuxDisk.attach(linux, target.ready());
    linux.sh(
        """
        %s %s && mount %2$s /mnt && cd /mnt
        dd if=/dev/zero of=file bs=1M count=4 conv=fsync status=none
        """
            .formatted(make, disk.path()));
    String limits = linux.sh("atomic-tool statx /mnt/file");
    assertThat(limits).startsWith("mask=1 attribute=1 unit_min=4096 ");
    assertThat(Integer.parseInt(limits.replaceAll(".* unit_max=(\\d+) .*", "$1")))
        .isGreaterThanOrEqualTo(unitMax);

    int writes = 0;
    long before = arrived(target);
    for (int length = 4096; length <= unitMax; length *= 2, writes++) {
      assertThat(
              linux.sh(
                  "xfs_io -d -c 'pwrite -A -D -V 1 -S 0x5a -b %1$d %2$d %1$d' /mnt/file"
                      .formatted(length, 2 * length)))
          .startsWith("wrote %1$d/%1$d bytes at offset %2$d".formatted(length, 2 * length));
    }

    assertThat(arrived(target) - before).isEqualTo(writes);
    assertThat(
            linux.sh(
                "umount /mnt && mount %s /mnt && tr -cd Z </mnt/file | wc -c"
                    .formatted(disk.path())))
        .as("bytes that are what was written")
        .isEqualTo(Integer.toString(2 * unitMax - 4096));
    assertThat(linux.sh("umount /mnt; %s %s 2>&1".formatted(check, disk.path())))
        .doesNotContain("WARNING", "Fix?", "would");
  }

  private static long arrived(UntornExtension target) {
    return Counters.of(target.ready()).commands(0, 0x9c);
  }
}
