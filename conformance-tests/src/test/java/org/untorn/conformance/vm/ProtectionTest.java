package org.untorn.conformance.vm;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.untorn.testkit.UntornExtension;
import org.untorn.testkit.vm.GuestKernel;
import org.untorn.testkit.vm.LinuxDisk;
import org.untorn.testkit.vm.LinuxExtension;
import org.untorn.testkit.vm.LinuxMachine;
import org.untorn.testkit.vm.ScriptRun;

/**
 * A disk with protection information of type 1 at a real initiator. Linux knows what the disk has,
 * and does without, for iscsi_tcp takes no part in it; sg3_utils sends and reads blocks of 520
 * bytes.
 */
final class ProtectionTest {

  @RegisterExtension static final LinuxExtension linux = LinuxExtension.with(GuestKernel.STABLE);

  @RegisterExtension
  static final UntornExtension target =
      UntornExtension.inMemory("--size", "256MiB", "--protection", "1");

  private static LinuxDisk disk;

  /** /tmp/block: 480 zeros, then 00h to 1Fh, whose CRC is 0224h (SBC-4 4.21.4.4). */
  @BeforeAll
  static void log_in() {
    disk = LinuxDisk.attach(linux, target.ready());
    linux.sh(
        """
        head -c 480 /dev/zero >/tmp/block
        for i in 0 1 2 3; do
          for j in 0 1 2 3 4 5 6 7; do
            printf "\\\\$(printf %03o $((8 * i + j)))" >>/tmp/block
          done
        done
        [ $(stat -c %s /tmp/block) = 512 ]
        """);
  }

  @AfterAll
  static void log_out() {
    disk.detach();
  }

  private static String sg(String command) {
    return linux.sh(command + " " + disk.generic());
  }

  private static ScriptRun run(String script) {
    return linux.run(LinuxMachine.USUAL_LIMIT, script);
  }

  /** READ(16) of one block with RDPROTECT 001b: the eight bytes behind its data. */
  private static String tuple(int lba) {
    return linux.sh(
        "sg_raw -r 520 -o /tmp/read %s 88 20 00 00 00 00 00 %02x %02x %02x 00 00 00 01 00 00 >/dev/null 2>&1"
                .formatted(disk.generic(), lba >> 16, (lba >> 8) & 0xFF, lba & 0xFF)
            + " && [ $(stat -c %s /tmp/read) = 520 ]"
            + " && tail -c 8 /tmp/read | od -An -v -tx1 | tr -d ' \\n'");
  }

  /** WRITE(16) of /tmp/block and a tuple, with a WRPROTECT. */
  private static ScriptRun write(int lba, int protect, String tuple) {
    String escaped = tuple.replaceAll("(..)", "\\\\x$1");
    return run(
        """
        { cat /tmp/block; printf '%s'; } >/tmp/sent
        [ $(stat -c %%s /tmp/sent) = 520 ] || exit 99
        sg_raw -s 520 -i /tmp/sent %s 8a %02x 00 00 00 00 00 %02x %02x %02x 00 00 00 01 00 00 2>&1
        """
            .formatted(
                escaped, disk.generic(), protect << 5, lba >> 16, (lba >> 8) & 0xFF, lba & 0xFF));
  }

  @Test
  void sg_utils_read_which_protection_the_disk_has() {
    assertThat(sg("sg_inq")).contains("Protect=1");
    assertThat(sg("sg_readcap --16"))
        .contains("prot_en=1", "p_type=0", "p_i_exponent=0", "type 1 protection")
        .contains("Logical block length=512 bytes");
    assertThat(sg("sg_vpd -p ei")).contains("SPT=0 GRD_CHK=1 APP_CHK=0 REF_CHK=1");
  }

  /** sd asks the host adapter, and open-iscsi's cannot. */
  @Test
  void linux_sees_the_type_and_does_without_it() {
    assertThat(linux.sh("dmesg | grep 'DIF Type'"))
        .contains("[" + disk.name() + "] Disabling DIF Type 1 protection");
    assertThat(linux.sh("cat /sys/block/" + disk.name() + "/device/scsi_disk/*/protection_mode"))
        .isEqualTo("none");
    assertThat(disk.queue("atomic_write_unit_max_bytes")).isPositive();
  }

