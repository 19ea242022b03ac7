package org.untorn.conformance.vm;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.untorn.testkit.Ready;
import org.untorn.testkit.UntornExtension;
import org.untorn.testkit.vm.GuestKernel;
import org.untorn.testkit.vm.LinuxDisk;
import org.untorn.testkit.vm.LinuxExtension;
import org.untorn.testkit.vm.LinuxMachine;
import org.untorn.testkit.vm.ScriptRun;

/**
 * One unit over two portals, which the guest has as two disks: sg3_utils reads and sets the states
 * of its target port groups and uses its persistent reservations from two initiator ports, and the
 * kernel's dm-multipath goes on when a portal goes away under load.
 */
final class PathsTest {

  private static final String MULTIPATH = "/dev/mapper/untorn";

  @RegisterExtension static final LinuxExtension linux = LinuxExtension.with(GuestKernel.STABLE);

  @RegisterExtension
  static final UntornExtension target =
      UntornExtension.inMemory(
          "--size", "128MiB", "--advertise", "none", "--listen", "127.0.0.1:0");

  private static LinuxDisk one = new LinuxDisk(linux, "", 0, "", "");
  private static LinuxDisk two = one;

  private final Controls controls = new Controls(target);

  @BeforeAll
  static void log_in_through_both_portals() {
    Ready ready = target.ready();
    for (Ready.Portal portal : ready.portals()) {
      linux.sh(
          """
          introduce %1$s %2$s:%3$d || exit
          iscsiadm -m node -T %1$s -p %2$s:%3$d -o update -n node.session.timeo.replacement_timeout -v 1
          iscsiadm -m node -T %1$s -p %2$s:%3$d --login
          """
              .formatted(ready.target(), linux.hostAddress(), portal.address().getPort()));
    }
    one = LinuxDisk.of(linux, ready.target(), ready.lun(), 1);
    two = LinuxDisk.of(linux, ready.target(), ready.lun(), 2);
  }

  @AfterAll
  static void log_out() {
    one.detach();
  }

  @AfterEach
  void put_in_order() {
    linux.run(LinuxMachine.USUAL_LIMIT, "dmsetup remove --force --retry untorn 2>/dev/null");
    controls.post("/portals/2/open", "{}");
    for (int group : List.of(1, 2)) {
      controls.post("/groups/" + group, "{\"state\":\"active/optimized\"}");
    }
    ready(one);
    ready(two);
  }

  /** Takes pending unit attentions, however many there are. */
  private static void ready(LinuxDisk disk) {
    linux.sh(
        "for i in 1 2 3 4 5; do sg_raw %s 00 00 00 00 00 00 2>/dev/null && exit; sleep 1; done; exit 1"
            .formatted(disk.generic()));
  }

  private static String sg(String command, LinuxDisk disk) {
    return linux.sh(command + " " + disk.generic());
  }

  private static ScriptRun testUnitReady(LinuxDisk disk) {
    String script = "sg_raw " + disk.generic() + " 00 00 00 00 00 00 2>&1";
    return linux.run(LinuxMachine.USUAL_LIMIT, script);
  }

  @Test
  void both_paths_have_one_name_and_ports_of_their_own() {
    String naa = sg("sg_vpd -p di_lu -q", one);
    assertThat(sg("sg_vpd -p di_lu -q", two)).isEqualTo(naa).contains("0x3");
    assertThat(sg("sg_vpd -p di_port", one))
        .contains("Relative target port: 0x1", "Target port group: 0x1", ",t,0x0001");
    assertThat(sg("sg_vpd -p di_port", two))
        .contains("Relative target port: 0x2", "Target port group: 0x2", ",t,0x0002");
    assertThat(sg("sg_vpd -p sp", one)).contains(",t,0x0001").contains(",t,0x0002");
    assertThat(sg("sg_inq", two)).contains("MultiP=1").contains("TPGS=3");
  }

  @Test
  void sg_rtpg_reads_the_groups_and_sg_stpg_sets_them() {
    assertThat(sg("sg_rtpg -d", one))
        .contains("target port group id : 0x1", "target port group id : 0x2")
        .contains("(active/optimized)")
        .doesNotContain("(standby)");
    assertThat(sg("sg_rtpg --extended -d", two)).contains("target port group id : 0x2");

    sg("sg_stpg --standby --tp=2", one);

    assertThat(sg("sg_rtpg -d", one)).contains("(standby)").contains("(active/optimized)");
    testUnitReady(two); // its unit attention
    assertThat(testUnitReady(two).output()).containsIgnoringCase("standby");
    assertThat(testUnitReady(two).exitCode()).isNotZero();
    assertThat(testUnitReady(one).exitCode()).isZero();
    assertThat(sg("sg_inq", two)).contains("UNTORN");

    sg("sg_stpg --unavailable --tp=2", one);
    assertThat(testUnitReady(two).output()).isNotEmpty();
    assertThat(testUnitReady(two).output()).containsIgnoringCase("unavailable");

    sg("sg_stpg --active --tp=2", one);
    ready(two);
    assertThat(sg("sg_rtpg -d", two)).doesNotContain("(unavailable)");
  }

