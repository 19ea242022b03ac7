package org.untorn.conformance.vm;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.untorn.testkit.UntornExtension;
import org.untorn.testkit.vm.GuestKernel;
import org.untorn.testkit.vm.LinuxDisk;
import org.untorn.testkit.vm.LinuxExtension;
import org.untorn.testkit.vm.ScriptRun;

/**
 * sg3_utils reads from the disk what the target was told to be, and gets the standard's answers.
 * 256 MiB in blocks of 512 bytes on physical ones of 4096; WRITE ATOMIC up to 8192 blocks, in
 * multiples of 8.
 */
final class SgUtilsTest {

  private static final int LAST_BLOCK = (256 << 20) / 512 - 1;

  @RegisterExtension static final LinuxExtension linux = LinuxExtension.with(GuestKernel.STABLE);

  @RegisterExtension
  static final UntornExtension target = UntornExtension.inMemory("--size", "256MiB");

  private static LinuxDisk disk;

  @BeforeAll
  static void log_in() {
    disk = LinuxDisk.attach(linux, target.ready());
    linux.sh("head -c 8M /dev/urandom >/tmp/data");
  }

  @AfterAll
  static void log_out() {
    disk.detach();
  }

  @Test
  void sg_inq_names_the_disk() {
    assertThat(sg("sg_inq"))
        .contains("Vendor identification: UNTORN")
        .contains("Product identification: ATOMIC DISK")
        .contains("Peripheral device type: disk")
        .contains("PQual=0  PDT=0  RMB=0")
        .contains("Resp_data_format=2")
        .contains("CmdQue=1")
        .contains("Protect=0");
  }

  @Test
  void sg_vpd_lists_every_page() {
    assertThat(sg("sg_vpd -p sv"))
        .containsSubsequence("[sv]", "[sn]", "[di]", "[ei]", "[tpc]", "[bl]", "[bdc]", "[lbpv]");
  }

  @Test
  void sg_vpd_serial_number_is_the_one_in_the_device_identification() {
    String serial = sg("sg_vpd -p sn").replaceAll("(?s).*Product serial number: (\\S+).*", "$1");

    assertThat(serial).hasSizeGreaterThan(7);
    assertThat(sg("sg_vpd -p di")).contains(serial);
  }

  @Test
  void sg_vpd_device_identification_names_unit_port_and_target() {
    assertThat(sg("sg_vpd -p di"))
        .contains("vendor id: UNTORN")
        .containsPattern("designator type: NAA,  code set: Binary\\n\\s+0x3[0-9a-f]{15}")
        .contains("Relative target port: 0x1")
        .contains("SCSI name string")
        .contains(target.ready().target() + ",t,0x0001");
  }

  @Test
  void sg_vpd_extended_inquiry_offers_simple_tasks_and_no_protection() {
    assertThat(sg("sg_vpd -p ei"))
        .contains("SPT=0 GRD_CHK=0 APP_CHK=0 REF_CHK=0")
        .contains("SIMPSUP=1")
        .contains("V_SUP=1");
  }

  /** By the numbers: sg_vpd gives two of the atomic fields one label. */
  @Test
  void sg_vpd_block_limits_hold_the_atomic_limits() {
    String hex =
        linux.sh("sg_vpd --raw -p bl " + disk.generic() + " | od -An -v -tx1 | tr -d ' \\n'");

    assertThat(hex).hasSize(128).startsWith("00b0003c");
    assertThat(hex.substring(16, 24)).as("MAXIMUM TRANSFER LENGTH").isEqualTo("00002000");
    assertThat(hex.substring(88))
        .as("the five atomic fields")
        .isEqualTo("00002000" + "00000008" + "00000008" + "00002000" + "00000080");
  }

  @Test
  void sg_vpd_block_device_characteristics_say_that_nothing_rotates() {
    assertThat(sg("sg_vpd -p bdc")).contains("Non-rotating medium").contains("FUAB=1");
  }

  @Test
  void sg_vpd_logical_block_provisioning_says_thin_and_zeros() {
    assertThat(sg("sg_vpd -p lbpv"))
        .contains("LBPU=1", "LBPWS=1", "LBPRZ=0x1")
        .contains("Provisioning type: thin provisioned");
  }

  @Test
  void sg_vpd_of_a_page_that_is_not_there_is_an_illegal_request() {
    assertThat(run("sg_vpd -p 0xc5 -H").exitCode()).isNotZero();
    assertThat(run("sg_raw -r 64 %s 12 01 c5 00 40 00".formatted(disk.generic())).output())
        .contains("Illegal Request", "Invalid field in cdb");
  }

