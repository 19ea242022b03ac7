package org.untorn.conformance.vm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.untorn.testkit.UntornExtension;
import org.untorn.testkit.vm.GuestKernel;
import org.untorn.testkit.vm.LinuxDisk;
import org.untorn.testkit.vm.LinuxExtension;

/**
 * File systems live on our disk: they are made, filled, emptied, and found clean; what they discard
 * is given back.
 */
final class FileSystemTest {

  @RegisterExtension static final LinuxExtension linux = LinuxExtension.with(GuestKernel.STABLE);

  @RegisterExtension static final UntornExtension disk512n = Sectors.NATIVE_512.target();

  @RegisterExtension static final UntornExtension disk512e = Sectors.EMULATED_512.target();

  @RegisterExtension static final UntornExtension disk4Kn = Sectors.NATIVE_4K.target();

  private static final List<FileSystem> FILE_SYSTEMS =
      List.of(
          new FileSystem("ext4", "mkfs.ext4 -q -F", "fsck.ext4 -fn"),
          new FileSystem(
              "ext4 with bigalloc", "mkfs.ext4 -q -F -O bigalloc -C 65536", "fsck.ext4 -fn"),
          new FileSystem("XFS", "mkfs.xfs -q -f", "xfs_repair -n"));

  record FileSystem(String name, String make, String check) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Arguments> file_systems_and_disks() {
    return FILE_SYSTEMS.stream()
        .flatMap(
            fileSystem ->
                Stream.of(
                    Arguments.of(fileSystem, Sectors.NATIVE_512, disk512n),
                    Arguments.of(fileSystem, Sectors.EMULATED_512, disk512e),
                    Arguments.of(fileSystem, Sectors.NATIVE_4K, disk4Kn)));
  }

  @AfterEach
  void release() {
    Sectors.release(linux, disk512n, disk512e, disk4Kn);
  }

  @ParameterizedTest(name = "{0} on {1}")
  @MethodSource("file_systems_and_disks")
  void a_file_system_keeps_its_files_and_gives_back_what_it_deletes(
      FileSystem fileSystem, Sectors sectors, UntornExtension target) {
    LinuxDisk disk = LinuxDisk.attach(linux, target.ready());
    assertThat(disk.queue("logical_block_size")).isEqualTo(sectors.logical());
    assertThat(disk.queue("physical_block_size")).isEqualTo(sectors.physical());
    linux.sh("%s %s && mount %2$s /mnt".formatted(fileSystem.make(), disk.path()));

    linux.sh(
        """
        cd /mnt
        mkdir -p a/b && for i in $(seq 40); do head -c $((i * 3001)) /dev/urandom >a/b/$i; done
        head -c 8M /dev/urandom >big && cp big copy && head -c 3M big >>copy && truncate -s 6M sparse
        rm a/b/1* && mv a/b/2 a/moved && ln -s a/moved link
        find . -type f | sort | xargs sha256sum >/tmp/sums
        cd / && umount /mnt && mount %s /mnt
        """
            .formatted(disk.path()));
    assertThat(linux.sh("cd /mnt && sha256sum --quiet -c /tmp/sums && wc -l </tmp/sums"))
        .isEqualTo("32");

    long before = discards(target);
    List<String> extent = firstExtentOf("big");
    assertThat(zeros(disk, extent.getFirst(), extent.getLast()))
        .as("the file's blocks")
        .isNotEqualTo("zeros");
    linux.sh("rm /mnt/big /mnt/copy && sync -f /mnt && fstrim /mnt && umount /mnt");

    assertThat(discards(target)).as("discards that arrived").isGreaterThan(before);
    assertThat(zeros(disk, extent.getFirst(), extent.getLast()))
        .as("the deleted file's blocks")
        .isEqualTo("zeros");
    assertThat(linux.sh("%s %s 2>&1".formatted(fileSystem.check(), disk.path())))
        .doesNotContain("WARNING", "Fix?", "would");
  }

  private static long discards(UntornExtension target) {
    Counters counters = Counters.of(target.ready());
    return counters.commands(0, 0x42) + counters.commands(0, 0x93);
  }

  /** Where the disk holds the beginning of a file: offset and length in bytes. */
  private static List<String> firstExtentOf(String file) {
    return linux
        .sh(
            """
        filefrag -v -b1 /mnt/%s | awk '$1 == "0:" { gsub(/[.:]/, " "); print $4; print $6; exit }'
        """
                .formatted(file))
        .lines()
        .toList();
  }

  private static String zeros(LinuxDisk disk, String offset, String length) {
    return linux.sh(
        """
        echo 3 >/proc/sys/vm/drop_caches
        dd if=%s iflag=direct,skip_bytes,count_bytes bs=64k skip=%s count=%s status=none | tr -d '\\0' | wc -c | sed 's/^0$/zeros/'
        """
            .formatted(disk.path(), offset, length));
  }
}
