package org.untorn.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.untorn.core.Bench.hex;
import static org.untorn.core.ProtectedBench.WIRE;
import static org.untorn.core.ProtectedBench.block;
import static org.untorn.core.ProtectedBench.blocks;
import static org.untorn.core.ProtectedBench.crc;
import static org.untorn.core.ProtectedBench.tuple;

import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The commands that do more with protection information than to check and to keep it. */
class ProtectedCommandsTest {

  private final Bench bench = ProtectedBench.of(1);
  private final byte[] data = Bench.pattern(1, 3);

  private static String hexOf(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }

  private String tupleAt(Bench on, int lba) {
    return hexOf(tuple(on.data("28 60 %08X 00 0001 00".formatted(lba)), 0));
  }

  @Test
  void write_same_counts_the_reference_tag_up_and_keeps_the_rest() {
    String guard = "%04x".formatted(crc(data));
    Bench.expectGood(bench.send("41 20 00000064 00 0BB8 00", block(data, crc(data), 0xABCD, 100)));
    assertThat(tupleAt(bench, 100)).isEqualTo(guard + "abcd" + "00000064");
    assertThat(tupleAt(bench, 3099))
        .as("in the second operation")
        .isEqualTo(guard + "abcd00000c1b");
    assertThat(bench.data("28 20 00000C18 00 0004 00")).hasSize(4 * WIRE);
    Bench.expectGood(bench.send("41 00 00000064 00 0002 00", data));
    assertThat(tupleAt(bench, 101)).isEqualTo(guard + "ffff" + "00000065");
    Bench three = ProtectedBench.of(3);
    Bench.expectGood(
        three.send("93 20 0000000000000064 00000003 00 00", block(data, crc(data), 1, 9)));
    assertThat(tupleAt(three, 102)).isEqualTo(guard + "0001" + "00000009");
    bench.allocator.assertAllReleased();
  }

  @Test
  void write_same_of_only_ones_is_written_as_it_is() {
    Bench.expectGood(bench.send("41 20 00000064 00 0003 00", block(data, 0xFFFF, 0xFFFF, -1)));
    assertThat(tupleAt(bench, 102)).isEqualTo("ffffffffffffffff");
    assertThat(bench.data("28 00 00000066 00 0001 00")).isEqualTo(data);
    Bench.expectGood(bench.send("93 21 0000000000000064 00000003 00 00"));
    assertThat(tupleAt(bench, 102)).as("NDOB").isEqualTo("ffffffffffffffff");
    assertThat(bench.data("28 20 00000066 00 0001 00")).startsWith(new byte[512]);
  }

  @Test
  void compare_and_write_compares_user_data_alone() {
    byte[] there = block(data, crc(data), 0x1111, 20);
    byte[] other = Bench.pattern(1, 8);
    byte[] next = block(other, crc(other), 0x2222, 20);
    Bench.expectGood(bench.send("2A 20 00000014 00 0001 00", there));
    byte[] both = both(block(data, 0, 0, 0), next);
    Bench.expectGood(bench.send("89 20 0000000000000014 000000 01 00 00", both));
    assertThat(bench.data("28 20 00000014 00 0001 00")).isEqualTo(next);
    TestTask.Result result = bench.send("89 20 0000000000000014 000000 01 00 00", both);
    Bench.expect(result, "0E 1D 00");
    assertThat(result.data()).startsWith(hex("F0 00 0E 00000000"));
    assertThat(bench.data("28 20 00000014 00 0001 00")).isEqualTo(next);
    bench.allocator.assertAllReleased();
  }

  private static byte[] both(byte[] one, byte[] other) {
    return ByteBuffer.allocate(one.length + other.length).put(one).put(other).array();
  }