  @Test
  void sg_readcap_gives_the_capacity_in_both_lengths() {
    assertThat(sg("sg_readcap")).contains("Last LBA=" + LAST_BLOCK, "block length=512");
    assertThat(sg("sg_readcap -l"))
        .contains("Last LBA=" + LAST_BLOCK)
        .contains("Logical block length=512 bytes")
        .contains("physical block exponent=3")
        .contains("prot_en=0")
        .contains("lbpme=1, lbprz=1");
  }

  @Test
  void sg_luns_lists_one_unit() {
    assertThat(sg("sg_luns")).contains("implies 1 lun entry").contains("    0000000000000000");
  }

  @Test
  void sg_modes_shows_the_write_cache_and_that_fua_is_honoured() {
    assertThat(sg("sg_modes -p 8")).contains("DpoFua=1", "WP=0", ">> Caching", "08 12 04");
    assertThat(sg("sg_modes -6 -p 8")).contains(">> Caching", "08 12 04");
    assertThat(sg("sg_modes -p 0xa")).contains(">> Control", "0a 0a ");
    assertThat(sg("sg_modes -p 0x1c")).contains(">> Informational exceptions control", "1c 0a ");
  }

  @Test
  void the_write_cache_can_be_switched_off_and_on() {
    assertThat(linux.sh("cat /sys/block/" + disk.name() + "/device/scsi_disk/*/cache_type"))
        .isEqualTo("write back");
    linux.sh("echo 'write through' >/sys/block/" + disk.name() + "/device/scsi_disk/*/cache_type");
    assertThat(sg("sg_modes -p 8")).contains("08 12 00");
    linux.sh("echo 'write back' >/sys/block/" + disk.name() + "/device/scsi_disk/*/cache_type");
    assertThat(sg("sg_modes -p 8")).contains("08 12 04");
  }

  @Test
  void sg_opcodes_lists_the_commands_and_their_usage_maps() {
    assertThat(sg("sg_opcodes"))
        .contains(
            "Test Unit Ready",
            "Inquiry",
            "Read(16)",
            "Write(16)",
            "Write atomic(16)",
            "Unmap",
            "Write same(16)",
            "Report supported operation codes");
    assertThat(sg("sg_opcodes -o 0x9c"))
        .contains("Command is supported [conforming to SCSI standard]")
        .contains("Usage data: 9c f8 ff ff ff ff ff ff ff ff ff ff ff ff 00 04");
    assertThat(sg("sg_opcodes -o 0x89"))
        .contains("Command is supported [conforming to SCSI standard]")
        .contains("Usage data: 89 f8 ff ff ff ff ff ff ff ff 00 00 00 ff 00 04");
    assertThat(sg("sg_opcodes -o 0xa2")).contains("Command is NOT supported");
    assertThat(sg("sg_opcodes -t")).contains("Abort task", "Abort task set", "Logical unit reset");
  }

  @Test
  void sg_requests_answers_in_both_formats() {
    assertThat(sg("sg_requests")).contains("Fixed format, current; Sense key: No Sense");
    assertThat(sg("sg_requests -d")).contains("Descriptor format, current; Sense key: No Sense");
  }

  @Test
  void sg_verify_finds_no_fault_and_no_block_past_the_end() {
    sg("sg_verify --lba=0 --count=128");
    sg("sg_verify --16 --lba=0 --count=128");
    ScriptRun past =
        run("sg_raw " + disk.generic() + " 8f 00 00 00 00 00 00 08 00 00 00 00 00 08 00 00");
    assertThat(past.output()).contains("Logical block address out of range");
  }

  @Test
  void sg_verify_compares_with_what_is_sent() {
    write(4096, 8, 0);
    sg("sg_verify --bpc=8 --16 --lba=4096 --count=8 --ndo=4096 --in=/tmp/data");
    ScriptRun other =
        run("sg_verify --16 --lba=4097 --count=7 --ndo=3584 --in=/tmp/data " + disk.generic());
    assertThat(other.exitCode()).as("14: miscompare").isEqualTo(14);
  }

  @ParameterizedTest(name = "sg_write_same {0}")
  @CsvSource({"--10", "--16", "--16 --unmap", "--10 --unmap"})
  void sg_write_same_fills_a_range_and_no_more(String options) {
    write(8192, 48, 0);
    sg("sg_write_same %s --lba=8208 --num=16 --xferlen=512 --in=/dev/zero".formatted(options));

    assertThat(nonZeroBytes(8208, 16)).isZero();
    assertThat(sameAsData(8192, 16, 0)).isTrue();
    assertThat(sameAsData(8224, 16, 32)).isTrue();
  }

  @Test
  void sg_unmap_leaves_zeros_and_touches_no_neighbour() {
    write(16_384, 48, 0);
    sg("sg_unmap --force --lba=16400 --num=16");

    assertThat(nonZeroBytes(16_400, 16)).isZero();
    assertThat(sameAsData(16_384, 16, 0)).isTrue();
    assertThat(sameAsData(16_416, 16, 32)).isTrue();
  }

