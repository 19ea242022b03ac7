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
import org.untorn.testkit.vm.ScriptRun;

/**
 * What manages the medium, by sg3_utils: SANITIZE, FORMAT UNIT, ejecting and loading, and bad
 * blocks. 32 MiB that can be taken out, of which 8 MiB a second are erased.
 */
final class MediumCommandsTest {

  @RegisterExtension static final LinuxExtension linux = LinuxExtension.with(GuestKernel.STABLE);

  @RegisterExtension
  static final UntornExtension target =
      UntornExtension.inMemory("--size", "32MiB", "--erase-rate", "8MiB", "--removable");

  private static LinuxDisk disk;

  @BeforeAll
  static void log_in() {
    disk = LinuxDisk.attach(linux, target.ready());
  }

  @AfterAll
  static void log_out() {
    disk.detach();
  }

  /** A command on the disk's SCSI generic node that must succeed. */
  private static String sg(String command) {
    return linux.sh(command + " " + disk.generic() + " 2>&1");
  }

  private static ScriptRun run(String command) {
    return linux.run(java.time.Duration.ofMinutes(1), command + " " + disk.generic() + " 2>&1");
  }

  private static void fill() {
    linux.sh(
        "dd if=/dev/urandom of=%s bs=1M count=32 oflag=direct 2>/dev/null".formatted(disk.path()));
  }

  /** How many of the disk's bytes are not those that a byte in octal is. */
  private static String otherThan(String octal) {
    return linux.sh(
        "dd if=%s bs=1M iflag=direct 2>/dev/null | tr -d '\\%s' | wc -c"
            .formatted(disk.path(), octal));
  }

  private static void awaitReady() {
    linux.sh(
        "for i in $(seq 300); do sg_turs %s >/dev/null 2>&1 && exit; sleep 0.1; done; exit 1"
            .formatted(disk.generic()));
  }

  @Test
  void sg_sanitize_erases_all_in_the_background_and_tells_how_far_it_is() {
    fill();
    assertThat(otherThan("000")).isNotEqualTo("0");
    sg("sg_sanitize --block --quick --early");
    String progress = run("sg_requests --progress").output();
    ScriptRun read = run("sg_raw -r 512 " + disk.generic() + " 28 00 00 00 00 00 00 00 01 00 #");
    awaitReady();

    assertThat(progress).containsPattern("(?i)progress indication: \\d+\\.\\d+%");
    assertThat(read.output()).contains("Not Ready", "sanitize in progress");
    assertThat(otherThan("000")).isEqualTo("0");
    assertThat(linux.sh("sg_get_lba_status --lba=0 --brief " + disk.generic()))
        .as("all of it is one run that is not mapped")
        .contains("10000");
  }

  @Test
  void sg_sanitize_overwrites_with_a_pattern() {
    fill();
    linux.sh("printf A >/tmp/pattern");
    sg("sg_sanitize --overwrite --pattern=/tmp/pattern --ipl=1 --count=2 --invert --quick --wait");

    assertThat(otherThan("101")).isEqualTo("0");
    sg("sg_sanitize --crypto --quick --wait");
    assertThat(otherThan("000")).isEqualTo("0");
    sg("sg_sanitize --fail --quick --wait");
  }

  @Test
  void sg_format_gives_every_block_back_and_cannot_change_what_a_block_is() {
    fill();
    sg("sg_format --format --quick --wait");
    assertThat(otherThan("000")).isEqualTo("0");
    assertThat(run("sg_format --format --quick --wait --size=4096").exitCode()).isNotZero();
    ScriptRun protection = run("sg_format --format --quick --wait --fmtpinfo=2");
    assertThat(protection.exitCode()).isNotZero();
    assertThat(protection.output()).containsIgnoringCase("illegal request");
    assertThat(sg("sg_readcap")).contains("block length=512");
  }

  @Test
  void sg_start_ejects_and_loads_unless_sg_prevent_forbids_it() {
    assertThat(sg("sg_inq")).contains("RMB=1");
    sg("sg_prevent --prevent=1");
    assertThat(run("sg_start --eject").output()).containsIgnoringCase("illegal request");
    sg("sg_prevent --allow");
    sg("sg_start --eject");
    String testUnitReady = "sg_raw " + disk.generic() + " 00 00 00 00 00 00 #";
    assertThat(run(testUnitReady).output()).containsIgnoringCase("medium not present");
    sg("sg_start --load");
    run(testUnitReady); // its unit attention
    assertThat(run(testUnitReady).exitCode()).isZero();
  }

  @Test
  void a_block_that_sg_write_long_marked_is_bad_until_sg_reassign_or_a_write_mends_it() {
    String read = "sg_raw -r 512 " + disk.generic() + " 28 00 00 00 10 00 00 00 01 00 #";
    for (String form : new String[] {"", "--16 "}) {
      sg("sg_write_long %s--wr_uncor --lba=0x1000 --xfer_len=0".formatted(form));
      ScriptRun bad = run(read);
      assertThat(bad.exitCode()).isNotZero();
      assertThat(bad.output()).containsIgnoringCase("medium error");
      linux.sh(
          "dd if=/dev/zero of=%s bs=4096 seek=512 count=1 oflag=direct 2>&1"
              .formatted(disk.path()));
      assertThat(run(read).exitCode()).isZero();
    }
    sg("sg_write_long --wr_uncor --lba=0x1000 --xfer_len=0");
    sg("sg_reassign --address=0x1000");
    assertThat(run(read).exitCode()).isZero();
    assertThat(linux.sh("sg_raw -r 64 " + disk.generic() + " 37 00 08 00 00 00 00 00 40 00 2>&1"))
        .contains("00 08 00 04 00 00 10 00");
  }
}