  /** SBC-4 5.3: first the comparison, then the check. */
  @Test
  void compare_and_write_checks_the_write_instance_once_the_data_matches() {
    Bench.expectGood(bench.send("2A 00 00000014 00 0002 00", Bench.pattern(2, 3)));
    byte[] wrong = blocks(Bench.pattern(2, 8), 0, 20);
    wrong[WIRE + 512] ^= 1;
    byte[] matching = blocks(Bench.pattern(2, 3), 0, 0);
    byte[] differing = matching.clone();
    differing[WIRE + 7] ^= 1;
    TestTask.Result failed =
        bench.send("89 20 0000000000000014 000000 02 00 00", both(matching, wrong));
    Bench.expect(failed, "0B 10 01");
    assertThat(failed.data()).startsWith(hex("F0 00 0B 00000015"));
    TestTask.Result differs =
        bench.send("89 20 0000000000000014 000000 02 00 00", both(differing, wrong));
    Bench.expect(differs, "0E 1D 00");
    assertThat(differs.data()).as("in the Data-Out Buffer").startsWith(hex("F0 00 0E 0000020F"));
    Bench.expectGood(
        bench.send(
            "89 00 0000000000000014 000000 02 00 00",
            both(Bench.pattern(2, 3), Bench.pattern(2, 8))));
    assertThat(bench.data("28 00 00000014 00 0002 00")).isEqualTo(Bench.pattern(2, 8));
    assertThat(tupleAt(bench, 21)).endsWith("ffff00000015");
    Bench.expect(
        bench.send("89 20 0000000000000014 000000 02 00 00", new byte[4 * 512]), "05 0E 03");
    bench.allocator.assertAllReleased();
  }

  @Test
  void a_write_that_comes_between_makes_compare_and_write_look_again() {
    Bench.expectGood(bench.send("2A 00 00000014 00 0001 00", data));
    byte[] other = Bench.pattern(1, 8);
    bench.store.hold();
    TestTask compare =
        bench.start(Bench.ALICE, hex("89 00 0000000000000014 000000 01 00 00"), both(data, other));
    TestTask between =
        bench.start(Bench.BOB, hex("2A 60 00000014 00 0001 00"), block(data, 1, 2, 3));
    bench.store.release();
    Bench.expectGood(between.result());
    Bench.expectGood(compare.result());
    assertThat(bench.data("28 00 00000014 00 0001 00")).isEqualTo(other);
    bench.allocator.assertAllReleased();
  }

  @Test
  void orwrite_makes_the_guards_of_what_it_makes() {
    byte[] low = new byte[512];
    byte[] high = new byte[512];
    byte[] all = new byte[512];
    Arrays.fill(low, (byte) 0x0F);
    Arrays.fill(high, (byte) 0xA0);
    Arrays.fill(all, (byte) 0xAF);
    Bench.expectGood(bench.send("2A 20 00000014 00 0001 00", block(low, crc(low), 1, 20)));
    Bench.expectGood(
        bench.send("8B 20 0000000000000014 00000001 00 00", block(high, crc(high), 0x33, 20)));
    assertThat(bench.data("28 20 00000014 00 0001 00")).isEqualTo(block(all, crc(all), 0x33, 20));
    Bench.expectGood(bench.send("8B 00 0000000000000014 00000001 00 00", high));
    assertThat(bench.data("28 60 00000014 00 0001 00")).isEqualTo(block(all, crc(all), 0xFFFF, 20));
    Bench.expect(
        bench.send("8B 20 0000000000000014 00000001 00 00", block(high, crc(low), 0x33, 20)),
        "0B 10 01");
    Bench.expectGood(bench.send("2A 60 00000014 00 0001 00", block(low, 0, 1, 20)));
    Bench.expect(bench.send("8B 00 0000000000000014 00000001 00 00", high), "0B 10 01");
    Bench.expectGood(bench.send("8B 60 0000000000000014 00000001 00 00", block(high, 9, 9, 9)));
    bench.allocator.assertAllReleased();
  }

  /**
   * What VERIFY with BYTCHK compares besides user data (table 128, ATO is one), by VRPROTECT: G, A
   * and R for guard, application tag and reference tag.
   */
  private static final List<String> COMPARED = List.of("", "GAR", "AR", "GAR", "GAR", "GA");

