package org.untorn.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.untorn.core.Bench.hex;
import static org.untorn.core.ProtectedBench.WIRE;
import static org.untorn.core.ProtectedBench.block;
import static org.untorn.core.ProtectedBench.blocks;
import static org.untorn.core.ProtectedBench.crc;
import static org.untorn.core.ProtectedBench.tuple;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.untorn.backstore.BlockExtent;
import org.untorn.backstore.BlockOperation;
import org.untorn.backstore.Durability;
import org.untorn.backstore.Geometry;
import org.untorn.vpd.AtomicLimits;

/** Protection information (SBC-4 4.21) of all types, in each command that moves blocks. */
class ProtectionInformationTest {

  private static final String UNWRITTEN = "ffffffffffffffff";

  /** 480 zeros and 32 bytes that count up: its guard is 0224h, as in the standard's test case. */
  private static byte[] goldenData() {
    byte[] data = new byte[512];
    for (int i = 0; i < 32; i++) {
      data[480 + i] = (byte) i;
    }
    return data;
  }

  private static String hexOf(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }

  private static String write10(int protect, int lba, int blocks) {
    return "2A %02X %08X 00 %04X 00".formatted(protect << 5, lba, blocks);
  }

  private static String read10(int protect, int lba, int blocks) {
    return "28 %02X %08X 00 %04X 00".formatted(protect << 5, lba, blocks);
  }

  @ParameterizedTest
  @CsvSource({"1, 01, 05", "2, 03, 17", "3, 05, 24"})
  void the_disk_says_which_type_it_has_and_that_its_blocks_are_512_bytes_long(
      int type, String readCapacity, String extendedInquiry) {
    Bench bench = ProtectedBench.of(type);
    assertThat(bench.data("12 00 00 00 60 00")[5] & 0x01).as("PROTECT").isEqualTo(1);
    byte[] capacity = bench.data("9E 10 0000000000000000 00000020 00 00");
    assertThat(hexOf(capacity)).startsWith("0000000000004e1f" + "00000200" + readCapacity + "03");
    assertThat(hexOf(bench.data("25 00 00000000 0000 00 00"))).isEqualTo("00004e1f" + "00000200");
    assertThat(hexOf(bench.data("12 01 86 00 40 00"))).startsWith("0086003c" + extendedInquiry);
    byte[] control = bench.data("1A 00 0A 00 FF 00");
    assertThat(hexOf(control)).as("block descriptor").contains("00004e20" + "00000200");
    assertThat(control[12 + 5] & 0x80).as("ATO").isEqualTo(0x80);
  }

  @Test
  void a_disk_without_protection_information_says_so() {
    Bench bench = new Bench();
    assertThat(bench.data("12 00 00 00 60 00")[5] & 0x01).isZero();
    assertThat(bench.data("9E 10 0000000000000000 00000020 00 00")[12]).isZero();
    assertThat(hexOf(bench.data("12 01 86 00 40 00"))).startsWith("0086003c00");
    assertThat(bench.data("1A 08 0A 00 FF 00")[4 + 5] & 0x80).isZero();
    for (int protect = 1; protect < 8; protect++) {
      Bench.expect(bench.send(read10(protect, 0, 1)), "05 24 00");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "1, 0224ffff00001234, 0224ffff00001235",
    "3, 0224ffffffffffff, 0224ffffffffffff",
  })
  void data_that_comes_alone_gets_its_tuples_from_the_disk(int type, String first, String second) {
    Bench bench = ProtectedBench.of(type);
    byte[] data = ByteBuffer.allocate(1024).put(goldenData()).put(goldenData()).array();
    Bench.expectGood(bench.send(write10(0, 0x1234, 2), data));
    assertThat(bench.data(read10(0, 0x1234, 2))).isEqualTo(data);
    for (int protect = 1; protect <= 5; protect++) {
      byte[] wire = bench.data(read10(protect, 0x1234, 2));
      assertThat(wire).hasSize(2 * WIRE);
      assertThat(Arrays.copyOf(wire, 512)).isEqualTo(goldenData());
      assertThat(hexOf(tuple(wire, 0))).isEqualTo(first);
      assertThat(hexOf(tuple(wire, 1))).isEqualTo(second);
    }
    bench.allocator.assertAllReleased();
  }

