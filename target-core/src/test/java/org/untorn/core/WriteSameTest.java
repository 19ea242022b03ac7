package org.untorn.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.untorn.backstore.BlockExtent;
import org.untorn.backstore.BlockOperation;
import org.untorn.backstore.BlockOutcome;
import org.untorn.backstore.Durability;
import org.untorn.vpd.AtomicLimits;

class WriteSameTest {

  /** WRITE SAME of five blocks at LBA 3, with a place for byte 1. */
  private static final List<String> COMMANDS =
      List.of("41 %02X 00000003 00 0005 00", "93 %02X 0000000000000003 00000005 00 00");

  private final Bench bench = new Bench();

  @Test
  void one_block_is_written_to_every_block() {
    for (String command : COMMANDS) {
      byte[] block = Bench.pattern(1, command.length());
      Bench.expectGood(bench.send(command.formatted(0), block));
      byte[] read = bench.data("28 00 00000002 00 0007 00");
      assertThat(Arrays.copyOf(read, 512)).containsOnly(0);
      for (int i = 1; i <= 5; i++) {
        assertThat(Arrays.copyOfRange(read, i * 512, (i + 1) * 512)).isEqualTo(block);
      }
      assertThat(Arrays.copyOfRange(read, 6 * 512, 7 * 512)).containsOnly(0);
    }
    bench.allocator.assertAllReleased();
  }

  @Test
  void with_unmap_the_blocks_are_given_back_whatever_the_data_is() {
    for (String command : COMMANDS) {
      bench.store.journal().clear();
      Bench.expectGood(bench.send(command.formatted(0x08), new byte[512]));
      assertThat(bench.store.journal())
          .containsExactly(
              new BlockOperation.Unmap(List.of(new BlockExtent(3, 5)), Durability.APPENDED));
      Bench.expectGood(bench.send(command.formatted(0x08), Bench.pattern(1, 1)));
      assertThat(bench.store.journal()).hasSize(2).allMatch(BlockOperation.Unmap.class::isInstance);
    }
  }

  @Test
  void without_unmap_zeros_are_written_and_stay_mapped() {
    Bench.expectGood(bench.send(COMMANDS.get(0).formatted(0), new byte[512]));
    assertThat(bench.store.journal()).hasSize(1).allMatch(BlockOperation.Write.class::isInstance);
  }

  @Test
  void with_ndob_no_data_is_asked_for_and_zeros_are_written() {
    Bench.expectGood(bench.send("2A 00 00000000 00 0010 00", Bench.pattern(16, 1)));
    TestTask task =
        bench.start(Bench.ALICE, Bench.hex(COMMANDS.get(1).formatted(0x01)), new byte[0]);
    Bench.expectGood(task.result());
    assertThat(task.asked()).isEmpty();
    assertThat(bench.data("28 00 00000003 00 0005 00")).containsOnly(0);
    Bench.expectGood(bench.send(COMMANDS.get(1).formatted(0x09)));
    assertThat(bench.store.journal().getLast()).isInstanceOf(BlockOperation.Unmap.class);
  }

  @Test
  void data_of_any_length_but_one_block_is_refused() {
    for (String command : COMMANDS) {
      for (int length : List.of(0, 256, 1024)) {
        Bench.expect(bench.send(command.formatted(0), new byte[length]), "05 0E 03");
      }
    }
    assertThat(bench.store.journal()).isEmpty();
  }

  @Test
  void more_blocks_than_the_limits_page_allows_are_refused() {
    Bench large = new Bench(Bench.profile(AtomicLimits.NONE), new MemoryBlocks(512, 70_000));
    Bench.expectGood(large.send("93 00 0000000000000000 0000FFFF 00 00", Bench.pattern(1, 1)));
    Bench.expect(
        large.send("93 00 0000000000000000 00010000 00 00", Bench.pattern(1, 1)),
        "05 24 00",
        Bench.atByte(10));
    assertThat(large.store.journal()).hasSize(32);
    assertThat(Arrays.copyOfRange(large.store.contents(), 65_534 * 512, 65_535 * 512))
        .isEqualTo(Bench.pattern(1, 1));
    assertThat(large.store.contents()[65_535 * 512]).isZero();
  }

  @Test
  void no_number_of_blocks_means_all_to_the_end_and_keeps_the_limit() {
    Bench large = new Bench(Bench.profile(AtomicLimits.NONE), new MemoryBlocks(512, 70_000));
    Bench.expect(
        large.send("93 00 0000000000001170 00000000 00 00", Bench.pattern(1, 1)),
        "05 24 00",
        Bench.atByte(10));
    assertThat(large.store.journal()).isEmpty();
    Bench.expectGood(large.send("41 08 00001171 00 0000 00", new byte[512]));
    assertThat(large.store.journal())
        .containsExactly(
            new BlockOperation.Unmap(
                List.of(new BlockExtent(0x1171, 70_000 - 0x1171)), Durability.APPENDED));
    Bench.expect(
        large.send("41 00 00011171 00 0000 00", Bench.pattern(1, 1)), "05 21 00", Bench.atByte(2));
  }

  @Test
  void after_a_failure_nothing_more_is_submitted_and_the_failure_is_told() {
    bench.store.failing(
        operation ->
            operation instanceof BlockOperation.Write(long lba, List<?> _, Durability _) && lba > 0
                ? Optional.of(new BlockOutcome.OutOfSpace())
                : Optional.empty());
    Bench.expect(
        bench.send("93 00 0000000000000000 00004E20 00 00", Bench.pattern(1, 1)), "07 27 07");
    assertThat(bench.store.journal()).hasSize(2);
    bench.allocator.assertAllReleased();
  }

  @Test
  void all_blocks_behind_the_last_one_are_none() {
    for (int flags : List.of(0x00, 0x08)) {
      Bench.expectGood(
          bench.send("41 %02X %08X 00 0000 00".formatted(flags, Bench.BLOCKS), new byte[512]));
    }
    assertThat(bench.store.journal()).isEmpty();
  }
}