  @Test
  void verify_compares_what_the_standards_table_says() {
    String verify = "2F %02X 00000014 00 0001 00";
    byte[] there = block(data, crc(data), 0x1111, 20);
    Bench.expectGood(bench.send("2A 20 00000014 00 0001 00", there));
    for (int protect = 1; protect <= 5; protect++) {
      int bits = protect << 5 | 0x02;
      Bench.expectGood(bench.send(verify.formatted(bits), there));
      TestTask.Result differs =
          bench.send(verify.formatted(bits), block(data, crc(data), 0x1110, 20));
      boolean application = COMPARED.get(protect).contains("A");
      assertThat(application).isTrue();
      Bench.expect(differs, "0E 10 02");
      assertThat(differs.data()).startsWith(hex("F0 00 0E 00000202"));
    }
    // 011b checks nothing of the Data-Out Buffer, so that what differs comes to be compared.
    Bench.expect(bench.send(verify.formatted(0x62), block(data, 0, 0x1111, 20)), "0E 10 01");
    Bench.expect(
        bench.send(verify.formatted(0x62), block(data, crc(data), 0x1111, 21)), "0E 10 03");
    Bench.expect(bench.send(verify.formatted(0x22), block(data, 0, 0x1111, 20)), "0B 10 01");
    Bench.expect(bench.send(verify.formatted(0x42), block(data, 0, 0x1111, 21)), "0B 10 03");
    Bench.expectGood(bench.send(verify.formatted(0x42), block(data, 0, 0x1111, 20)));
    Bench.expectGood(bench.send(verify.formatted(0x02), data));
    bench.allocator.assertAllReleased();
  }

  @Test
  void reference_tags_are_not_compared_with_101b() {
    Bench.expectGood(bench.send("2A 60 00000014 00 0001 00", block(data, crc(data), 0x1111, 99)));
    Bench.expectGood(bench.send("2F A2 00000014 00 0001 00", block(data, crc(data), 0x1111, 20)));
    Bench.expect(
        bench.send("2F 82 00000014 00 0001 00", block(data, crc(data), 0x1111, 20)), "0E 10 03");
  }

  @Test
  void verify_with_000b_checks_what_is_on_the_medium_and_compares_user_data() {
    Bench.expectGood(bench.send("2A 60 00000014 00 0001 00", block(data, 0, 0x1111, 20)));
    Bench.expect(bench.send("2F 02 00000014 00 0001 00", data), "0B 10 01");
    Bench.expectGood(bench.send("2F 62 00000014 00 0001 00", block(data, 0, 0x1111, 20)));
    Bench.expectGood(bench.send("2A 20 00000014 00 0001 00", block(data, crc(data), 0, 20)));
    byte[] other = data.clone();
    other[511] ^= 1;
    TestTask.Result differs = bench.send("2F 02 00000014 00 0001 00", other);
    Bench.expect(differs, "0E 1D 00");
    assertThat(differs.data()).startsWith(hex("F0 00 0E 000001FF"));
  }

  @Test
  void one_block_is_compared_with_each_and_its_reference_tag_counts_up() {
    Bench.expectGood(bench.send("41 20 00000014 00 0004 00", block(data, crc(data), 5, 20)));
    Bench.expectGood(bench.send("2F 26 00000014 00 0004 00", block(data, crc(data), 5, 20)));
    Bench.expectGood(bench.send("2A 60 00000016 00 0001 00", block(data, crc(data), 5, 99)));
    TestTask.Result differs =
        bench.send("2F 26 00000014 00 0004 00", block(data, crc(data), 5, 20));
    Bench.expect(differs, "0E 10 03");
    assertThat(differs.data()).startsWith(hex("F0 00 0E %08X".formatted(2 * WIRE + 516)));
    bench.allocator.assertAllReleased();
  }

