package org.untorn.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.untorn.backstore.BlockOperation;
import org.untorn.backstore.BlockOutcome;
import org.untorn.backstore.Durability;
import org.untorn.vpd.AtomicLimits;

/**
 * WRITE ATOMIC(16): alignment 8, granularity 4, at most 8192 blocks, with a boundary at most 4096,
 * boundaries of at most 128.
 */
class WriteAtomicTest {

  private static final AtomicLimits LIMITS = new AtomicLimits(8192, 8, 4, 4096, 128);
  private static final int LBA = 2;
  private static final int BOUNDARY = 10;
  private static final int LENGTH = 12;

  private final Bench bench = new Bench(Bench.profile(LIMITS));

  private static byte[] cdb(int flags, long lba, int boundary, int length) {
    return Bench.hex("9C %02X %016X %04X %04X 00 00".formatted(flags, lba, boundary, length));
  }

  private TestTask.Result send(int flags, long lba, int boundary, int length) {
    return bench.send(cdb(flags, lba, boundary, length), Bench.pattern(length, 7));
  }

  private void setSoftwareWriteProtect() {
    Bench.expectGood(
        bench.send(
            "15 10 00 00 10 00", Bench.hex("00 00 00 00  0A 0A 00 10 08 00 00 00 FF FF 00 00")));
  }

  @Test
  void all_blocks_go_to_the_store_as_one_atomic_operation() {
    byte[] data = Bench.pattern(12, 3);
    Bench.expectGood(bench.send(cdb(0, 8, 0, 12), data));
    assertThat(bench.store.journal())
        .hasSize(1)
        .first()
        .isInstanceOf(BlockOperation.AtomicWrite.class);
    assertThat(Arrays.copyOfRange(bench.store.contents(), 8 * 512, 20 * 512)).isEqualTo(data);
    bench.allocator.assertAllReleased();
  }

  @Test
  void each_check_has_its_sense_data_and_its_pointer() {
    Bench.expect(send(0x20, 0, 0, 8), "05 24 00", Bench.atBit(1, 7));
    Bench.expect(send(0, Bench.BLOCKS - 8, 0, 12), "05 21 00", Bench.atByte(LBA));
    Bench.expect(send(0, Bench.BLOCKS + 8, 0, 0), "05 21 00", Bench.atByte(LBA));
    Bench.expect(send(0, 1L << 63, 0, 8), "05 21 00", Bench.atByte(LBA));
    Bench.expect(send(0, -8, 0, 8), "05 21 00", Bench.atByte(LBA));
    Bench.expect(send(0, 4, 0, 8), "05 24 00", Bench.atByte(LBA));
    Bench.expect(send(0, 0, 0, 6), "05 24 00", Bench.atByte(LENGTH));
    Bench.expect(send(0, 0, 6, 8), "05 24 00", Bench.atByte(BOUNDARY));
    Bench.expect(send(0, 0, 132, 8), "05 24 00", Bench.atByte(BOUNDARY));
    Bench.expect(send(0, 0, 0, 8196), "05 24 00", Bench.atByte(LENGTH));
    Bench.expect(send(0, 0, 128, 4100), "05 24 00", Bench.atByte(LENGTH));
    setSoftwareWriteProtect();
    Bench.expect(send(0, 0, 0, 8), "07 27 02");
    assertThat(bench.store.journal()).allMatch(BlockOperation.Flush.class::isInstance);
    assertThat(bench.store.contents()).containsOnly(0);
  }

  /** Each CDB is wrong in two ways that follow each other in the order; the first one answers. */
  @Test
  void the_checks_come_in_the_standards_order() {
    setSoftwareWriteProtect();
    Bench.expect(send(0x20, 0, 0, 8), "05 24 00", Bench.atBit(1, 7));
    Bench.expect(send(0, Bench.BLOCKS, 0, 8), "07 27 02");
    Bench.expectGood(
        bench.send(
            "15 10 00 00 10 00", Bench.hex("00 00 00 00  0A 0A 00 10 00 00 00 00 FF FF 00 00")));
    Bench.expect(send(0, Bench.BLOCKS - 2, 0, 8), "05 21 00", Bench.atByte(LBA));
    Bench.expect(send(0, 4, 0, 6), "05 24 00", Bench.atByte(LBA));
    Bench.expect(send(0, 0, 6, 6), "05 24 00", Bench.atByte(LENGTH));
    Bench.expect(send(0, 0, 134, 8), "05 24 00", Bench.atByte(BOUNDARY));
    Bench.expect(send(0, 0, 132, 4100), "05 24 00", Bench.atByte(BOUNDARY));
    assertThat(bench.store.journal()).allMatch(BlockOperation.Flush.class::isInstance);
  }

  @Test
  void a_refused_atomic_write_never_asks_for_its_data() {
    TestTask task = bench.start(Bench.ALICE, cdb(0, 4, 0, 8), Bench.pattern(8, 1));
    assertThat(task.asked()).isEmpty();
    assertThat(task.completed()).isTrue();
  }

