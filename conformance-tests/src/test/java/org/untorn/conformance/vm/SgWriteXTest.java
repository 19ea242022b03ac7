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

/**
 * Every kind of write that sg_write_x can send, in CDBs of 16 and of 32 bytes, and the reads of 32
 * bytes that sg3_utils has: what they leave on the disk, and how those end that a disk without
 * protection information does not have.
 */
final class SgWriteXTest {

  private static final int INVALID_OPERATION_CODE = 9;

  @RegisterExtension static final LinuxExtension linux = LinuxExtension.with(GuestKernel.STABLE);

  @RegisterExtension
  static final UntornExtension target =
      UntornExtension.configured(
          """
          targets:
            - name: iqn.2026-11.org.untorn:writes
              luns:
                - {lun: 0, size: 64MiB}
                - {lun: 1, size: 64MiB, protection: 2}
          """);

  private static LinuxDisk disk;

  /** With protection information of type 2, which SBC-4 has the writes of 32 bytes for. */
  private static LinuxDisk type2;

  @BeforeAll
  static void log_in() {
    disk = LinuxDisk.attach(linux, target.ready());
    type2 = LinuxDisk.of(linux, target.ready().target(), 1, 1);
    linux.sh(
        """
        head -c 256K /dev/urandom >/tmp/data
        for byte in 017 074 360 252; do
          head -c 4K /dev/zero | tr '\\0' "\\\\$byte" >/tmp/$byte
        done
        """);
  }

  @AfterAll
  static void log_out() {
    disk.detach();
  }

  @ParameterizedTest(name = "sg_write_x {0}")
  @ValueSource(
      strings = {
        "--16 --normal",
        "--16 --normal --dpo --fua --grpnum=3 --dld=5",
        "--16 --atomic=0",
        "--16 --atomic=8 --fua",
      })
  void what_is_written_is_read_back_and_its_neighbours_stay(String options) {
    zero(disk, 1024, 48);

    writeX(options + " --lba=1040 --num=16 --in=/tmp/data");

    assertThat(sameAsData(disk, 1040, 16, 0)).isTrue();
    assertThat(nonZeroBytes(disk, 1024, 16)).isZero();
    assertThat(nonZeroBytes(disk, 1056, 16)).isZero();
  }

  @ParameterizedTest(name = "sg_write_x {0}")
  @ValueSource(strings = {"--16 --or", "--32 --or", "--32 --or --bmop=0,5 --generation=0,77"})
  void orwrite_sets_the_bits_of_the_data_and_no_others(String options) {
    write(2048, "/tmp/017");

    writeX(options + " --lba=2048 --num=8 --in=/tmp/360");
    assertThat(bytes(2048, 8)).isEqualTo("ff");

    write(2048, "/tmp/017");
    writeX(options + " --lba=2048 --num=8 --in=/tmp/252");
    assertThat(bytes(2048, 8)).isEqualTo("af");
  }

  @Test
  void orwrite_32_begins_a_generation_that_others_have_to_know() {
    write(2304, "/tmp/074");

    writeX("--32 --or --bmop=1,7 --generation=0,4 --lba=2304 --num=8 --in=/tmp/017");
    assertThat(bytes(2304, 8)).as("3c and 0f").isEqualTo("0c");
    ScriptRun late =
        run("sg_write_x -v --32 --or --generation=0,0 --lba=2304 --num=8 --in=/tmp/360");
    writeX("--32 --or --generation=4,0 --lba=2304 --num=8 --in=/tmp/360");

    assertThat(late.exitCode()).isNotZero();
    assertThat(late.output()).containsIgnoringCase("ORWRITE generation does not match");
    assertThat(bytes(2304, 8)).isEqualTo("fc");
    writeX("--32 --or --bmop=1,7 --generation=4,0 --lba=2304 --num=8 --in=/tmp/360");
    assertThat(bytes(2304, 8)).isEqualTo("f0");
  }

  @ParameterizedTest(name = "sg_write_x {0}")
  @CsvSource({"--same=0 --in=/tmp/252, aa", "--same=1, 00", "--same=1 --unmap=1, 00"})
  void write_same_fills_a_range_with_one_block(String options, String expected) {
    write(3072, "/tmp/017");
    write(3080, "/tmp/017");

    writeX("--16 " + options + " --lba=3072 --num=12");

    assertThat(bytes(3072, 12)).isEqualTo(expected);
    assertThat(bytes(3084, 4)).isEqualTo("0f");
  }

  @Test
  void write_scattered_puts_each_part_where_its_descriptor_says() {
    zero(disk, 4096, 64);

    linux.sh("printf '4140, 4\\n4096, 8\\n4120, 2\\n' >/tmp/ranges");
    writeX("--16 --scattered=3 --scat-file=/tmp/ranges --in=/tmp/data");

    assertThat(sameAsData(disk, 4140, 4, 0)).isTrue();
    assertThat(sameAsData(disk, 4096, 8, 4)).isTrue();
    assertThat(sameAsData(disk, 4120, 2, 12)).isTrue();
    assertThat(nonZeroBytes(disk, 4104, 16)).isZero();
    assertThat(nonZeroBytes(disk, 4122, 18)).isZero();
    assertThat(nonZeroBytes(disk, 4144, 16)).isZero();
  }

