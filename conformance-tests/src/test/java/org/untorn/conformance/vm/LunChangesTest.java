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

/** Logical units that come, grow and go while Linux is logged in and uses them. */
final class LunChangesTest {

  @RegisterExtension static final LinuxExtension linux = LinuxExtension.with(GuestKernel.STABLE);

  @RegisterExtension
  static final UntornExtension target = UntornExtension.inMemory("--size", "64MiB");

  private static final Controls controls = new Controls(target);

  private static Optional<LinuxDisk> attached = Optional.empty();

  @BeforeAll
  static void log_in() {
    attached = Optional.of(LinuxDisk.attach(linux, target.ready()));
  }

  @AfterAll
  static void log_out() {
    attached.ifPresent(LinuxDisk::detach);
  }

  private static void add(int lun, String volume) {
    controls.post(
        "/luns", "{\"volume\":\"%s\",\"size\":\"16MiB\",\"lun\":%d}".formatted(volume, lun));
  }

  private static void remove(int lun) {
    controls.delete("/luns/" + target.ready().target() + "/" + lun);
  }

  private static LinuxDisk rescanned(int lun) {
    linux.sh("iscsiadm -m session --rescan");
    return LinuxDisk.of(linux, target.ready().target(), lun, 1);
  }

  private static String bytes(LinuxDisk disk) {
    return linux.sh("lsblk -bdno SIZE " + disk.path()).strip();
  }

  @Test
  void a_unit_is_added_found_grown_in_use_and_removed_in_use() {
    linux.sh("dmesg -C");
    add(3, "late");
    assertThat(linux.sh("sg_raw %s 00 00 00 00 00 00 2>&1; true".formatted(first().path())))
        .contains("Unit Attention", "Reported luns data has changed");

    LinuxDisk late = rescanned(3);
    assertThat(bytes(late)).isEqualTo("16777216");
    assertThat(written(late, 1)).endsWith(": wrote 65536");

    String grown =
        linux.sh(
            """
            (for i in $(seq 400); do
               atomic-tool write pwritev2 atomic %1$s 65536 65536 $i || exit
             done) >/tmp/load 2>&1 &
            load=$!
            sleep 1
            kill -0 $load && echo running
            echo "$load" >/tmp/load.pid
            """
                .formatted(late.path()));
    assertThat(grown).contains("running");
    controls.post("/volumes/late/resize", "{\"size\":\"32MiB\"}");
    linux.sh("echo 1 >/sys/block/%s/device/rescan".formatted(late.name()));
    assertThat(bytes(late)).isEqualTo("33554432");
    assertThat(
            linux.sh(
                "tail --pid=$(cat /tmp/load.pid) -f /dev/null; grep -vc wrote /tmp/load; true"))
        .as("writes of the load that failed")
        .isEqualTo("0");
    assertThat(linux.sh("dmesg"))
        .contains("Capacity data has changed", "detected capacity change from 32768 to 65536");

    linux.sh(
        """
        (i=0; while atomic-tool write pwritev2 atomic %1$s 65536 65536 $i; do i=$((i + 1)); done) \
          >/tmp/load 2>&1 &
        sleep 1
        """
            .formatted(late.path()));
    remove(3);
    assertThat(linux.sh("sleep 2; tail -1 /tmp/load")).contains("EIO");
    assertThat(linux.sh("dmesg")).contains("Logical unit not supported");
    assertThat(linux.sh("sg_raw %s 00 00 00 00 00 00 2>&1; true".formatted(late.path())))
        .contains("Illegal Request", "Logical unit not supported");
    linux.sh("echo 1 >/sys/block/%s/device/delete".formatted(late.name()));
    assertThat(linux.sh("lsblk -dno NAME")).contains(first().name()).doesNotContain(late.name());
    assertThat(written(first(), 9)).endsWith(": wrote 65536");
  }

  @Test
  void a_unit_that_came_back_with_another_volume_is_another_disk() {
    add(4, "one");
    LinuxDisk one = rescanned(4);
    assertThat(written(one, 1)).endsWith(": wrote 65536");
    remove(4);
    linux.sh("echo 1 >/sys/block/%s/device/delete".formatted(one.name()));
    add(4, "two");
    LinuxDisk two = rescanned(4);
    assertThat(
            linux.sh(
                "head -c 65536 /dev/zero | cmp -n 65536 - %s && echo zero".formatted(two.path())))
        .isEqualTo("zero");
    remove(4);
    linux.sh("echo 1 >/sys/block/%s/device/delete".formatted(two.name()));
  }

  private static LinuxDisk first() {
    return attached.orElseThrow();
  }

  private static String written(LinuxDisk disk, int seed) {
    return linux.sh(
        "atomic-tool write pwritev2 atomic %s 65536 65536 %d".formatted(disk.path(), seed));
  }
}
