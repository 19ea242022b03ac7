package org.untorn.conformance.vm;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.untorn.testkit.UntornExtension;
import org.untorn.testkit.vm.GuestKernel;
import org.untorn.testkit.vm.LinuxDisk;
import org.untorn.testkit.vm.LinuxExtension;
import org.untorn.testkit.vm.ScriptRun;

/** sg3_utils has the disk copy for it, and understands every page that the disk tells of itself. */
final class SgCopyTest {

  @RegisterExtension static final LinuxExtension linux = LinuxExtension.with(GuestKernel.STABLE);

  @RegisterExtension
  static final UntornExtension target = UntornExtension.inMemory("--size", "64MiB");

  private static LinuxDisk disk;

  @BeforeAll
  static void log_in() {
    disk = LinuxDisk.attach(linux, target.ready());
    linux.sh("head -c 4M /dev/urandom >/tmp/data");
    linux.sh("dd if=/tmp/data of=%s bs=1M oflag=direct status=none".formatted(disk.path()));
  }

  @AfterAll
  static void log_out() {
    disk.detach();
  }

  @Test
  void sg_xcopy_copies_inside_the_disk() {
    linux.sh(
        "sg_xcopy if=%1$s of=%1$s bs=512 count=4096 skip=16 seek=65536 2>&1"
            .formatted(disk.generic()));

    assertThat(linux.sh(sum("/tmp/data", 16, 4096)))
        .isEqualTo(linux.sh(sum(disk.path(), 65_536, 4096)));
  }

  @Test
  void sg_copy_results_knows_the_operating_parameters() {
    assertThat(sg("sg_copy_results --params"))
        .contains("Maximum target descriptor count: 16")
        .contains("Maximum segment descriptor count: 64")
        .contains("Maximum descriptor list length: 2304")
        .contains("Copy from block device to block device", "Identification descriptor");
  }

  @Test
  void sg_copy_results_of_a_copy_that_nobody_asked_for_is_an_illegal_request() {
    ScriptRun unknown = run("sg_copy_results --status --list_id=77 " + disk.generic());

    assertThat(unknown.exitCode()).isNotZero();
    assertThat(unknown.output()).containsIgnoringCase("illegal request");
  }

  @Test
  void sg_vpd_decodes_what_the_copy_manager_can_do() {
    assertThat(sg("sg_vpd -p tpc"))
        .contains("Block Device ROD Limits", "Maximum range descriptors: 0x40")
        .contains("Populate token", "Write using token", "Receive ROD token information")
        .contains("point in time copy - default", "block device zero")
        .doesNotContain("Unexpected", "short descriptor");
  }

  @ParameterizedTest(name = "sg_vpd -p {0}")
  @ValueSource(strings = {"sv", "sn", "di", "ei", "tpc", "bl", "bdc", "lbpv"})
  void sg_vpd_decodes_every_page(String page) {
    assertThat(sg("sg_vpd -p " + page)).contains("VPD page").doesNotContainIgnoringCase("short");
  }

  @ParameterizedTest(name = "sg_logs -p {0}: {1}")
  @CsvSource({
    "0x0, Supported log pages",
    "0x2, Write error counter log page",
    "0x3, Read error counter log page",
    "0x5, Verify error counter log page",
    "0xc, Logical block provisioning log page",
    "0xd, Temperature log page",
    "0xe, Start-stop cycle counter log page",
    "0x15, Background scan results log page",
    "0x19, General Statistics and Performance",
    "0x2f, Informational Exceptions log page",
  })
  void sg_logs_decodes_every_page(String page, String title) {
    assertThat(sg("sg_logs -p " + page))
        .containsIgnoringCase(title)
        .doesNotContainIgnoringCase("malformed");
  }

  @Test
  void sg_logs_counts_what_was_written() {
    assertThat(sg("sg_logs -p 0x2")).containsPattern("Total bytes processed = [1-9][0-9]+");
    assertThat(sg("sg_logs -p 0xd")).containsIgnoringCase("not available");
  }

  @Test
  void sg_ident_sets_and_reads_what_identifies_the_disk() {
    linux.sh("printf untorn-copy | sg_ident --set " + disk.generic());

    assertThat(sg("sg_ident --ascii")).contains("untorn-copy");
  }

  @Test
  void sg_read_buffer_describes_the_buffer() {
    assertThat(sg("sg_read_buffer --mode=desc --length=4 --hex")).containsPattern("00 +");
  }

  @Test
  void sg_get_lba_status_tells_what_is_mapped() {
    assertThat(sg("sg_get_lba_status --lba=0")).containsIgnoringCase("mapped");
    assertThat(sg("sg_get_lba_status --lba=100000")).containsIgnoringCase("deallocated");
  }

  @Test
  void sg_compare_and_write_writes_if_the_block_is_what_is_said() {
    linux.sh(
        "dd if=%s bs=512 skip=8 count=1 iflag=direct status=none >/tmp/cw".formatted(disk.path()));
    linux.sh("head -c 512 /dev/zero >>/tmp/cw");
    String command = "sg_compare_and_write --in=/tmp/cw --lba=8 --num=1 --xferlen=1024 ";
    linux.sh(command + disk.generic() + " 2>&1");
    ScriptRun again = run(command + disk.generic());

    assertThat(again.exitCode()).as("14: miscompare").isEqualTo(14);
    assertThat(linux.sh(sum(disk.path(), 8, 1))).isEqualTo(linux.sh(sum("/dev/zero", 0, 1)));
  }

  @Test
  void sg_modes_decodes_all_pages() {
    assertThat(sg("sg_modes -a"))
        .contains(">> Read-Write error recovery", ">> Caching", ">> Control")
        .contains(">> Informational exceptions control");
  }

  private static String sg(String command) {
    return linux.sh(command + " " + disk.generic() + " 2>&1");
  }

  private static ScriptRun run(String script) {
    return linux.run(Duration.ofSeconds(60), script + " 2>&1");
  }

  private static String sum(String file, int block, int blocks) {
    return "dd if=%s bs=512 skip=%d count=%d status=none | sha256sum"
        .formatted(file, block, blocks);
  }
}
