package org.untorn.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.untorn.core.Bench.hex;

import org.junit.jupiter.api.Test;

class GetLbaStatusTest {

  private final Bench bench = new Bench();

  private static String cdb(long lba, int allocationLength) {
    return "9E 12 %016X %08X 00 00".formatted(lba, allocationLength);
  }

  @Test
  void runs_of_mapped_and_deallocated_blocks_alternate_to_the_end() {
    Bench.expectGood(bench.send("2A 00 00000008 00 0010 00", Bench.pattern(16, 1)));
    assertThat(bench.data(cdb(0, 4096)))
        .isEqualTo(
            hex(
                """
                00000034 00000000
                0000000000000000 00000008 01000000
                0000000000000008 00000010 00000000
                0000000000000018 00004E08 01000000
                """));
  }

  @Test
  void the_first_descriptor_begins_at_the_starting_lba() {
    Bench.expectGood(bench.send("2A 00 00000008 00 0010 00", Bench.pattern(16, 1)));
    assertThat(bench.data(cdb(16, 24)))
        .isEqualTo(hex("00000014 00000000 0000000000000010 00000008 00000000"));
  }

  @Test
  void an_allocation_length_below_one_descriptor_cuts_the_answer() {
    assertThat(bench.data(cdb(0, 8))).isEqualTo(hex("00000014 00000000"));
    assertThat(bench.data(cdb(0, 0))).isEmpty();
  }

  @Test
  void an_lba_beyond_the_end_is_refused() {
    Bench.expect(bench.send(cdb(Bench.BLOCKS, 24)), "05 21 00", "C00002");
    Bench.expect(bench.send(cdb(-1, 24)), "05 21 00", "C00002");
    assertThat(bench.store.journal()).isEmpty();
  }

  @Test
  void a_report_of_only_some_blocks_is_refused() {
    Bench.expect(bench.send("9E 12 %016X 00000018 01 00".formatted(0)), "05 24 00", "C0000E");
  }
}
