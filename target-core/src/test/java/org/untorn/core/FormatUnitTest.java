package org.untorn.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.untorn.core.Bench.hex;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.untorn.backstore.BlockOperation;
import org.untorn.backstore.BlockOutcome;

/** FORMAT UNIT: its parameter lists, what it leaves, and what comes of a failure. */
class FormatUnitTest {

  private static final String WITHOUT_LIST = "04 00 00 0000 00";
  private static final String GROWN = "37 00 08 00000000 00FF 00";

  private final Bench bench = new Bench();

  private void fill() {
    Bench.expectGood(bench.send("2A 00 00000000 00 1388 00", Bench.pattern(5000, 1)));
  }

  @Test
  void without_a_list_every_block_is_given_back() {
    fill();
    Bench.expectGood(bench.send(WITHOUT_LIST));
    assertThat(bench.store.contents()).containsOnly(0);
    assertThat(bench.store.journal().getLast()).isInstanceOf(BlockOperation.Flush.class);
  }

  @Test
  void with_a_pattern_every_block_is_written() {
    for (String list :
        List.of("00 8A 0000  00 01 0003 0A0B0C", "00 88 00 00 00000000  00 01 0003 0A0B0C")) {
      boolean isLong = list.contains("00000000");
      fill();
      Bench.expectGood(bench.send(isLong ? "04 30 00 0000 00" : "04 10 00 0000 00", hex(list)));
      byte[] contents = bench.store.contents();
      for (int i = 0; i < contents.length; i++) {
        assertThat(contents[i]).isEqualTo((byte) (0x0A + i % 512 % 3));
      }
    }
    Bench.expectGood(bench.send("04 10 00 0000 00", hex("00 88 0000  00 00 0000")));
    assertThat(bench.store.contents()).as("the default pattern").containsOnly(0);
  }

  @Test
  void what_asks_for_protection_information_is_refused() {
    for (int value = 1; value < 4; value++) {
      Bench.expect(
          bench.send("04 %02X 00 0000 00".formatted(value << 6)), "05 24 00", Bench.atBit(1, 7));
    }
    Bench.expect(bench.send("04 10 00 0000 00", hex("01 00 0000")), "05 26 00", "8A0000");
    Bench.expect(bench.send("04 30 00 0000 00", hex("00 00 00 10 00000000")), "05 26 00", "8F0003");
    Bench.expect(bench.send("04 30 00 0000 00", hex("00 00 00 01 00000000")), "05 26 00", "8B0003");
    assertThat(bench.store.journal()).isEmpty();
  }

  @Test
  void a_list_that_is_not_as_it_must_be_is_refused_and_formats_nothing() {
    Bench.expect(bench.send("04 00 00 0001 00"), "05 24 00", Bench.atBit(4, 1));
    Bench.expect(bench.send("04 10 00 0000 00", new byte[3]), "05 1A 00");
    Bench.expect(bench.send("04 30 00 0000 00", new byte[7]), "05 1A 00");
    for (int bit = 3; bit < 7; bit++) {
      Bench.expect(
          bench.send("04 10 00 0000 00", hex("00 %02X 0000".formatted(1 << bit))),
          "05 26 00",
          "%02X0001".formatted(0x88 | bit));
    }
    expectWrong("00 88 0000  20 01 0001 00", "05 26 00", "8D0004");
    expectWrong("00 88 0000  00 02 0001 00", "05 26 00", "800005");
    expectWrong("00 88 0000  00 01 0000", "05 26 00", "800006");
    expectWrong("00 88 0000  00 01 0201 00", "05 26 00", "800006");
    expectWrong("00 88 0000  00 00 0001 00", "05 26 00", "800006");
    Bench.expect(bench.send("04 10 00 0000 00", hex("00 88 0000  00 01 0002 00")), "05 1A 00");
    Bench.expect(bench.send("04 10 00 0000 00", hex("00 88 0000  00 01")), "05 1A 00");
    Bench.expect(bench.send("04 10 00 0000 00", hex("00 80 0004  0000")), "05 1A 00");
    expectWrong("00 80 0003  000000", "05 26 00", "800002");
    expectWrong("00 80 0004  00004E20", "05 26 00", "800004");
    Bench.expect(
        bench.send("04 14 00 0000 00", hex("00 80 0008  0000000000000000")),
        "05 24 00",
        Bench.atBit(1, 2));
    assertThat(bench.store.journal()).isEmpty();
    bench.allocator.assertAllReleased();
  }

  private void expectWrong(String list, String sense, String pointer) {
    Bench.expect(bench.send("04 10 00 0000 00", hex(list)), sense, pointer);
  }

  @Test
  void a_defect_list_adds_to_the_grown_one_or_with_cmplst_replaces_it() {
    Bench.expectGood(bench.send("04 10 00 0000 00", hex("00 80 0004  00000005")));
    Bench.expectGood(bench.send("04 13 00 0000 00", hex("00 80 0008  0000000000000007")));
    assertThat(bench.data(GROWN)).isEqualTo(hex("00 08 0008 00000005 00000007"));
    Bench.expectGood(bench.send(WITHOUT_LIST));
    assertThat(bench.data(GROWN)).isEqualTo(hex("00 08 0008 00000005 00000007"));
    Bench.expectGood(bench.send("04 18 00 0000 00", hex("00 80 0004  00000009")));
    assertThat(bench.data(GROWN)).isEqualTo(hex("00 08 0004 00000009"));
    Bench.expectGood(bench.send("04 18 00 0000 00", hex("00 80 0000")));
    assertThat(bench.data(GROWN)).isEqualTo(hex("00 08 0000"));
  }

  @Test
  void meanwhile_the_unit_says_that_a_format_is_in_progress() {
    boolean[] seen = {false};
    bench.store.failing(
        operation -> {
          if (operation instanceof BlockOperation.Write write && write.lba() == 10_240) {
            TestTask.Result ready = bench.send("00 00 00 00 00 00");
            Bench.expect(ready, "02 04 04", "808312");
            Bench.expect(bench.send(WITHOUT_LIST), "02 04 04");
            seen[0] = true;
          }
          return Optional.empty();
        });
    TestTask.Result result = bench.send("04 10 00 0000 00", hex("00 8A 0000  00 01 0001 55"));
    Bench.expectGood(result);
    assertThat(seen[0]).isTrue();
  }

  @Test
  void after_a_failure_the_format_is_corrupted_until_another_succeeds() {
    bench.store.failing(_ -> Optional.of(new BlockOutcome.WriteFailed("broken")));
    Bench.expect(bench.send(WITHOUT_LIST), "03 31 01");
    Bench.expect(bench.send("00 00 00 00 00 00"), "03 31 00");
    Bench.expect(bench.send("28 00 00000000 00 0001 00"), "03 31 00");
    Bench.expect(bench.send("48 1F 00000000 00 0000 00"), "03 31 00");
    assertThat(bench.data("1A 00 08 00 FF 00")).isNotEmpty();
    assertThat(bench.data("4D 00 40 00 00 0000 00FF 00")).isNotEmpty();
    bench.store.failing(_ -> Optional.empty());
    Bench.expectGood(bench.send(WITHOUT_LIST));
    Bench.expectGood(bench.send("28 00 00000000 00 0001 00"));
  }
}
