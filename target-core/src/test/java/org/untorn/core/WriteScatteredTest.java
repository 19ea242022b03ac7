package org.untorn.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.untorn.core.Bench.hex;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.untorn.backstore.BlockOperation;
import org.untorn.backstore.BlockOutcome;
import org.untorn.backstore.Durability;

/** WRITE SCATTERED(16) and (32) (SBC-4 4.35, 5.55, 5.56). */
class WriteScatteredTest {

  private static final int HEADER = 32;

  private final Bench bench = new Bench();

  /** LBA and number of blocks. */
  private record Range(long lba, long blocks) {}

  private static byte[] cdb(int flags, int offset, int descriptors, long length) {
    return hex(
        "9F 12 %02X 00 %04X 0000 %04X %08X 00 00".formatted(flags, offset, descriptors, length));
  }

  private static byte[] longCdb(int flags, int offset, int descriptors, long length) {
    return hex(
        "7F 00 0000 0000 00 18 0011 %02X 00 %04X 0000 %04X 0000 00000000 00000000 %08X"
            .formatted(flags, offset, descriptors, length));
  }

  /** The Data-Out Buffer: descriptors in so many blocks, then data. */
  private static byte[] list(int offset, byte[] data, Range... ranges) {
    byte[] list = Arrays.copyOf(new byte[0], offset * Bench.BLOCK + data.length);
    for (int i = 0; i < ranges.length; i++) {
      byte[] descriptor = hex("%016X %08X".formatted(ranges[i].lba(), ranges[i].blocks()));
      System.arraycopy(descriptor, 0, list, HEADER + 32 * i, descriptor.length);
    }
    System.arraycopy(data, 0, list, offset * Bench.BLOCK, data.length);
    return list;
  }

  private byte[] stored(long lba, int blocks) {
    int from = (int) lba * Bench.BLOCK;
    return Arrays.copyOfRange(bench.store.contents(), from, from + blocks * Bench.BLOCK);
  }

  private static byte[] part(byte[] data, int block, int blocks) {
    return Arrays.copyOfRange(data, block * Bench.BLOCK, (block + blocks) * Bench.BLOCK);
  }

  /** Expects sense data that points into the parameter list. */
  private static void expectInList(TestTask.Result result, String code, int at) {
    Bench.expect(result, code);
    assertThat(HexFormat.of().withUpperCase().formatHex(result.data(), 15, 18))
        .isEqualTo("80%04X".formatted(at));
  }

  @Test
  void each_range_gets_its_blocks_in_the_order_of_the_descriptors() {
    byte[] data = Bench.pattern(6, 3);
    byte[] list = list(1, data, new Range(100, 1), new Range(7, 3), new Range(50, 2));
    Bench.expectGood(bench.send(cdb(0, 1, 3, 7), list));
    assertThat(stored(100, 1)).isEqualTo(part(data, 0, 1));
    assertThat(stored(7, 3)).isEqualTo(part(data, 1, 3));
    assertThat(stored(50, 2)).isEqualTo(part(data, 4, 2));
    assertThat(bench.store.journal()).hasSize(3);
    bench.allocator.assertAllReleased();
  }

  @Test
  void the_one_of_32_bytes_does_the_same_where_there_is_type_2_protection() {
    Bench every = Bench.withEveryCommand();
    byte[] data = Bench.pattern(3, 3);
    byte[] list = list(1, data, new Range(9, 2), new Range(4, 1));
    Bench.expectGood(every.send(longCdb(0x08, 1, 2, 4), list));
    assertThat(every.store.journal())
        .extracting(operation -> ((BlockOperation.Write) operation).durability())
        .containsExactly(Durability.STABLE, Durability.STABLE);
    assertThat(Arrays.copyOfRange(every.store.contents(), 9 * Bench.BLOCK, 11 * Bench.BLOCK))
        .isEqualTo(part(data, 0, 2));
  }

  @Test
  void padding_and_descriptors_of_no_blocks_are_passed_over() {
    byte[] data = Bench.pattern(2, 3);
    byte[] list =
        list(3, data, new Range(0, 0), new Range(10, 1), new Range(11, 0), new Range(12, 1));
    Arrays.fill(list, HEADER + 4 * 32, 3 * Bench.BLOCK, (byte) 0xEE);
    Bench.expectGood(bench.send(cdb(0, 3, 4, 5), list));
    assertThat(stored(10, 1)).isEqualTo(part(data, 0, 1));
    assertThat(stored(12, 1)).isEqualTo(part(data, 1, 1));
    assertThat(bench.store.journal()).hasSize(2);
  }

