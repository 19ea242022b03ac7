package org.untorn.conformance.vm;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.untorn.testkit.UntornExtension;
import org.untorn.testkit.vm.GuestKernel;
import org.untorn.testkit.vm.LinuxDisk;
import org.untorn.testkit.vm.LinuxExtension;

/**
 * md and dm over two of our disks offer the atomic writes that both members allow, and an atomic
 * write to them arrives as one WRITE ATOMIC(16) at each member it belongs to. (md learnt this after
 * Linux 6.12.)
 */
final class StackingTest {

  private static final int UNIT = 65_536;

  @RegisterExtension static final LinuxExtension linux = LinuxExtension.with(GuestKernel.BACKPORTS);

  /** 4 KiB to 512 KiB, and 8 KiB to 128 KiB: together 8 KiB to 128 KiB. */
  @RegisterExtension
  static final UntornExtension target =
      UntornExtension.configured(
          """
          targets:
            - name: iqn.2026-11.org.untorn:members
              luns:
                - {lun: 0, size: 64MiB}
                - {lun: 1, size: 64MiB, atomic: {max: 256, alignment: 16, granularity: 16, maxWithBoundary: 256, boundaryMax: 128}}
          """);

  private static LinuxDisk one;
  private static LinuxDisk two;

  @BeforeAll
  static void log_in() {
    one = LinuxDisk.attach(linux, target.ready());
    two = LinuxDisk.of(linux, one.target(), 1, 1);
  }

  @AfterAll
  static void log_out() {
    one.detach();
  }

  @AfterEach
  void take_apart() {
    linux.sh(
        """
        dmsetup remove joined 2>/dev/null
        mdadm --stop /dev/md0 2>/dev/null
        mdadm --zero-superblock --force %s %s 2>/dev/null
        true
        """
            .formatted(one.path(), two.path()));
  }

  @Test
  void raid0_stops_at_its_chunk_and_writes_to_one_member() {
    raid("--level=0 --chunk=64");

    offers("md0", 8192, 65_536);
    assertThat(arrivals("md0")).isEqualTo("1 + 0");
  }

  @Test
  void raid1_offers_what_both_members_allow_and_writes_to_both() {
    raid("--level=1 --bitmap=none");

    offers("md0", 8192, 131_072);
    assertThat(arrivals("md0")).isEqualTo("1 + 1");
  }

  @Test
  void raid10_stops_at_its_chunk_and_writes_to_both_copies() {
    raid("--level=10 --layout=n2 --chunk=64 --bitmap=none");

    offers("md0", 8192, 65_536);
    assertThat(arrivals("md0")).isEqualTo("1 + 1");
  }

  @Test
  void dm_linear_offers_what_both_members_allow() {
    linux.sh(
        """
        modprobe dm_mod
        printf '0 65536 linear %s 0\\n65536 65536 linear %s 0\\n' | dmsetup create joined
        """
            .formatted(one.path(), two.path()));
    String name = linux.sh("ls /sys/block | grep ^dm-");

    offers(name, 8192, 131_072);
    assertThat(arrivals(name)).isEqualTo("1 + 0");
  }

  private static void raid(String kind) {
    linux.sh(
        """
        mdadm --create /dev/md0 --run --raid-devices=2 --assume-clean --metadata=1.2 %s %s %s 2>&1
        until [ -b /dev/md0 ]; do sleep 0.05; done
        """
            .formatted(kind, one.path(), two.path()));
  }

  private static void offers(String disk, int unitMin, int unitMax) {
    assertThat(
            linux.sh(
                "cd /sys/block/%s/queue; cat atomic_write_unit_min_bytes atomic_write_unit_max_bytes"
                    .formatted(disk)))
        .isEqualTo(unitMin + "\n" + unitMax);
    assertThat(linux.sh("atomic-tool statx /dev/" + disk))
        .contains("unit_min=" + unitMin + " unit_max=" + unitMax);
  }

  /** How many WRITE ATOMIC each member got for one atomic write of {@link #UNIT} at offset 0. */
  private static String arrivals(String disk) {
    Counters before = Counters.of(target.ready());
    String run =
        linux.sh(
            """
            atomic-tool write pwritev2 atomic /dev/%1$s 0 %2$d 5
            atomic-tool verify /dev/%1$s 0 %2$d 5
            """
                .formatted(disk, UNIT));
    assertThat(run).contains("wrote " + UNIT).endsWith(": same");
    Counters after = Counters.of(target.ready());
    return "%d + %d"
        .formatted(
            after.commands(0, 0x9c) - before.commands(0, 0x9c),
            after.commands(1, 0x9c) - before.commands(1, 0x9c));
  }
}