  @Test
  void an_atomic_write_past_the_limit_is_refused_and_changes_nothing() {
    byte[] before = Bench.pattern(8, 9);
    Bench.expectGood(bench.send(cdb(0, 0, 0, 8), before));
    Bench.expect(send(0, 0, 0, 8196), "05 24 00", Bench.atByte(LENGTH));
    Bench.expectGood(send(0, 8, 0, 8192));
    assertThat(Arrays.copyOf(bench.store.contents(), before.length)).isEqualTo(before);
  }

  @Test
  void no_blocks_are_no_error_inside_the_medium() {
    Bench.expectGood(send(0, 0, 0, 0));
    Bench.expectGood(send(0, Bench.BLOCKS, 0, 0));
    Bench.expectGood(send(0, 0, 64, 0));
    assertThat(bench.store.journal()).isEmpty();
  }

  @Test
  void less_data_than_blocks_is_refused_and_changes_nothing() {
    TestTask.Result result = bench.send(cdb(0, 0, 0, 8), Bench.pattern(7, 1));
    Bench.expect(result, "05 0E 03");
    assertThat(bench.store.journal()).isEmpty();
    bench.allocator.assertAllReleased();
  }

  @Test
  void a_boundary_makes_atomic_operations_of_its_size_from_the_lba_on() {
    byte[] data = Bench.pattern(20, 5);
    Bench.expectGood(bench.send(cdb(0, 16, 8, 20), data));
    assertThat(bench.store.journal())
        .extracting(operation -> ((BlockOperation.AtomicWrite) operation).lba())
        .containsExactly(16L, 24L, 32L);
    assertThat(bench.store.journal())
        .extracting(
            operation ->
                BlockOperation.length(((BlockOperation.AtomicWrite) operation).data()) / 512)
        .containsExactly(8L, 8L, 4L);
    assertThat(Arrays.copyOfRange(bench.store.contents(), 16 * 512, 36 * 512)).isEqualTo(data);
    bench.allocator.assertAllReleased();
  }

  @Test
  void a_boundary_not_below_the_length_is_one_operation() {
    Bench.expectGood(send(0, 0, 64, 64));
    Bench.expectGood(send(0, 0, 128, 64));
    assertThat(bench.store.journal()).hasSize(2);
  }

  @Test
  void pieces_that_did_not_all_complete_are_reported_and_are_whole_or_absent() {
    bench.store.failing(
        operation ->
            operation instanceof BlockOperation.AtomicWrite(long lba, List<?> _, Durability _)
                    && lba == 16
                ? Optional.of(new BlockOutcome.OutOfSpace())
                : Optional.empty());
    byte[] data = Bench.pattern(40, 5);
    Bench.expect(bench.send(cdb(0, 0, 8, 40), data), "0B 0C 10");
    byte[] expected = new byte[data.length];
    System.arraycopy(data, 0, expected, 0, 16 * 512);
    assertThat(Arrays.copyOf(bench.store.contents(), data.length)).isEqualTo(expected);
    bench.allocator.assertAllReleased();
  }

  @Test
  void one_operation_that_fails_is_reported_as_what_it_is() {
    bench.store.failing(operation -> Optional.of(new BlockOutcome.OutOfSpace()));
    Bench.expect(send(0, 0, 0, 8), "07 27 07");
    bench.allocator.assertAllReleased();
  }

  @Test
  void pieces_that_complete_later_are_all_waited_for() {
    bench.store.hold();
    TestTask task = bench.start(Bench.ALICE, cdb(0x08, 0, 8, 24), Bench.pattern(24, 1));
    assertThat(bench.store.journal()).hasSize(3);
    assertThat(task.completed()).isFalse();
    bench.store.release();
    Bench.expectGood(task.result());
    bench.allocator.assertAllReleased();
  }

  @Test
  void fua_is_handed_on_to_every_piece_and_dpo_changes_nothing() {
    Bench.expectGood(send(0x18, 0, 8, 16));
    Bench.expectGood(send(0x10, 0, 8, 16));
    assertThat(bench.store.journal())
        .extracting(operation -> ((BlockOperation.AtomicWrite) operation).durability())
        .containsExactly(
            Durability.STABLE, Durability.STABLE, Durability.APPENDED, Durability.APPENDED);
  }

  @Test
  void a_maximum_of_zero_is_no_maximum_of_its_own() {
    Bench only = new Bench(Bench.profile(new AtomicLimits(0, 8, 8, 4096, 128)));
    Bench.expectGood(only.send(cdb(0, 0, 0, 8192), Bench.pattern(8192, 1)));
    Bench.expect(
        only.send(cdb(0, 0, 0, 8200), Bench.pattern(8200, 1)), "05 24 00", Bench.atByte(LENGTH));
  }

  @Test
  void without_a_boundary_maximum_every_boundary_is_refused() {
    Bench none = new Bench(Bench.profile(new AtomicLimits(64, 1, 1, 0, 0)));
    Bench.expect(
        none.send(cdb(0, 0, 1, 8), Bench.pattern(8, 1)), "05 24 00", Bench.atByte(BOUNDARY));
    Bench.expectGood(none.send(cdb(0, 3, 0, 5), Bench.pattern(5, 1)));
  }
}