  @Test
  void sg_persist_does_every_service_action_from_two_initiator_ports() {
    ready(one);
    ready(two);
    assertThat(sg("sg_persist --in --report-capabilities", one))
        .contains("Specify Initiator Ports Capable(SIP_C): 1")
        .contains("All Target Ports Capable(ATP_C): 1")
        .contains("Persist Through Power Loss Capable(PTPL_C): 1")
        .contains("Persist Through Power Loss Active(PTPL_A): 0");
    sg("sg_persist --out --register --param-sark=0xa --param-aptpl", one);
    sg("sg_persist --out --register-ignore --param-sark=0xb --param-aptpl", two);
    assertThat(sg("sg_persist --in --report-capabilities", one)).contains("(PTPL_A): 1");
    assertThat(sg("sg_persist --in --read-keys", two)).contains("0xa", "0xb");

    sg("sg_persist --out --reserve --param-rk=0xa --prout-type=3", one);
    assertThat(sg("sg_persist --in --read-reservation", two))
        .contains("Key=0xa", "Exclusive Access");
    String read = "sg_raw -r 512 " + two.generic() + " 28 00 00 00 00 00 00 00 01 00 2>&1";
    assertThat(linux.run(LinuxMachine.USUAL_LIMIT, read).output())
        .containsIgnoringCase("reservation conflict");
    assertThat(sg("sg_persist --in --read-full-status", one))
        .contains("Relative port address: 0x1", "Relative port address: 0x2")
        .containsIgnoringCase("reservation holder")
        .containsIgnoringCase("iscsi");

    sg("sg_persist --out --preempt --param-rk=0xb --param-sark=0xa --prout-type=1", two);
    assertThat(sg("sg_persist --in --read-reservation", two))
        .contains("Key=0xb", "Write Exclusive");
    testUnitReady(one);
    sg("sg_persist --out --register --param-sark=0xc", one);
    sg("sg_persist --out --preempt-abort --param-rk=0xb --param-sark=0xc --prout-type=1", two);
    assertThat(sg("sg_persist --in --read-keys", two)).contains("0xb").doesNotContain("0xc");
    testUnitReady(one);

    sg("sg_persist --out --release --param-rk=0xb --prout-type=1", two);
    assertThat(sg("sg_persist --in --read-reservation", two))
        .contains("there is NO reservation held");
    sg("sg_persist --out --reserve --param-rk=0xb --prout-type=5", two);
    sg("sg_persist --out --clear --param-rk=0xb", two);
    assertThat(sg("sg_persist --in --read-keys", one)).contains("there are NO registered");
  }

  @Test
  void dm_multipath_goes_on_when_a_portal_is_closed_under_load_and_takes_it_back() {
    linux.sh(
        """
        modprobe dm-multipath && modprobe dm-round-robin || exit
        sectors=$(cat /sys/block/%1$s/size)
        dmsetup create untorn --table "0 $sectors multipath 1 queue_if_no_path 0 1 1 \
          round-robin 0 2 1 %2$s 10 %3$s 10"
        dmsetup mknodes
        (fio --name=load --filename=%4$s --rw=randwrite --bs=4k --size=64M --direct=1 --ioengine=libaio \
          --iodepth=8 --time_based --runtime=12 --verify=crc32c --verify_fatal=1 --verify_backlog=256 \
          >/tmp/fio.out 2>&1; echo "exit code $?" >>/tmp/fio.out) </dev/null >/dev/null 2>&1 &
        sleep 3
        """
            .formatted(one.name(), one.path(), two.path(), MULTIPATH));

    assertThat(controls.post("/portals/2/close", "{}").path("cut").asInt()).isEqualTo(1);
    String during =
        linux.sh(
            """
            for i in $(seq 50); do
              dmsetup status untorn | grep -q ' F ' && break
              sleep 0.2
            done
            dmsetup status untorn
            """);
    controls.post("/portals/2/open", "{}");
    String after =
        linux
            .run(
                Duration.ofMinutes(2),
                """
                until grep -q 'exit code' /tmp/fio.out; do sleep 0.5; done
                until [ "$(cat /sys/block/%1$s/device/state)" = running ]; do sleep 0.2; done
                dmsetup message untorn 0 reinstate_path $(cat /sys/block/%1$s/dev)
                dmsetup status untorn
                tail -3 /tmp/fio.out
                """
                    .formatted(two.name()))
            .successfulOutput();

    assertThat(during).as("one path failed").containsPattern(" A \\d+ .* F \\d+|\\d+:\\d+ F ");
    assertThat(after).contains("exit code 0").doesNotContainPattern("\\d+:\\d+ F ");
    assertThat(linux.sh("grep -c 'verify:' /tmp/fio.out || true")).isEqualTo("0");
  }
}