  @Test
  void sg_sync_flushes_by_both_commands() {
    sg("sg_sync");
    sg("sg_sync --16 --lba=0 --count=8");
    sg("sg_sync --immed");
  }

  @Test
  void a_stopped_disk_is_not_ready_until_it_is_started() {
    sg("sg_start --stop");
    ScriptRun stopped = run("sg_raw " + disk.generic() + " 00 00 00 00 00 00");
    sg("sg_start --start");

    assertThat(stopped.output()).contains("Sense key: Not Ready", "initializing command required");
    assertThat(run("sg_raw " + disk.generic() + " 00 00 00 00 00 00").output())
        .contains("SCSI Status: Good");
  }

  @Test
  void sg_write_verify_writes() {
    sg("sg_write_verify --16 --lba=20480 --num=8 --ilen=4096 --in=/tmp/data");

    assertThat(sameAsData(20_480, 8, 0)).isTrue();
  }

  @ParameterizedTest(name = "{1} blocks at {0}, boundary {2}")
  @CsvSource({
    "0,      8,    0",
    "8,      16,   0",
    "524280, 8,    0",
    "0,      8192, 0",
    "0,      8192, 128",
    "64,     64,   8",
  })
  void sg_write_x_atomic_at_the_limits_is_written(int lba, int blocks, int boundary) {
    sg(atomicWrite(lba, blocks, boundary));

    assertThat(sameAsData(lba, blocks, 0)).isTrue();
  }

  @ParameterizedTest(name = "{1} blocks at {0}, boundary {2}: {3}")
  @CsvSource({
    "4,      8,    0,   Illegal request",
    "0,      4,    0,   Illegal request",
    "0,      8200, 0,   Illegal request",
    "0,      8200, 8,   Illegal request",
    "0,      8,    136, Illegal request",
    "0,      16,   4,   Illegal request",
    "524288, 8,    0,   LBA out of range",
    "524280, 16,   0,   LBA out of range",
  })
  void sg_write_x_atomic_past_the_limits_is_refused_and_changes_nothing(
      int lba, int blocks, int boundary, String why) {
    int neighbour = Math.min(lba, 524_280) / 8 * 8;
    write(neighbour, 8, 4096);
    ScriptRun refused = run(atomicWrite(lba, blocks, boundary) + " " + disk.generic());

    assertThat(refused.exitCode()).isNotZero();
    assertThat(refused.output()).containsIgnoringCase(why);
    assertThat(sameAsData(neighbour, 8, 4096)).isTrue();
  }

  @Test
  void sg_raw_of_an_unknown_command_is_an_illegal_request() {
    assertThat(run("sg_raw " + disk.generic() + " c0 00 00 00 00 00").output())
        .contains("Illegal Request", "Invalid command operation code");
  }

  @Test
  void sg_raw_of_a_reserved_bit_is_told_which() {
    assertThat(run("sg_raw -v " + disk.generic() + " 00 01 00 00 00 00").output())
        .contains("Illegal Request", "Invalid field in cdb", "Error in Command: byte 1 bit 0");
  }

  private static String sg(String command) {
    return linux.sh(command + " " + disk.generic() + " 2>&1");
  }

  private static ScriptRun run(String script) {
    return linux.run(Duration.ofSeconds(60), script + " 2>&1");
  }

  private static String atomicWrite(int lba, int blocks, int boundary) {
    return "sg_write_x --16 --atomic=%d --lba=%d --num=%d --in=/tmp/data"
        .formatted(boundary, lba, blocks);
  }

  /** Writes blocks of the data file, from its block {@code from}, past the page cache. */
  private static void write(int lba, int blocks, int from) {
    linux.sh(
        "dd if=/tmp/data of=%s bs=512 seek=%d skip=%d count=%d oflag=direct status=none"
            .formatted(disk.path(), lba, from, blocks));
  }

  private static boolean sameAsData(int lba, int blocks, int from) {
    return linux
            .sh(
                "%s | sha256sum; %s | sha256sum"
                    .formatted(read("/tmp/data", from, blocks), read(disk.path(), lba, blocks)))
            .lines()
            .distinct()
            .count()
        == 1;
  }

  private static int nonZeroBytes(int lba, int blocks) {
    return Integer.parseInt(linux.sh(read(disk.path(), lba, blocks) + " | tr -d '\\0' | wc -c"));
  }

  /** A command that prints blocks of a file or disk, past the page cache, in large pieces. */
  private static String read(String path, int lba, int blocks) {
    return "dd if=%s iflag=direct,skip_bytes,count_bytes bs=512k skip=%d count=%d status=none"
        .formatted(path, lba * 512L, blocks * 512L);
  }
}