  @Test
  void what_linux_writes_gets_tuples_and_a_file_system_lives_on_it() {
    linux.sh("dd if=/tmp/block of=%s bs=512 seek=300000 oflag=direct".formatted(disk.path()));
    assertThat(
            linux.sh(
                "sg_raw -r 520 -o /tmp/read %s 88 20 00 00 00 00 00 04 93 e0 00 00 00 01 00 00 >/dev/null 2>&1"
                        .formatted(disk.generic())
                    + " && tail -c 8 /tmp/read | od -An -v -tx1 | tr -d ' \\n'"))
        .isEqualTo("0224ffff" + "000493e0");
    linux.sh(
        """
        mkfs.ext4 -q -F %1$s 100M && mkdir -p /tmp/m && mount %1$s /tmp/m || exit
        head -c 20M /dev/urandom >/tmp/m/file && sum=$(md5sum </tmp/m/file) && umount /tmp/m || exit
        echo 3 >/proc/sys/vm/drop_caches
        mount %1$s /tmp/m && [ "$(md5sum </tmp/m/file)" = "$sum" ] && umount /tmp/m || exit
        e2fsck -fn %1$s
        """
            .formatted(disk.path()));
    sg("sg_verify --16 --vrprotect=1 --lba=0 --count=4096");
  }

  @Test
  void a_block_of_520_bytes_comes_back_as_it_was_sent() {
    assertThat(write(0x48001, 1, "0224cafe00048001").exitCode()).isZero();
    assertThat(tuple(0x48001)).isEqualTo("0224cafe00048001");
    assertThat(tuple(0x48002)).as("never written").isEqualTo("ffffffffffffffff");
    assertThat(linux.sh("cmp -n 512 /tmp/block /tmp/sent && echo same")).isEqualTo("same");
  }

  @Test
  void wrong_tuples_are_refused_with_their_sense() {
    assertThat(write(0x48010, 1, "0225cafe00048010").output())
        .contains("Aborted Command", "Logical block guard check failed");
    assertThat(write(0x48010, 1, "0224cafe00048011").output())
        .contains("Logical block reference tag check failed");
    assertThat(write(0x48010, 6, "0224cafe00048010").output()).contains("Invalid field in cdb");
    assertThat(tuple(0x48010)).isEqualTo("ffffffffffffffff");
  }

  @Test
  void a_block_that_is_wrong_on_the_medium_fails_sg_verify_and_every_read_of_linux() {
    assertThat(write(0x48020, 3, "0225cafe00048020").exitCode()).isZero();
    String verify = "sg_verify --16 --lba=0x48020 --count=1 %s 2>&1";
    ScriptRun checked = run(verify.formatted("--vrprotect=1 " + disk.generic()));
    assertThat(checked.exitCode()).as(checked.output()).isNotZero();
    assertThat(run(verify.formatted("--vrprotect=3 " + disk.generic())).exitCode()).isZero();
    ScriptRun read =
        run(
            "LC_ALL=C dd if=%s of=/dev/null bs=512 skip=%d count=1 iflag=direct 2>&1"
                .formatted(disk.path(), 0x48020));
    assertThat(read.exitCode()).isNotZero();
    assertThat(read.output()).as("EILSEQ").contains("Invalid or incomplete multibyte");
    assertThat(write(0x48020, 1, "0224cafe00048020").exitCode()).isZero();
    assertThat(run(verify.formatted("--vrprotect=1 " + disk.generic())).exitCode()).isZero();
  }

  @Test
  void sg_write_same_counts_the_reference_tag_up() {
    assertThat(write(0x48030, 1, "0224beef00048030").exitCode()).isZero();
    linux.sh(
        "sg_write_same --16 --wrprotect=1 --lba=0x48030 --num=8 --xferlen=520 --in=/tmp/sent "
            + disk.generic());
    assertThat(tuple(0x48037)).isEqualTo("0224beef00048037");
  }
}