  @Test
  void write_and_verify_reads_the_tuples_back() {
    byte[] wire = blocks(Bench.pattern(2, 3), 7, 20);
    for (int byteCheck : List.of(0, 2)) {
      for (int protect = 1; protect <= 5; protect++) {
        int bits = protect << 5 | byteCheck;
        Bench.expectGood(bench.send("2E %02X 00000014 00 0002 00".formatted(bits), wire));
      }
      Bench.expectGood(
          bench.send("2E %02X 00000014 00 0002 00".formatted(byteCheck), Bench.pattern(2, 3)));
    }
    bench.allocator.assertAllReleased();
  }

  @Test
  void a_volume_that_shrank_while_the_data_came_is_out_of_range() {
    TestTask task =
        bench
            .task(Bench.ALICE, hex("2A 20 00004E1F 00 0001 00"), block(data, crc(data), 0, 0x4E1F))
            .withheld();
    bench.target.execute(task);
    bench.store.shrink(Bench.BLOCKS - 1);
    task.arrive();
    Bench.expect(task.result(), "05 21 00", Bench.atByte(2));
    bench.allocator.assertAllReleased();
  }

  /** READ(32) and the like: 7Fh, options in byte 10, the LBA in byte 12, tags from byte 20 on. */
  private static String long32(int action, int options, int lba, String tags, int blocks) {
    return "7F 00 0000 0000 00 18 %04X %02X 00 %016X %s %08X"
        .formatted(action, options, lba, tags, blocks);
  }

  @Test
  void commands_of_32_bytes_are_there_on_type_2_and_check_the_tags_that_they_expect() {
    Bench two = ProtectedBench.of(2);
    byte[] wire = blocks(Bench.pattern(2, 3), 0x1234, 0x700);
    String right = "00000700 1200 FF00";
    for (int write : List.of(0x0B, 0x0C)) {
      Bench.expectGood(two.send(long32(write, 0x20, 40, right, 2), wire));
      assertThat(two.data(long32(0x09, 0x20, 40, right, 2))).isEqualTo(wire);
      Bench.expect(two.send(long32(write, 0x20, 40, "00000701 1200 FF00", 2), wire), "0B 10 03");
      Bench.expect(two.send(long32(write, 0x20, 40, "00000700 1300 FF00", 2), wire), "0B 10 02");
      Bench.expectGood(two.send(long32(write, 0x60, 40, "00000701 1300 FF00", 2), wire));
    }
    assertThat(two.data(long32(0x09, 0x00, 40, right, 2))).isEqualTo(Bench.pattern(2, 3));
    Bench.expect(two.send(long32(0x09, 0x20, 40, "00000701 0000 0000", 2)), "0B 10 03");
    Bench.expect(two.send(long32(0x0A, 0x20, 40, "00000700 1300 FF00", 2)), "0B 10 02");
    Bench.expectGood(two.send(long32(0x0A, 0x22, 40, right, 2), wire));
    Bench.expect(two.send(long32(0x09, 0xC0, 40, right, 2)), "05 24 00", Bench.atBit(10, 7));
    byte[] eight = blocks(Bench.pattern(8, 3), 0, 0xFFFFFFFE);
    Bench.expectGood(two.send(long32(0x0F, 0x20, 48, "FFFFFFFE 0000 0000", 8), eight));
    assertThat(two.data(long32(0x09, 0x20, 48, "FFFFFFFE 0000 FFFF", 8)))
        .as("after FFFF_FFFFh comes zero")
        .isEqualTo(eight);
    Bench.expectGood(
        two.send(long32(0x0D, 0x20, 60, "00000010 0000 0000", 3), block(data, crc(data), 5, 0x10)));
    assertThat(hexOf(tuple(two.data(long32(0x09, 0x20, 60, "00000010 0005 FFFF", 3)), 2)))
        .endsWith("0005" + "00000012");
    two.allocator.assertAllReleased();
  }

