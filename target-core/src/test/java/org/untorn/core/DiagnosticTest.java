package org.untorn.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.untorn.core.Bench.hex;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.untorn.backstore.BlockOperation;
import org.untorn.backstore.BlockOutcome;

class DiagnosticTest {

  private final Bench bench = new Bench();

  @Test
  void the_default_self_test_asks_the_store() {
    Bench.expectGood(bench.send("1D 04 00 0000 00"));
    assertThat(bench.store.journal()).hasOnlyElementsOfType(BlockOperation.Status.class);
    bench.store.failing(operation -> Optional.of(new BlockOutcome.Stopped("a sync failed")));
    Bench.expect(bench.send("1D 04 00 0000 00"), "04 44 00");
  }

  @Test
  void no_other_self_test_is_offered() {
    for (int code = 1; code < 8; code++) {
      Bench.expect(
          bench.send("1D %02X 00 0000 00".formatted(code << 5)), "05 24 00", Bench.atBit(1, 7));
    }
    Bench.expect(bench.send("1D 04 00 0004 00", new byte[4]), "05 24 00", Bench.atByte(3));
  }

  @Test
  void the_list_of_pages_can_be_asked_for_and_has_only_itself() {
    Bench.expectGood(bench.send("1D 10 00 0004 00", new byte[4]));
    Bench.expectGood(bench.send("1D 10 00 0000 00"));
    assertThat(bench.data("1C 01 00 00FF 00")).isEqualTo(hex("00 00 0001 00"));
    assertThat(bench.data("1C 00 00 0004 00")).isEqualTo(hex("00 00 0001"));
    Bench.expect(bench.send("1C 01 40 00FF 00"), "05 24 00", Bench.atByte(2));
  }

  @Test
  void a_page_that_there_is_not_is_refused() {
    Bench.expect(bench.send("1D 10 00 0004 00", hex("40 00 0000")), "05 26 00", "800000");
    Bench.expect(bench.send("1D 00 00 0004 00", new byte[4]), "05 24 00", Bench.atBit(1, 4));
    Bench.expect(bench.send("1D 10 00 0003 00", new byte[3]), "05 1A 00");
    Bench.expect(bench.send("1D 10 00 0004 00", new byte[3]), "05 1A 00");
  }
}