  @Test
  void write_scattered_takes_fua_and_leaves_what_is_between_its_parts() {
    zero(disk, 5120, 32);
    linux.sh("printf '5120, 2\\n5140, 3\\n' >/tmp/ranges");

    writeX("--16 --scattered=2 --scat-file=/tmp/ranges --fua --in=/tmp/data");

    assertThat(sameAsData(disk, 5120, 2, 0)).isTrue();
    assertThat(sameAsData(disk, 5140, 3, 2)).isTrue();
    assertThat(nonZeroBytes(disk, 5122, 18)).isZero();
  }

  @Test
  void write_scattered_beyond_the_end_writes_nothing_at_all() {
    zero(disk, 6144, 8);

    ScriptRun beyond =
        run("sg_write_x --16 --scattered=2 --lba=6144,131072 --num=4,1 --in=/tmp/data");

    assertThat(beyond.exitCode()).isNotZero();
    assertThat(beyond.output()).containsIgnoringCase("LBA out of range");
    assertThat(nonZeroBytes(disk, 6144, 8)).isZero();
  }

  /** SBC-4 4.21.2.2: of these, a disk without type 2 protection has none. */
  @ParameterizedTest(name = "sg_write_x {0}")
  @ValueSource(
      strings = {
        "--32 --normal --num=8 --in=/tmp/data",
        "--32 --atomic=0 --num=8 --in=/tmp/data",
        "--32 --same=0 --num=8 --in=/tmp/data",
        "--32 --scattered=1 --num=8 --in=/tmp/data",
        "--16 --stream=1 --num=8 --in=/tmp/data",
      })
  void what_the_disk_does_not_have_is_an_invalid_operation_code(String options) {
    zero(disk, 0, 8);

    ScriptRun refused = run("sg_write_x --lba=0 " + options);

    assertThat(refused.exitCode()).as(refused.output()).isEqualTo(INVALID_OPERATION_CODE);
    assertThat(nonZeroBytes(disk, 0, 8)).isZero();
  }

  @ParameterizedTest(name = "sg_write_x {0}")
  @ValueSource(
      strings = {
        "--32 --normal",
        "--32 --normal --dpo --fua --grpnum=3",
        "--32 --atomic=0",
        "--32 --atomic=8 --fua",
        "--16 --atomic=0",
      })
  void with_type_2_protection_what_is_written_is_read_back(String options) {
    zero(type2, 1024, 48);

    writeX(type2, options + " --lba=1040 --num=16 --in=/tmp/data");

    assertThat(sameAsData(type2, 1040, 16, 0)).isTrue();
    assertThat(nonZeroBytes(type2, 1024, 16)).isZero();
    assertThat(nonZeroBytes(type2, 1056, 16)).isZero();
    assertThat(
            linux.sh(
                """
                sg_raw -r 8192 -o /tmp/read %s 7f 00 00 00 00 00 00 18 00 09 00 00 \
                  00 00 00 00 00 00 04 10 00 00 04 10 ff ff ff ff 00 00 00 10 2>/dev/null
                head -c 8192 /tmp/data | cmp - /tmp/read && echo the same
                """
                    .formatted(type2.generic())))
        .isEqualTo("the same");
  }

  @Test
  void with_type_2_protection_a_range_is_filled_and_parts_are_scattered_in_32_bytes() {
    zero(type2, 2048, 64);

    writeX(type2, "--32 --same=0 --lba=2048 --num=8 --in=/tmp/252");
    linux.sh("printf '2090, 2\\n2070, 5\\n' >/tmp/ranges");
    writeX(type2, "--32 --scattered=2 --scat-file=/tmp/ranges --in=/tmp/data");
    writeX(type2, "--32 --or --lba=2052 --num=8 --in=/tmp/017");

    assertThat(bytes(type2, 2048, 4)).isEqualTo("aa");
    assertThat(bytes(type2, 2052, 4)).isEqualTo("af");
    assertThat(bytes(type2, 2056, 4)).isEqualTo("0f");
    assertThat(sameAsData(type2, 2090, 2, 0)).isTrue();
    assertThat(sameAsData(type2, 2070, 5, 2)).isTrue();
    assertThat(nonZeroBytes(type2, 2075, 15)).isZero();
  }

  @Test
  void with_type_2_protection_all_of_them_are_there_and_linux_writes_nothing_atomically() {
    assertThat(sg(type2, "sg_opcodes"))
        .contains("Read(32)", "Verify(32)", "Write(32)", "Write same(32)", "Atomic write(32)");
    assertThat(sg(type2, "sg_opcodes -o 0x7f -s 0xf"))
        .contains("7f 04 00 00 ff ff 00 ff 00 0f f8 00");
    assertThat(disk.queue("atomic_write_unit_max_bytes")).isPositive();
    assertThat(type2.queue("atomic_write_unit_max_bytes")).isZero();
  }