  @Test
  void blocks_of_4096_bytes_have_one_tuple_behind_all_of_their_data() {
    MemoryBlocks store = new MemoryBlocks(Geometry.ofData(4096, 100, 1));
    Bench bench = new Bench(Bench.profile(AtomicLimits.NONE), store);
    byte[] data = new byte[4096];
    System.arraycopy(goldenData(), 0, data, 4096 - 512, 512);
    Bench.expectGood(bench.send(write10(0, 7, 1), data));
    byte[] wire = bench.data(read10(1, 7, 1));
    assertThat(wire).hasSize(4104);
    assertThat(hexOf(wire)).endsWith("1e1f" + "0224ffff00000007");
    Bench.expectGood(bench.send(write10(1, 7, 1), wire));
    wire[0] ^= 1;
    Bench.expect(bench.send(write10(1, 7, 1), wire), "0B 10 01");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void what_comes_with_data_is_kept_and_given_back_bit_by_bit(int type) {
    Bench bench = ProtectedBench.of(type);
    byte[] wire = blocks(Bench.pattern(3, 9), 0x1234, 40);
    for (int protect = 1; protect <= 5; protect++) {
      bench.store.submit(
          new BlockOperation.Unmap(List.of(new BlockExtent(40, 3)), Durability.APPENDED), _ -> {});
      TestTask task = bench.start(Bench.ALICE, hex(write10(protect, 40, 3)), wire);
      Bench.expectGood(task.result());
      assertThat(task.asked()).as("bytes of three blocks").hasValue(3 * WIRE);
      assertThat(bench.data(read10(protect, 40, 3))).isEqualTo(wire);
      assertThat(bench.data("88 %02X 0000000000000028 00000003 00 00".formatted(protect << 5)))
          .isEqualTo(wire);
      assertThat(bench.data(read10(0, 40, 3))).isEqualTo(Bench.pattern(3, 9));
    }
    bench.allocator.assertAllReleased();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void a_block_that_was_never_written_or_was_given_back_has_only_ones_and_passes(int type) {
    Bench bench = ProtectedBench.of(type);
    byte[] unmap = hex("0016 0010 00000000 0000000000000028 00000003 00000000");
    Bench.expectGood(bench.send(write10(0, 40, 3), Bench.pattern(3, 1)));
    Bench.expectGood(bench.send("42 00 00000000 00 0018 00", unmap));
    assertThat(bench.data(read10(0, 39, 5))).containsOnly(0).hasSize(5 * 512);
    Bench.expectGood(bench.send("2F 00 00000027 00 0005 00"));
    if (type != 2) {
      byte[] wire = bench.data(read10(1, 39, 5));
      for (int i = 0; i < 5; i++) {
        assertThat(hexOf(tuple(wire, i))).isEqualTo(UNWRITTEN);
      }
    }
  }

  /** Of a value of RDPROTECT: which fields of a block that is read are checked (table 79). */
  private static final List<String> READ_CHECKS =
      List.of("guard reference", "guard reference", "reference", "", "guard", "guard reference");

  /** Of a value of WRPROTECT: which fields of a block that is sent are checked (table 133). */
  private static final List<String> WRITE_CHECKS =
      List.of("", "guard reference", "reference", "", "guard", "guard reference");

  /** A block at LBA 50 with one wrong field, or none. */
  private static byte[] wrong(String field) {
    byte[] data = Bench.pattern(1, 3);
    return block(
        data,
        crc(data) ^ (field.equals("guard") ? 0x8000 : 0),
        0x5555,
        50 + (field.equals("reference") ? 1 : 0));
  }

  private static Optional<String> sense(int type, String checked, String field) {
    if (!checked.contains(field) || (type == 3 && field.equals("reference"))) {
      return Optional.empty();
    }
    return Optional.of(field.equals("guard") ? "0B 10 01" : "0B 10 03");
  }

  private static void expect(TestTask.Result result, Optional<String> sense) {
    if (sense.isEmpty()) {
      Bench.expectGood(result);
    } else {
      Bench.expect(result, sense.get());
      assertThat(result.data()).as("VALID, INFORMATION").startsWith(hex("F0 00 0B 00000032"));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void every_value_of_rdprotect_and_vrprotect_checks_what_the_standards_tables_say(int type) {
    for (String field : List.of("nothing", "guard", "reference")) {
      Bench bench = ProtectedBench.of(type);
      Bench.expectGood(bench.send(write10(3, 50, 1), wrong(field)));
      for (int protect = 0; protect <= 5; protect++) {
        Optional<String> sense = sense(type, READ_CHECKS.get(protect), field);
        int bits = protect << 5;
        for (String command :
            List.of(
                "28 %02X 00000032 00 0001 00", "A8 %02X 00000032 00000001 00 00",
                "88 %02X 0000000000000032 00000001 00 00", "2F %02X 00000032 00 0001 00",
                "AF %02X 00000032 00000001 00 00", "8F %02X 0000000000000032 00000001 00 00")) {
          expect(bench.send(command.formatted(bits)), sense);
        }
      }
      expect(bench.send("08 00 00 32 01 00"), sense(type, READ_CHECKS.get(0), field));
      bench.allocator.assertAllReleased();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void every_value_of_wrprotect_checks_what_the_standards_table_says(int type) {
    for (String field : List.of("nothing", "guard", "reference")) {
      for (int protect = 1; protect <= 5; protect++) {
        Bench bench = ProtectedBench.of(type);
        Optional<String> sense = sense(type, WRITE_CHECKS.get(protect), field);
        int bits = protect << 5;
        for (String command :
            List.of(
                "2A %02X 00000032 00 0001 00", "AA %02X 00000032 00000001 00 00",
                "8A %02X 0000000000000032 00000001 00 00", "2E %02X 00000032 00 0001 00",
                "AE %02X 00000032 00000001 00 00", "8E %02X 0000000000000032 00000001 00 00",
                "41 %02X 00000032 00 0001 00", "93 %02X 0000000000000032 00000001 00 00")) {
          bench.store.journal().clear();
          expect(bench.send(command.formatted(bits), wrong(field)), sense);
          assertThat(bench.store.journal().isEmpty())
              .as("%s changes nothing if it fails", command)
              .isEqualTo(sense.isPresent());
        }
        bench.allocator.assertAllReleased();
      }
    }
  }

  @Test
  void the_first_wrong_block_of_several_is_named() {
    Bench bench = ProtectedBench.of(1);
    byte[] wire = blocks(Bench.pattern(4, 1), 0, 100);
    wire[2 * WIRE + 5] ^= 1;
    TestTask.Result result = bench.send(write10(1, 100, 4), wire);
    Bench.expect(result, "0B 10 01");
    assertThat(result.data()).startsWith(hex("F0 00 0B 00000066"));
    assertThat(bench.store.contents()).containsOnly(0);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void the_two_last_values_are_reserved(int type) {
    Bench bench = ProtectedBench.of(type);
    for (String command :
        List.of(
            "28 %02X 00000032 00 0001 00",
            "2F %02X 00000032 00 0001 00",
            "2A %02X 00000032 00 0001 00",
            "2E %02X 00000032 00 0001 00",
            "41 %02X 00000032 00 0001 00",
            "89 %02X 0000000000000032 000000 01 00 00",
            "8B %02X 0000000000000032 00000001 00 00",
            "9C %02X 0000000000000030 0000 0008 00 00")) {
      for (int protect : List.of(6, 7)) {
        Bench.expect(
            bench.send(command.formatted(protect << 5), new byte[2 * WIRE]),
            "05 24 00",
            Bench.atBit(1, 7));
      }
    }
    assertThat(bench.store.journal()).isEmpty();
  }

  @Test
  void type_2_has_no_such_command_of_less_than_32_bytes_if_it_asks_for_anything() {
    Bench bench = ProtectedBench.of(2);
    for (String command :
        List.of(
            "28 %02X 00000032 00 0001 00",
            "A8 %02X 00000032 00000001 00 00",
            "88 %02X 0000000000000032 00000001 00 00",
            "2F %02X 00000032 00 0001 00",
            "AF %02X 00000032 00000001 00 00",
            "8F %02X 0000000000000032 00000001 00 00",
            "2A %02X 00000032 00 0001 00",
            "AA %02X 00000032 00000001 00 00",
            "8A %02X 0000000000000032 00000001 00 00",
            "2E %02X 00000032 00 0001 00",
            "AE %02X 00000032 00000001 00 00",
            "8E %02X 0000000000000032 00000001 00 00",
            "41 %02X 00000032 00 0001 00",
            "93 %02X 0000000000000032 00000001 00 00",
            "89 %02X 0000000000000032 000000 01 00 00",
            "8B %02X 0000000000000032 00000001 00 00",
            "9C %02X 0000000000000030 0000 0008 00 00")) {
      for (int protect = 1; protect < 8; protect++) {
        Bench.expect(bench.send(command.formatted(protect << 5), new byte[2 * WIRE]), "05 20 00");
      }
    }
    assertThat(bench.store.journal()).isEmpty();
    Bench.expectGood(bench.send(write10(0, 50, 1), goldenData()));
    assertThat(bench.data(read10(0, 50, 1))).isEqualTo(goldenData());
    assertThat(hexOf(Arrays.copyOfRange(bench.store.contents(), 50 * WIRE + 512, 51 * WIRE)))
        .as("0224 FFFF FFFFFFFF, inverted")
        .isEqualTo("fddb000000000000");
  }

  @Test
  void an_application_tag_of_ffff_lets_any_block_of_types_1_and_2_pass_when_it_is_read() {
    Bench one = ProtectedBench.of(1);
    byte[] data = Bench.pattern(1, 1);
    Bench.expectGood(one.send(write10(3, 50, 1), block(data, crc(data) ^ 1, 0xFFFF, 7)));
    for (int protect = 0; protect <= 5; protect++) {
      Bench.expectGood(one.send(read10(protect, 50, 1)));
    }
    Bench three = ProtectedBench.of(3);
    Bench.expectGood(three.send(write10(3, 50, 1), block(data, crc(data) ^ 1, 0xFFFF, 7)));
    Bench.expect(three.send(read10(1, 50, 1)), "0B 10 01");
    Bench.expectGood(three.send(write10(3, 50, 1), block(data, crc(data) ^ 1, 0xFFFF, -1)));
    Bench.expectGood(three.send(read10(1, 50, 1)));
    Bench.expect(one.send(write10(1, 50, 1), block(data, crc(data) ^ 1, 0xFFFF, 50)), "0B 10 01");
  }

  @Test
  void an_atomic_write_is_one_operation_with_its_tuples_or_one_for_each_boundary() {
    Bench bench = ProtectedBench.of(1);
    byte[] wire = blocks(Bench.pattern(16, 4), 0x77, 64);
    Bench.expectGood(bench.send("9C 20 0000000000000040 0000 0010 00 00", wire));
    assertThat(bench.data(read10(1, 64, 16))).isEqualTo(wire);
    Bench.expectGood(bench.send("9C 20 0000000000000040 0008 0010 00 00", wire));
    assertThat(
            bench.store.journal().stream()
                .filter(BlockOperation.AtomicWrite.class::isInstance)
                .map(one -> BlockOperation.length(((BlockOperation.AtomicWrite) one).data())))
        .containsExactly(16L * WIRE, 8L * WIRE, 8L * WIRE);
    byte[] bad = wire.clone();
    bad[15 * WIRE] ^= 1;
    bench.store.journal().clear();
    Bench.expect(bench.send("9C 20 0000000000000040 0008 0010 00 00", bad), "0B 10 01");
    assertThat(bench.store.journal()).as("what is wrong is found before anything").isEmpty();
    Bench.expect(
        bench.send("9C 20 0000000000000040 0000 0010 00 00", Arrays.copyOf(wire, 16 * 512)),
        "05 0E 03");
    bench.allocator.assertAllReleased();
  }

  @Test
  void fewer_bytes_than_blocks_are_as_many_blocks_as_are_whole() {
    Bench bench = ProtectedBench.of(1);
    byte[] wire = blocks(Bench.pattern(3, 4), 0, 10);
    Bench.expectGood(bench.send(write10(1, 10, 3), Arrays.copyOf(wire, 2 * WIRE + 519)));
    assertThat(bench.data(read10(1, 10, 2))).isEqualTo(Arrays.copyOf(wire, 2 * WIRE));
    assertThat(hexOf(tuple(bench.data(read10(1, 12, 1)), 0))).isEqualTo(UNWRITTEN);
    Bench.expectGood(bench.send(write10(1, 10, 1), new byte[WIRE - 1]));
    Bench.expectGood(bench.send(write10(1, 10, 0), new byte[0]));
    Bench.expectGood(bench.send(read10(1, 10, 0)));
    bench.allocator.assertAllReleased();
  }
}
