package org.untorn.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.untorn.backstore.BlockOperation;
import org.untorn.backstore.BlockOutcome;
import org.untorn.backstore.Durability;

/** VERIFY and WRITE AND VERIFY, in each of their lengths. */
class VerifyTest {

  /** VERIFY of four blocks at LBA 8, with a place for byte 1. */
  private static final List<String> VERIFIES =
      List.of(
          "2F %02X 00000008 00 0004 00",
          "AF %02X 00000008 00000004 00 00", "8F %02X 0000000000000008 00000004 00 00");

  private static final List<String> WRITES_AND_VERIFIES =
      List.of(
          "2E %02X 00000008 00 0004 00",
          "AE %02X 00000008 00000004 00 00", "8E %02X 0000000000000008 00000004 00 00");

  private final Bench bench = new Bench();
  private final byte[] data = Bench.pattern(4, 1);

  @BeforeEach
  void write() {
    Bench.expectGood(bench.send("2A 00 00000008 00 0004 00", data));
    bench.store.journal().clear();
  }

  @Test
  void without_byte_check_the_blocks_are_read_and_no_data_is_asked_for() {
    for (String verify : VERIFIES) {
      TestTask task = bench.start(Bench.ALICE, Bench.hex(verify.formatted(0)), data);
      Bench.expectGood(task.result());
      assertThat(task.asked()).isEmpty();
    }
    assertThat(bench.store.journal()).hasSize(3).allMatch(BlockOperation.Read.class::isInstance);
    bench.allocator.assertAllReleased();
  }

  @Test
  void a_byte_that_differs_is_a_miscompare_that_tells_its_offset() {
    for (String verify : VERIFIES) {
      Bench.expectGood(bench.send(verify.formatted(0x02), data));
      for (int offset : List.of(0, 511, 512, 2047)) {
        byte[] other = data.clone();
        other[offset] ^= 1;
        TestTask.Result result = bench.send(verify.formatted(0x02), other);
        Bench.expect(result, "0E 1D 00");
        assertThat(result.data()).startsWith(Bench.hex("F0 00 0E %08X".formatted(offset)));
      }
    }
    bench.allocator.assertAllReleased();
  }

  @Test
  void one_block_is_compared_with_every_block() {
    byte[] block = Arrays.copyOf(data, 512);
    for (String verify : VERIFIES) {
      TestTask.Result result = bench.send(verify.formatted(0x06), block);
      Bench.expect(result, "0E 1D 00");
    }
    Bench.expectGood(bench.send("41 00 00000008 00 0004 00", block));
    for (String verify : VERIFIES) {
      Bench.expectGood(bench.send(verify.formatted(0x06), block));
    }
    bench.allocator.assertAllReleased();
  }

  @Test
  void a_reserved_kind_of_byte_check_is_refused() {
    for (String verify : VERIFIES) {
      Bench.expect(bench.send(verify.formatted(0x04), data), "05 24 00", Bench.atBit(1, 2));
    }
    for (String write : WRITES_AND_VERIFIES) {
      for (int kind : List.of(0x04, 0x06)) {
        Bench.expect(bench.send(write.formatted(kind), data), "05 24 00", Bench.atBit(1, 2));
      }
    }
    assertThat(bench.store.journal()).isEmpty();
  }

  @Test
  void less_data_than_there_is_to_compare_is_refused() {
    for (String verify : VERIFIES) {
      Bench.expect(bench.send(verify.formatted(0x02), Bench.pattern(3, 1)), "05 0E 03");
      Bench.expect(bench.send(verify.formatted(0x06), new byte[100]), "05 0E 03");
    }
  }

  @Test
  void write_and_verify_writes_to_stable_storage_and_reads_back() {
    for (String write : WRITES_AND_VERIFIES) {
      for (int byteCheck : List.of(0x00, 0x02)) {
        bench.store.journal().clear();
        byte[] written = Bench.pattern(4, byteCheck + 5);
        Bench.expectGood(bench.send(write.formatted(byteCheck), written));
        assertThat(bench.store.journal()).hasSize(2);
        assertThat(((BlockOperation.Write) bench.store.journal().get(0)).durability())
            .isEqualTo(Durability.STABLE);
        assertThat(bench.store.journal().get(1)).isInstanceOf(BlockOperation.Read.class);
        assertThat(bench.data("28 00 00000008 00 0004 00")).isEqualTo(written);
      }
    }
    bench.allocator.assertAllReleased();
  }

  @Test
  void write_and_verify_of_less_data_than_blocks_writes_and_verifies_the_whole_blocks() {
    byte[] offered = Arrays.copyOf(Bench.pattern(4, 9), 3 * 512 - 1);
    for (String write : WRITES_AND_VERIFIES) {
      Bench.expectGood(bench.send(write.formatted(0x02), offered));
      Bench.expectGood(bench.send(write.formatted(0x02), new byte[0]));
    }
    byte[] expected = data.clone();
    System.arraycopy(offered, 0, expected, 0, 2 * 512);
    assertThat(bench.data("28 00 00000008 00 0004 00")).isEqualTo(expected);
    bench.allocator.assertAllReleased();
  }

  @Test
  void what_cannot_be_read_back_is_a_medium_error_that_tells_the_lba() {
    bench.store.failing(
        operation ->
            operation instanceof BlockOperation.Read
                ? Optional.of(new BlockOutcome.Unreadable(10, "rot"))
                : Optional.empty());
    for (String write : WRITES_AND_VERIFIES) {
      TestTask.Result result = bench.send(write.formatted(0x02), data);
      Bench.expect(result, "03 11 00");
      assertThat(result.data()).startsWith(Bench.hex("F0 00 03 0000000A"));
    }
    bench.store.failing(operation -> Optional.of(new BlockOutcome.WriteFailed("broken")));
    for (String write : WRITES_AND_VERIFIES) {
      Bench.expect(bench.send(write.formatted(0x02), data), "03 0C 00");
    }
    bench.allocator.assertAllReleased();
  }
}