  @Test
  void read_32_is_an_invalid_operation_code_too_and_an_unknown_action_an_invalid_field() {
    String zeros = " 00".repeat(18);
    ScriptRun read =
        run("sg_raw -v -r 512", "7f 00 00 00 00 00 00 18 00 09 00 00" + zeros + " 00 01");
    ScriptRun unknown =
        run("sg_raw -v -r 512", "7f 00 00 00 00 00 00 18 08 88 00 00" + zeros + " 00 01");

    assertThat(read.output()).contains("Invalid command operation code");
    assertThat(unknown.output()).contains("Invalid field in cdb", "Error in Command: byte 8");
  }

  @Test
  void get_lba_status_tells_the_same_in_both_lengths() {
    linux.sh("sg_unmap --force --lba=8192 --num=1024 " + disk.generic());
    linux.sh(
        "dd if=/tmp/data of=%s bs=512 seek=8256 count=64 oflag=direct status=none"
            .formatted(disk.path()));

    String sixteen = sg("sg_get_lba_status --16 -bb --lba=8256");
    assertThat(sixteen).isEqualTo(sg("sg_get_lba_status --32 -bb --lba=8256"));
    assertThat(sg("sg_get_lba_status --16 -b --maxlen=512 --lba=8192"))
        .isEqualTo(sg("sg_get_lba_status --32 -b --maxlen=512 --lba=8192"))
        .contains("0x2000", "0x2040", "0x2080");
    assertThat(sg("sg_get_lba_status --32 -b --maxlen=512 --lba=8192 --scan-len=72"))
        .contains("0x2000", "0x2040")
        .doesNotContain("0x2080");
  }

  @Test
  void sg_opcodes_lists_the_commands_of_variable_length_that_there_are() {
    assertThat(sg("sg_opcodes"))
        .contains("Get LBA status(32)", "Orwrite(32)", "Write scattered(16)");
    assertThat(sg("sg_opcodes -o 0x7f -s 0xe"))
        .contains("Command is supported [conforming to SCSI standard]")
        .contains("7f 04 07 0f 00 00 00 ff 00 0e f8 00");
    assertThat(sg("sg_opcodes -o 0x7f -s 0x9")).contains("Command is NOT supported");
    assertThat(sg("sg_opcodes -o 0x9f -s 0x12"))
        .contains("9f 12 f8 00 ff ff 00 00 ff ff ff ff ff ff 00 04");
  }

  @Test
  void sg_vpd_tells_the_limits_of_scattered_writes() {
    assertThat(sg("sg_vpd -p ble"))
        .contains("Maximum scattered LBA range transfer length: 0x2000")
        .contains("Maximum scattered LBA range descriptor count: 0x100")
        .contains("Maximum scattered transfer length: 0x2000");
  }

  private static void writeX(String options) {
    writeX(disk, options);
  }

  private static void writeX(LinuxDisk on, String options) {
    sg(on, "sg_write_x " + options);
  }

  private static String sg(String command) {
    return sg(disk, command);
  }

  private static String sg(LinuxDisk on, String command) {
    return linux.sh(command + " " + on.generic() + " 2>&1");
  }

  private static ScriptRun run(String command) {
    return run(command, "");
  }

  private static ScriptRun run(String command, String behindDevice) {
    return linux.run(
        Duration.ofSeconds(60), command + " " + disk.generic() + " " + behindDevice + " 2>&1");
  }

  /** Writes a file of 8 blocks, past the page cache. */
  private static void write(int lba, String file) {
    linux.sh(
        "dd if=%s of=%s bs=512 seek=%d oflag=direct status=none".formatted(file, disk.path(), lba));
  }

  private static void zero(LinuxDisk on, int lba, int blocks) {
    linux.sh(
        "dd if=/dev/zero of=%s bs=512 seek=%d count=%d oflag=direct status=none"
            .formatted(on.path(), lba, blocks));
  }

  /** Blocks that hold only one byte, in hexadecimal. */
  private static String bytes(int lba, int blocks) {
    return bytes(disk, lba, blocks);
  }

  private static String bytes(LinuxDisk on, int lba, int blocks) {
    return linux.sh(read(on, lba, blocks) + " | od -An -v -tx1 -w1 | sort -u | tr -d ' \\n'");
  }

  private static boolean sameAsData(LinuxDisk on, int lba, int blocks, int from) {
    String part = "dd if=/tmp/data bs=512 skip=%d count=%d status=none".formatted(from, blocks);
    return linux
            .sh("%s | sha256sum; %s | sha256sum".formatted(part, read(on, lba, blocks)))
            .lines()
            .distinct()
            .count()
        == 1;
  }

  private static int nonZeroBytes(LinuxDisk on, int lba, int blocks) {
    return Integer.parseInt(linux.sh(read(on, lba, blocks) + " | tr -d '\\0' | wc -c"));
  }

  /** A command that prints blocks of the disk, past the page cache. */
  private static String read(LinuxDisk on, int lba, int blocks) {
    return "dd if=%s iflag=direct bs=512 skip=%d count=%d status=none"
        .formatted(on.path(), lba, blocks);
  }
}