  @Test
  void of_ranges_that_overlap_the_last_one_stays() {
    byte[] data = Bench.pattern(4, 3);
    Bench.expectGood(bench.send(cdb(0, 1, 2, 5), list(1, data, new Range(8, 2), new Range(9, 2))));
    assertThat(stored(8, 1)).isEqualTo(part(data, 0, 1));
    assertThat(stored(9, 2)).isEqualTo(part(data, 2, 2));
  }

  @Test
  void no_descriptors_and_no_blocks_are_no_error_and_ask_for_nothing() {
    for (byte[] cdb : List.of(cdb(0, 1, 0, 5), cdb(0, 1, 3, 0), cdb(0, 0, 0, 0))) {
      TestTask task = bench.start(Bench.ALICE, cdb, Bench.pattern(5, 1));
      Bench.expectGood(task.result());
      assertThat(task.asked()).isEmpty();
    }
    assertThat(bench.store.journal()).isEmpty();
  }

  @Test
  void an_offset_without_room_for_the_descriptors_is_pointed_at() {
    byte[] list = list(1, Bench.pattern(2, 1), new Range(0, 1));
    Bench.expect(bench.send(cdb(0, 0, 1, 3), list), "05 24 00", Bench.atByte(4));
    Bench.expect(bench.send(cdb(0, 1, 16, 3), list), "05 24 00", Bench.atByte(4));
    Bench.expectGood(bench.send(cdb(0, 1, 15, 1), list(1, new byte[0])));
    assertThat(bench.store.journal()).isEmpty();
  }

  @Test
  void the_limits_of_page_b7h_are_kept_to() {
    byte[] none = new byte[0];
    Bench.expect(bench.send(cdb(0, 1, 1, 8193), none), "05 24 00", Bench.atByte(10));
    Bench.expect(bench.send(cdb(0, 17, 257, 18), none), "05 24 00", Bench.atByte(8));
    expectInList(
        bench.send(
            cdb(0, 1, 2, 3), list(1, Bench.pattern(2, 1), new Range(0, 1), new Range(1, 8193))),
        "05 26 00",
        HEADER + 32 + 8);
    assertThat(bench.store.journal()).isEmpty();
  }

  @Test
  void a_range_beyond_the_end_is_pointed_at_and_nothing_is_written() {
    for (Range wrong :
        List.of(new Range(Bench.BLOCKS, 1), new Range(-1, 1), new Range(Bench.BLOCKS + 1, 0))) {
      expectInList(
          bench.send(cdb(0, 1, 2, 3), list(1, Bench.pattern(2, 1), new Range(0, 1), wrong)),
          "05 21 00",
          HEADER + 32);
    }
    assertThat(bench.store.journal()).isEmpty();
    bench.allocator.assertAllReleased();
  }

  @Test
  void ranges_that_do_not_have_as_many_blocks_as_are_transferred_are_an_error_of_the_length() {
    byte[] list = list(1, Bench.pattern(2, 1), new Range(0, 1), new Range(5, 1));
    byte[] more = Arrays.copyOf(list, list.length + 1);
    Bench.expect(bench.send(cdb(0, 1, 2, 2), more), "0B 1A 00", Bench.atByte(10));
    Bench.expect(bench.send(cdb(0, 1, 1, 3), list), "0B 1A 00", Bench.atByte(10));
    Bench.expect(bench.send(cdb(0, 3, 1, 2), list(3, new byte[0])), "0B 1A 00", Bench.atByte(10));
    assertThat(bench.store.journal()).isEmpty();
    bench.allocator.assertAllReleased();
  }

