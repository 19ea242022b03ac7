package org.untorn.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.untorn.core.Bench.hex;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.untorn.backstore.BlockOperation;
import org.untorn.backstore.BlockOutcome;

/** Blocks that are bad: WRITE LONG, REASSIGN BLOCKS and READ DEFECT DATA. */
class DefectsTest {

  private static final String MARK = "3F 40 %08X 00 0000 00";
  private static final String READ = "28 00 %08X 00 0001 00";

  private final Bench bench = new Bench();

  @Test
  void a_marked_block_cannot_be_read_until_it_is_written() {
    for (String mark :
        List.of(MARK, "3F C0 %08X 00 0000 00", "9F 51 00000000%08X 0000 0000 00 00")) {
      Bench.expectGood(bench.send(mark.formatted(9)));
      TestTask.Result read = bench.send("28 00 00000008 00 0004 00");
      Bench.expect(read, "03 11 14");
      assertThat(read.data()).startsWith(hex("F0 00 03 00000009"));
      Bench.expect(bench.send("2F 00 00000008 00 0004 00"), "03 11 14");
      Bench.expect(
          bench.send("89 00 0000000000000009 000000 01 00 00", new byte[1024]), "03 11 14");
      Bench.expectGood(bench.send(READ.formatted(8)));
      Bench.expectGood(bench.send(READ.formatted(10)));
      Bench.expectGood(bench.send("2A 00 00000009 00 0001 00", Bench.pattern(1, 3)));
      assertThat(bench.data(READ.formatted(9))).isEqualTo(Bench.pattern(1, 3));
    }
    bench.allocator.assertAllReleased();
  }

  @Test
  void an_atomic_write_an_unmap_and_a_format_mend_what_was_marked() {
    Bench.expectGood(bench.send(MARK.formatted(9)));
    Bench.expectGood(bench.send("9C 00 0000000000000008 0000 0008 00 00", Bench.pattern(8, 1)));
    Bench.expectGood(bench.send(READ.formatted(9)));
    Bench.expectGood(bench.send(MARK.formatted(9)));
    Bench.expectGood(
        bench.send(
            "42 00 00000000 00 0018 00",
            hex("0016 0010 00000000  0000000000000008 00000002 00000000")));
    assertThat(bench.data(READ.formatted(9))).containsOnly(0);
    Bench.expectGood(bench.send(MARK.formatted(9)));
    Bench.expectGood(bench.send("04 00 00 0000 00"));
    Bench.expectGood(bench.send(READ.formatted(9)));
  }

  @Test
  void with_pblock_all_of_the_physical_block_is_marked() {
    Bench.expectGood(bench.send("3F 60 0000000B 00 0000 00"));
    Bench.expectGood(bench.send(READ.formatted(7)));
    for (int lba = 8; lba < 16; lba++) {
      Bench.expect(bench.send(READ.formatted(lba)), "03 11 14");
    }
    Bench.expectGood(bench.send(READ.formatted(16)));
  }

  @Test
  void a_failed_write_leaves_the_mark() {
    Bench.expectGood(bench.send(MARK.formatted(9)));
    bench.store.failing(
        operation ->
            operation instanceof BlockOperation.Write
                ? Optional.of(new BlockOutcome.WriteFailed("broken"))
                : Optional.empty());
    Bench.expect(bench.send("2A 00 00000009 00 0001 00", Bench.pattern(1, 3)), "03 0C 00");
    Bench.expect(bench.send(READ.formatted(9)), "03 11 14");
  }

  @Test
  void write_long_takes_no_data_and_no_block_beyond_the_end() {
    Bench.expect(bench.send("3F 00 00000000 00 0000 00"), "05 24 00", Bench.atBit(1, 6));
    Bench.expect(bench.send("3F 40 00000000 00 0200 00"), "05 24 00", Bench.atByte(7));
    Bench.expect(bench.send(MARK.formatted(20_000)), "05 21 00", Bench.atByte(2));
    Bench.expect(bench.send("9F 51 8000000000000000 0000 0000 00 00"), "05 21 00", Bench.atByte(2));
  }

