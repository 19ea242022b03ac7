package org.untorn.conformance.vm;

import static org.assertj.core.api.Assertions.assertThat;

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

  /** Atomic in every number of blocks. */
  @RegisterExtension
  static final UntornExtension disk512n =
      Sectors.NATIVE_512.target("--atomic-alignment", "1", "--atomic-granularity", "1");

  @RegisterExtension static final UntornExtension disk512e = Sectors.EMULATED_512.target();

  /** Atomic from one block to 16. */
  @RegisterExtension
  static final UntornExtension disk4Kn =
      Sectors.NATIVE_4K.target(
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
  void release() {
    Sectors.release(linux, disk512n, disk512e, disk4Kn);
  }

  @ParameterizedTest(name = "{0} on {2}: {3} to {4} bytes")
  @CsvSource({
    "ext4 with 1 KiB blocks, mkfs.ext4 -q -F -b 1024,                      NATIVE_512,   1024, 1024",
    "XFS,                    mkfs.xfs -q -f,                               NATIVE_512,   4096, 4096",
    "XFS,                    mkfs.xfs -q -f,                               EMULATED_512, 4096, 4096",
    "ext4,                   mkfs.ext4 -q -F -b 4096,                      EMULATED_512, 4096, 4096",
    "ext4 with bigalloc,     mkfs.ext4 -q -F -b 4096 -O bigalloc -C 65536, EMULATED_512, 4096, 65536",
    "XFS,                    mkfs.xfs -q -f,                               NATIVE_4K,    4096, 4096",
    "ext4,                   mkfs.ext4 -q -F -b 4096,                      NATIVE_4K,    4096, 4096",
    "ext4 with bigalloc,     mkfs.ext4 -q -F -b 4096 -O bigalloc -C 65536, NATIVE_4K,    4096, 65536",
  })
  void an_atomic_write_to_a_file_is_one_write_atomic(
      String fileSystem, String make, Sectors sectors, int unitMin, int unitMax) {
    UntornExtension target =
        switch (sectors) {
          case NATIVE_512 -> disk512n;
          case EMULATED_512 -> disk512e;
          case NATIVE_4K -> disk4Kn;
        };
    LinuxDisk disk = LinuxDisk.attach(linux, target.ready());
    linux.sh(
        """
        %s %s && mount %2$s /mnt && cd /mnt
        dd if=/dev/zero of=file bs=1M count=4 conv=fsync status=none
        """
            .formatted(make, disk.path()));
    String limits = linux.sh("atomic-tool statx /mnt/file");
    assertThat(limits).startsWith("mask=1 attribute=1 unit_min=" + unitMin + " ");
    assertThat(Integer.parseInt(limits.replaceAll(".* unit_max=(\\d+) .*", "$1")))
        .isGreaterThanOrEqualTo(unitMax);

    int writes = 0;
    long before = arrived(target);
    for (int length = unitMin; length <= unitMax; length *= 2, writes++) {
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
        .isEqualTo(Integer.toString(2 * unitMax - unitMin));
    String check = fileSystem.equals("XFS") ? "xfs_repair -n" : "fsck.ext4 -fn";
    assertThat(linux.sh("umount /mnt; %s %s 2>&1".formatted(check, disk.path())))
        .doesNotContain("WARNING", "Fix?", "would");
  }

  private static long arrived(UntornExtension target) {
    return Counters.of(target.ready()).commands(0, 0x9c);
  }
}
