package org.untorn.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.untorn.core.Bench.hex;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.untorn.backstore.BlockOperation;
import org.untorn.backstore.BlockOutcome;
import org.untorn.backstore.Durability;

class OrWriteTest {

  private static final String TWO_BLOCKS = "8B %02X 0000000000000008 00000002 00 00";
  private static final String READ_THEM = "28 00 00000008 00 0002 00";

  private final Bench bench = new Bench();

  private static byte[] filled(int blocks, int value) {
    byte[] bytes = new byte[blocks * Bench.BLOCK];
    Arrays.fill(bytes, (byte) value);
    return bytes;
  }

  @Test
  void the_bits_of_the_data_are_set_and_the_others_stay() {
    Bench.expectGood(bench.send(TWO_BLOCKS.formatted(0), filled(2, 0xA5)));
    assertThat(bench.data(READ_THEM)).containsOnly(0xA5);
    Bench.expectGood(bench.send(TWO_BLOCKS.formatted(0), filled(2, 0x1A)));
    assertThat(bench.data(READ_THEM)).containsOnly(0xBF);
    bench.allocator.assertAllReleased();
  }

  @Test
  void a_write_that_comes_between_is_neither_lost_nor_half_taken_in() {
    Bench.expectGood(bench.send("2A 00 00000008 00 0002 00", filled(2, 0x01)));
    bench.store.hold();
    TestTask or = bench.start(Bench.ALICE, hex(TWO_BLOCKS.formatted(0)), filled(2, 0x80));
    TestTask other = bench.start(Bench.BOB, hex("2A 00 00000008 00 0002 00"), filled(2, 0x02));
    bench.store.release();
    Bench.expectGood(or.result());
    Bench.expectGood(other.result());
    assertThat(bench.store.journal().stream().map(one -> one.getClass().getSimpleName()))
        .containsExactly("Write", "Read", "Write", "CompareAndWrite", "Read", "CompareAndWrite");
    assertThat(bench.data(READ_THEM)).containsOnly(0x82);
    bench.allocator.assertAllReleased();
  }

  @Test
  void less_data_than_blocks_changes_the_whole_blocks_that_are_there() {
    Bench.expectGood(bench.send(TWO_BLOCKS.formatted(0), Arrays.copyOf(filled(2, 0x0F), 1000)));
    byte[] expected = Arrays.copyOf(filled(1, 0x0F), 1024);
    assertThat(bench.data(READ_THEM)).isEqualTo(expected);
    bench.store.journal().clear();
    Bench.expectGood(bench.send(TWO_BLOCKS.formatted(0), new byte[0]));
    assertThat(bench.store.journal()).isEmpty();
    bench.allocator.assertAllReleased();
  }

  @Test
  void fua_is_handed_on() {
    for (int flags : List.of(0x08, 0x10)) {
      Bench.expectGood(bench.send(TWO_BLOCKS.formatted(flags), filled(2, 1)));
    }
    assertThat(
            bench.store.journal().stream()
                .filter(BlockOperation.CompareAndWrite.class::isInstance)
                .map(one -> ((BlockOperation.CompareAndWrite) one).durability()))
        .containsExactly(Durability.STABLE, Durability.APPENDED);
  }

  @Test
  void a_failure_of_either_half_is_told_and_leaks_nothing() {
    for (Class<?> half : List.of(BlockOperation.Read.class, BlockOperation.CompareAndWrite.class)) {
      bench.store.failing(
          operation ->
              half.isInstance(operation)
                  ? Optional.of(new BlockOutcome.Unreadable(9, "rot"))
                  : Optional.empty());
      Bench.expect(bench.send(TWO_BLOCKS.formatted(0), filled(2, 1)), "03 11 00");
    }
    assertThat(bench.store.contents()).containsOnly(0);
    bench.allocator.assertAllReleased();
  }
}
