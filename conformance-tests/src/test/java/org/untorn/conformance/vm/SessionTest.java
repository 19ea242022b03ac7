package org.untorn.conformance.vm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.untorn.testkit.UntornExtension;
import org.untorn.testkit.vm.GuestKernel;
import org.untorn.testkit.vm.LinuxDisk;
import org.untorn.testkit.vm.LinuxExtension;

/** open-iscsi finds the target, logs in with what it likes, and survives the target's death. */
@ParameterizedClass(name = "{0}")
@EnumSource(GuestKernel.class)
final class SessionTest {

  @RegisterExtension static final LinuxExtension linux = LinuxExtension.with(GuestKernel.STABLE);

  @RegisterExtension
  static final UntornExtension target =
      UntornExtension.inDirectory("--size", "512MiB", "--advertise", "none");

  @Parameter GuestKernel kernel = GuestKernel.STABLE;

  @BeforeParameterizedClassInvocation
  static void use(GuestKernel kernel) {
    linux.use(kernel);
  }

  @AfterEach
  void log_out() {
    linux.sh("leave " + iqn());
  }

  /** The guest knows the target under another address than the target's socket has. */
  @Test
  void send_targets_names_a_portal_that_another_network_can_use() {
    assertThat(linux.sh("discover " + portal())).isEqualTo(portal() + ",-1 " + iqn());
    linux.sh("login " + iqn());
    assertThat(linux.sh("iscsiadm -m session")).contains(portal() + ",1 " + iqn());
  }

  @Test
  void a_session_logs_in_and_has_negotiated_what_both_sides_like() {
    LinuxDisk disk = LinuxDisk.attach(linux, target.ready());

    String session = linux.sh("iscsiadm -m session -P 3");

    assertThat(session)
        .contains("Target: " + iqn())
        .contains("Current Portal: " + portal() + ",1")
        .contains("iSCSI Connection State: LOGGED IN")
        .contains("iSCSI Session State: LOGGED_IN")
        .contains("HeaderDigest: None")
        .contains("DataDigest: None")
        .contains("MaxRecvDataSegmentLength: 262144")
        .contains("ImmediateData: Yes")
        .contains("MaxOutstandingR2T: 1")
        .contains("Attached scsi disk " + disk.name() + "\t\tState: running");
  }

  @Test
  void with_both_digests_on_data_goes_out_and_comes_back() {
    LinuxDisk disk =
        LinuxDisk.attach(
            linux,
            target.ready(),
            List.of(
                "node.conn[0].iscsi.HeaderDigest=CRC32C", "node.conn[0].iscsi.DataDigest=CRC32C"));

    assertThat(linux.sh("iscsiadm -m session -P 3"))
        .contains("HeaderDigest: CRC32C")
        .contains("DataDigest: CRC32C");
    assertThat(writtenAndReadBack(disk, 7)).isEqualTo("same");
  }

  @Test
  void unsolicited_data_and_several_r2ts_carry_a_write_as_well() {
    LinuxDisk disk =
        LinuxDisk.attach(
            linux,
            target.ready(),
            List.of(
                "node.session.iscsi.InitialR2T=No",
                "node.session.iscsi.ImmediateData=No",
                "node.session.iscsi.FirstBurstLength=16384",
                "node.session.iscsi.MaxBurstLength=65536",
                "node.session.iscsi.MaxOutstandingR2T=4"));

    assertThat(linux.sh("iscsiadm -m session -P 3"))
        .contains("InitialR2T: No")
        .contains("ImmediateData: No")
        .contains("FirstBurstLength: 16384")
        .contains("MaxBurstLength: 65536");
    assertThat(writtenAndReadBack(disk, 8)).isEqualTo("same");
  }

  @Test
  void after_a_logout_the_disk_is_gone_and_a_new_login_finds_its_data() {
    LinuxDisk before = LinuxDisk.attach(linux, target.ready());
    linux.sh("atomic-tool write pwritev2 plain " + before.path() + " 8192 65536 11");
    linux.sh("logout " + iqn());

    assertThat(linux.sh("iscsiadm -m session 2>&1 || true")).contains("No active sessions");
    assertThat(linux.sh("test -b " + before.path() + " || echo gone")).isEqualTo("gone");
    linux.sh("login " + iqn());
    LinuxDisk after = LinuxDisk.of(linux, iqn(), 0, 1);
    assertThat(linux.sh("atomic-tool verify " + after.path() + " 8192 65536 11"))
        .endsWith(": same");
  }

  @Test
  void a_mounted_file_system_goes_on_when_the_target_is_killed_and_started_again() {
    LinuxDisk disk = LinuxDisk.attach(linux, target.ready());
    linux.sh(
        """
        mkfs.ext4 -q %1$s && mount %1$s /mnt
        dd if=/dev/urandom of=/mnt/before bs=1M count=8 conv=fsync status=none
        (cd /mnt && sha256sum before >sum) && sync -f /mnt
        """
            .formatted(disk.path()));

    target.killAndRestart();

    linux.sh(
        """
        cd /mnt
        dd if=/dev/urandom of=after bs=1M count=8 conv=fsync status=none && sha256sum after >>sum
        sync -f /mnt
        echo 3 >/proc/sys/vm/drop_caches
        """);
    assertThat(linux.sh("cd /mnt; sha256sum -c sum")).isEqualTo("before: OK\nafter: OK");
    assertThat(linux.sh("umount /mnt; fsck.ext4 -fn " + disk.path() + " 2>&1"))
        .contains("Pass 5")
        .doesNotContain("WARNING", "Fix?");
  }

  private static String writtenAndReadBack(LinuxDisk disk, int seed) {
    String verdict =
        linux.sh(
            """
            atomic-tool write pwritev2 plain %1$s 1048576 1048576 %2$d
            atomic-tool verify %1$s 1048576 1048576 %2$d
            """
                .formatted(disk.path(), seed));
    return verdict.substring(verdict.lastIndexOf(' ') + 1);
  }

  private static String iqn() {
    return target.ready().target();
  }

  private static String portal() {
    return LinuxDisk.portal(linux, target.ready());
  }
}