  /** As sg_write_x of sg3_utils 1.48 counts them. */
  @Test
  void a_length_that_does_not_count_the_descriptors_is_taken_from_who_offers_their_blocks_too() {
    byte[] data = Bench.pattern(3, 5);
    TestTask task =
        bench.start(Bench.ALICE, cdb(0, 2, 2, 3), list(2, data, new Range(7, 1), new Range(20, 2)));
    Bench.expectGood(task.result());
    assertThat(task.asked()).hasValue(5 * Bench.BLOCK);
    assertThat(stored(7, 1)).isEqualTo(part(data, 0, 1));
    assertThat(stored(20, 2)).isEqualTo(part(data, 1, 2));
    byte[] neither = list(2, data, new Range(40, 1), new Range(50, 1));
    Bench.expect(bench.send(cdb(0, 2, 2, 3), neither), "0B 1A 00", Bench.atByte(10));
    assertThat(stored(40, 1)).containsOnly(0);
    bench.allocator.assertAllReleased();
  }

  @Test
  void less_data_than_the_cdb_transfers_is_refused_and_more_is_left_alone() {
    byte[] list = list(1, Bench.pattern(2, 1), new Range(0, 1), new Range(5, 1));
    TestTask less = bench.start(Bench.ALICE, cdb(0, 1, 2, 3), Arrays.copyOf(list, list.length - 1));
    Bench.expect(less.result(), "05 0E 03");
    assertThat(less.asked()).isEmpty();
    TestTask more = bench.start(Bench.ALICE, cdb(0, 1, 2, 3), Arrays.copyOf(list, 5000));
    Bench.expectGood(more.result());
    assertThat(more.asked()).hasValue(3 * Bench.BLOCK);
  }

  @Test
  void protection_write_protection_and_fua_are_those_of_other_writes() {
    byte[] list = list(1, Bench.pattern(1, 1), new Range(0, 1));
    Bench.expect(bench.send(cdb(0x20, 1, 1, 2), list), "05 24 00", Bench.atBit(2, 7));
    for (int flags : List.of(0x08, 0x10)) {
      Bench.expectGood(bench.send(cdb(flags, 1, 1, 2), list));
    }
    assertThat(bench.store.journal())
        .extracting(operation -> ((BlockOperation.Write) operation).durability())
        .containsExactly(Durability.STABLE, Durability.APPENDED);
    Bench.expectGood(
        bench.send("15 10 00 00 10 00", hex("00 00 00 00  0A 0A 00 10 08 00 00 00 FF FF 00 00")));
    Bench.expect(bench.send(cdb(0, 1, 1, 2), list), "07 27 02");
  }

  @Test
  void the_first_range_that_fails_is_named_by_its_number() {
    bench.store.failing(
        operation ->
            operation instanceof BlockOperation.Write(long lba, List<?> _, Durability _) && lba == 5
                ? Optional.of(new BlockOutcome.WriteFailed("test"))
                : Optional.empty());
    byte[] list =
        list(
            1,
            Bench.pattern(3, 1),
            new Range(0, 1),
            new Range(9, 0),
            new Range(5, 1),
            new Range(7, 1));
    TestTask.Result result = bench.send(cdb(0, 1, 4, 4), list);
    Bench.expect(result, "03 0C 00");
    assertThat(HexFormat.of().formatHex(result.data(), 0, 7)).isEqualTo("f0000300000003");
    assertThat(stored(7, 1)).containsOnly(0);
    bench.allocator.assertAllReleased();
  }

  @Test
  void of_several_that_fail_later_the_first_in_order_is_named() {
    bench.store.failing(
        operation ->
            operation instanceof BlockOperation.Write(long lba, List<?> _, Durability _) && lba > 4
                ? Optional.of(new BlockOutcome.WriteFailed("test"))
                : Optional.empty());
    bench.store.hold();
    byte[] list = list(1, Bench.pattern(3, 1), new Range(0, 1), new Range(5, 1), new Range(7, 1));
    TestTask task = bench.start(Bench.ALICE, cdb(0, 1, 3, 4), list);
    bench.store.release();
    assertThat(HexFormat.of().formatHex(task.result().data(), 0, 7)).isEqualTo("f0000300000002");
  }

  @Test
  void its_blocks_are_counted() {
    Bench.expectGood(
        bench.send(
            cdb(0, 1, 2, 4), list(1, Bench.pattern(3, 1), new Range(0, 1), new Range(5, 2))));
    assertThat(
            bench.disk.counters().snapshot().stream()
                .filter(count -> count.command().name().equals("WRITE SCATTERED(16)"))
                .map(CommandCounters.Count::blocks))
        .containsExactly(3L);
  }
}