  /**
   * The parameter list is as long as a block with its tuple; each range counts from its own LBA.
   */
  @Test
  void each_range_of_write_scattered_has_reference_tags_of_its_own() {
    byte[] list =
        both(
            hex("00".repeat(32) + "0000000000000050 00000001" + "00".repeat(20)),
            hex("0000000000000070 00000002" + "00".repeat(20)));
    byte[] first = blocks(Bench.pattern(1, 1), 7, 0x50);
    byte[] second = blocks(Bench.pattern(2, 2), 8, 0x70);
    byte[] all = both(Arrays.copyOf(list, WIRE), both(first, second));
    String cdb = "9F 12 %02X 00 0001 0000 0002 00000004 00 00";
    Bench.expectGood(bench.send(cdb.formatted(0x20), all));
    assertThat(bench.data("28 20 00000050 00 0001 00")).isEqualTo(first);
    assertThat(bench.data("28 20 00000070 00 0002 00")).isEqualTo(second);
    byte[] wrong = all.clone();
    wrong[3 * WIRE + 519] ^= 1;
    bench.store.journal().clear();
    TestTask.Result refused = bench.send(cdb.formatted(0x20), wrong);
    Bench.expect(refused, "0B 10 03");
    assertThat(refused.data()).startsWith(hex("F0 00 0B 00000071"));
    assertThat(bench.store.journal()).isEmpty();
    byte[] plain = both(Arrays.copyOf(list, 512), both(Bench.pattern(1, 5), Bench.pattern(2, 6)));
    Bench.expectGood(bench.send(cdb.formatted(0), plain));
    assertThat(tupleAt(bench, 0x71)).endsWith("ffff00000071");
    Bench.expect(ProtectedBench.of(2).send(cdb.formatted(0x20), all), "05 20 00");
    bench.allocator.assertAllReleased();
  }

  /** What the CDBs of 32 bytes bring, on type 2. */
  @Test
  void the_tags_that_a_cdb_expects_are_those_that_are_checked() {
    Optional<ExpectedTags> expected = Optional.of(new ExpectedTags(0xFFFF_FFFF, 0x1200, 0xFF00));
    byte[] wire = both(block(data, crc(data), 0x1234, -1), block(data, crc(data), 0x1299, 0));
    ByteBuffer stored = ByteBuffer.allocate(2 * WIRE);
    assertThat(store(1, expected, wire, stored)).isEmpty();
    for (int protect = 0; protect <= 5; protect++) {
      assertThat(shield(protect, expected).checkRead(stored)).isEmpty();
      assertThat(store(Math.max(protect, 1), expected, wire, stored)).isEmpty();
    }
    Optional<ExpectedTags> otherTag = Optional.of(new ExpectedTags(-1, 0x1300, 0xFF00));
    Optional<ExpectedTags> otherReference = Optional.of(new ExpectedTags(5, 0, 0));
    for (int protect : List.of(0, 1, 2, 5)) {
      assertThat(code(shield(protect, otherTag).checkRead(stored))).isEqualTo("10h/02h");
      assertThat(code(shield(protect, otherReference).checkRead(stored))).isEqualTo("10h/03h");
    }
    for (int protect : List.of(1, 2, 5)) {
      assertThat(code(store(protect, otherTag, wire, stored))).isEqualTo("10h/02h");
      assertThat(code(store(protect, otherReference, wire, stored))).isEqualTo("10h/03h");
    }
    for (int protect : List.of(3, 4)) {
      assertThat(store(protect, otherTag, wire, stored)).isEmpty();
      assertThat(store(protect, otherReference, wire, stored)).isEmpty();
      assertThat(shield(protect, otherTag).checkRead(stored)).isEmpty();
      assertThat(shield(protect, otherReference).checkRead(stored)).isEmpty();
    }
  }

  private static Shield shield(int protect, Optional<ExpectedTags> expected) {
    return new Shield(ProtectionType.TYPE_2, protect, 700, 512, expected);
  }

  private static Optional<SenseData> store(
      int protect, Optional<ExpectedTags> expected, byte[] wire, ByteBuffer stored) {
    return shield(protect, expected).store(Unpooled.wrappedBuffer(wire), stored, false);
  }

  private static String code(Optional<SenseData> sense) {
    return sense.orElseThrow().additional().toString();
  }
}