  @Test
  void reassigned_blocks_are_listed_and_hold_what_they_held_if_that_could_be_read() {
    Bench.expectGood(bench.send("2A 00 00000008 00 0004 00", Bench.pattern(4, 1)));
    Bench.expectGood(bench.send(MARK.formatted(9)));
    Bench.expectGood(bench.send("07 00 00 00 00 00", hex("0000 0008 00000008 00000009")));
    byte[] expected = Bench.pattern(4, 1);
    java.util.Arrays.fill(expected, 512, 1024, (byte) 0);
    assertThat(bench.data("28 00 00000008 00 0004 00")).isEqualTo(expected);
    Bench.expectGood(bench.send("07 03 00 00 00 00", hex("00000008 0000000000000007")));
    assertThat(bench.data("37 00 08 00000000 00FF 00"))
        .isEqualTo(hex("00 08 000C 00000007 00000008 00000009"));
    assertThat(bench.data("B7 1B 00000000 000000FF 00 00"))
        .isEqualTo(hex("00 1B 0000 00000018 0000000000000007 0000000000000008 0000000000000009"));
    assertThat(bench.data("B7 0B 00000002 000000FF 00 00"))
        .isEqualTo(hex("00 0B 0000 00000008 0000000000000009"));
    assertThat(bench.data("B7 0B 00000009 000000FF 00 00")).isEqualTo(hex("00 0B 0000 00000000"));
    assertThat(bench.data("37 00 10 00000000 00FF 00")).isEqualTo(hex("00 10 0000"));
    Bench.expect(bench.send("37 00 0D 00000000 00FF 00"), "05 24 00", Bench.atBit(2, 2));
  }

  @Test
  void a_list_of_blocks_that_is_not_as_it_must_be_reassigns_nothing() {
    Bench.expect(bench.send("07 00 00 00 00 00", new byte[3]), "05 1A 00");
    Bench.expect(bench.send("07 00 00 00 00 00", hex("0000 0008 00000008")), "05 1A 00");
    expectWrong("07 00 00 00 00 00", "0000 0005 0000000800", "05 26 00", "800002");
    expectWrong("07 01 00 00 00 00", "00000005 0000000800", "05 26 00", "800000");
    expectWrong("07 00 00 00 00 00", "0000 0008 00000008 00000008", "05 26 00", "800008");
    expectWrong("07 00 00 00 00 00", "0000 0004 00004E20", "05 21 00", "800004");
    Bench.expectGood(bench.send("07 00 00 00 00 00", hex("0000 0000")));
    assertThat(bench.data("37 00 08 00000000 00FF 00")).isEqualTo(hex("00 08 0000"));
  }

  private void expectWrong(String cdb, String list, String sense, String pointer) {
    Bench.expect(bench.send(cdb, hex(list)), sense, pointer);
  }

  @Test
  void there_is_room_for_so_many_defects_and_no_more() {
    List<Long> all = new ArrayList<>();
    for (long lba = 0; lba < GrownDefects.CAPACITY; lba++) {
      all.add(lba);
    }
    GrownDefects defects = new GrownDefects();
    assertThat(defects.add(all)).isTrue();
    assertThat(defects.add(List.of(0L))).as("it is there already").isTrue();
    assertThat(defects.add(List.of(5000L))).isFalse();
    assertThat(defects.list()).isEqualTo(all);
    MarkedBlocks marked = new MarkedBlocks(new MemoryBlocks(512, 100_000));
    assertThat(marked.mark(0, MarkedBlocks.CAPACITY)).isTrue();
    assertThat(marked.mark(99_999, 1)).isFalse();
    marked.clear();
    assertThat(marked.mark(99_999, 1)).isTrue();
  }
}
