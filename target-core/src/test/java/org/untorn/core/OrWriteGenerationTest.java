package org.untorn.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.untorn.core.Bench.hex;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.untorn.backstore.BlockOperation;

/** The generations of ORWRITE(32) (SBC-4 4.27). */
class OrWriteGenerationTest {

  private static final String READ = "28 00 00000008 00 0001 00";
  private static final String GENERATION = "05 2C 0C";

  private final Bench bench = new Bench();

  /** ORWRITE(32) of one block at LBA 8, worked out by hand from table 69. */
  private static byte[] cdb(int operation, int policy, long expected, long next, int blocks) {
    return hex(
        """
        7F 00 %02X %02X 0000 00 18 000E 00 00
        0000000000000008 %08X %08X %08X
        """
            .formatted(operation, policy, expected, next, blocks));
  }

  private static byte[] filled(int value) {
    byte[] bytes = new byte[Bench.BLOCK];
    Arrays.fill(bytes, (byte) value);
    return bytes;
  }

  private TestTask.Result set(long expected, int bits) {
    return bench.send(cdb(0, 0, expected, 0, 1), filled(bits));
  }

  private TestTask.Result change(long expected, long next, int policy, int kept) {
    return bench.send(cdb(1, policy, expected, next, 1), filled(kept));
  }

  private void expectBits(int bits) {
    assertThat(bench.data(READ)).containsOnly(bits);
  }

  @Test
  void a_set_operation_of_the_current_generation_sets_bits_as_the_one_of_16_bytes_does() {
    Bench.expectGood(set(0, 0x05));
    Bench.expectGood(bench.send("8B 00 0000000000000008 00000001 00 00", filled(0x50)));
    expectBits(0x55);
    bench.allocator.assertAllReleased();
  }

  @Test
  void a_new_generation_clears_the_bits_that_are_clear_in_the_data() {
    Bench.expectGood(set(0, 0xFF));
    Bench.expectGood(change(0, 7, 0, 0x3C));
    expectBits(0x3C);
    Bench.expect(change(0, 9, 0, 0), GENERATION);
    Bench.expectGood(change(7, 8, 0, 0x0C));
    expectBits(0x0C);
    bench.allocator.assertAllReleased();
  }

  @Test
  void without_blocks_only_the_generation_changes() {
    Bench.expectGood(bench.send(cdb(1, 7, 0, 5, 0), new byte[0]));
    assertThat(bench.store.journal()).isEmpty();
    Bench.expect(set(0, 1), GENERATION);
    Bench.expectGood(set(5, 1));
    expectBits(1);
  }

  /** Table 29: what a set operation does that expects the current, the previous, another one. */
  @Test
  void each_policy_treats_the_current_the_previous_and_any_other_generation_as_its_row_says() {
    Map<Integer, List<String>> table =
        Map.of(
            0, List.of("perform", "perform", "mismatch"),
            2, List.of("perform", "discard", "mismatch"),
            3, List.of("perform", "perform", "perform"),
            5, List.of("perform", "discard", "discard"),
            7, List.of("perform", "mismatch", "mismatch"));
    long generation = 0;
    for (Map.Entry<Integer, List<String>> row : table.entrySet()) {
      Bench.expectGood(change(generation, generation + 10, row.getKey(), 0));
      long previous = generation;
      generation += 10;
      List<Long> expected = List.of(generation, previous, generation + 3);
      for (int i = 0; i < 3; i++) {
        bench.send("2A 00 00000008 00 0001 00", filled(0x01));
        TestTask.Result result = set(expected.get(i), 0x80);
        switch (row.getValue().get(i)) {
          case "mismatch" -> {
            Bench.expect(result, GENERATION);
            expectBits(0x01);
          }
          case "discard" -> {
            Bench.expectGood(result);
            expectBits(0x01);
          }
          default -> {
            Bench.expectGood(result);
            expectBits(0x81);
          }
        }
      }
    }
    bench.allocator.assertAllReleased();
  }

  @Test
  void orwrite_16_expects_generation_zero() {
    String orwrite16 = "8B 00 0000000000000008 00000001 00 00";
    Bench.expectGood(change(0, 1, 7, 0));
    Bench.expect(bench.send(orwrite16, filled(1)), GENERATION);
    Bench.expectGood(change(1, 0, 7, 0));
    Bench.expectGood(bench.send(orwrite16, filled(1)));
    expectBits(1);
  }

  @Test
  void reserved_operations_and_policies_and_too_little_data_for_a_new_generation_are_refused() {
    for (int operation = 2; operation < 8; operation++) {
      Bench.expect(
          bench.send(cdb(operation, 0, 0, 0, 1), filled(1)), "05 24 00", Bench.atBit(2, 2));
    }
    for (int policy : List.of(1, 4, 6, 8, 9, 10, 11, 12, 13, 14, 15)) {
      Bench.expect(change(0, 1, policy, 0), "05 24 00", Bench.atBit(3, 3));
      Bench.expectGood(bench.send(cdb(0, policy, 0, 0, 0), new byte[0]));
    }
    Bench.expect(bench.send(cdb(1, 0, 0, 1, 2), filled(1)), "05 0E 03");
    Bench.expectGood(set(0, 1));
  }

  @Test
  void a_logical_unit_reset_preserves_the_generation_and_a_hard_one_does_not() {
    Bench.expectGood(change(0, 3, 7, 0));
    bench.target.manage(new TaskManagement.LogicalUnitReset(Bench.BOB, 0), response -> {});
    bench.send("00 00 00 00 00 00");
    Bench.expectGood(set(3, 1));
    bench.target.manage(new TaskManagement.TargetReset(Bench.BOB, false), response -> {});
    bench.send("00 00 00 00 00 00");
    Bench.expect(set(3, 1), GENERATION);
    Bench.expectGood(set(0, 1));
  }

  @Test
  void a_new_generation_waits_for_the_sets_before_it_and_those_after_it_find_it() {
    bench.store.hold();
    TestTask before = bench.start(Bench.ALICE, cdb(0, 0, 0, 0, 1), filled(0x0F));
    TestTask change = bench.start(Bench.ALICE, cdb(1, 7, 0, 1, 1), filled(0x3C));
    TestTask late = bench.start(Bench.BOB, cdb(0, 0, 0, 0, 1), filled(0x80));
    assertThat(bench.store.journal()).hasSize(1);
    bench.store.release();
    Bench.expectGood(before.result());
    Bench.expectGood(change.result());
    Bench.expect(late.result(), GENERATION);
    expectBits(0x0C);
    Bench.expectGood(set(1, 0x80));
    expectBits(0x8C);
    bench.allocator.assertAllReleased();
  }

  @Test
  void a_reset_that_overtakes_a_new_generation_leaves_the_first_one() {
    bench.store.hold();
    TestTask change = bench.start(Bench.ALICE, cdb(1, 7, 0, 1, 1), filled(0));
    bench.target.manage(new TaskManagement.TargetReset(Bench.BOB, false), response -> {});
    bench.store.release();
    assertThat(change.completed()).isFalse();
    bench.send("00 00 00 00 00 00");
    Bench.expectGood(set(0, 1));
    bench.allocator.assertAllReleased();
  }

  @Test
  void a_set_that_is_discarded_asks_the_store_for_nothing() {
    Bench.expectGood(bench.send(cdb(1, 5, 0, 1, 0), new byte[0]));
    Bench.expectGood(set(0, 0xFF));
    assertThat(bench.store.journal()).noneMatch(BlockOperation.CompareAndWrite.class::isInstance);
    bench.allocator.assertAllReleased();
  }
}
