package org.untorn.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.untorn.vpd.AtomicLimits;
import org.untorn.vpd.AtomicProfile;
import org.untorn.vpd.BlockLimits;
import org.untorn.vpd.VpdPage;

/** Limits that change while the unit runs. */
class LiveLimitsTest {

  private static final String WRITE_ATOMIC = "9C 00 %016X %04X %04X 00 00";

  private final Bench bench = new Bench();

  private static BlockLimits with(BlockLimits limits, AtomicLimits atomic) {
    return new BlockLimits(
        limits.wsnz(),
        limits.maximumCompareAndWriteLength(),
        limits.optimalTransferLengthGranularity(),
        limits.maximumTransferLength(),
        limits.optimalTransferLength(),
        limits.maximumPrefetchLength(),
        limits.maximumUnmapLbaCount(),
        limits.maximumUnmapBlockDescriptorCount(),
        limits.optimalUnmapGranularity(),
        limits.unmapGranularityAlignment(),
        limits.maximumWriteSameLength(),
        atomic);
  }

  private BlockLimits now() {
    return bench.disk.profile().limits();
  }

  private BlockLimits advertised() {
    return (BlockLimits) VpdPage.decode(bench.data("12 01 B0 0040 00")).orElseThrow();
  }

  private TestTask.Result writeAtomic(long lba, int boundary, int blocks) {
    return bench.send(
        WRITE_ATOMIC.formatted(lba, boundary, blocks), Bench.pattern(blocks, (int) lba));
  }

  private void expectChanged(Nexus nexus) {
    Bench.expect(bench.send(nexus, "00 00 00 00 00 00"), "06 3F 03");
    Bench.expectGood(bench.send(nexus, "00 00 00 00 00 00"));
  }

  @Test
  void odd_limits_are_advertised_and_enforced_from_then_on_and_every_nexus_is_told() {
    Bench.expectGood(writeAtomic(8, 0, 8));
    BlockLimits odd = with(now(), new AtomicLimits(21, 5, 7, 14, 7));

    assertThat(bench.disk.limit(odd)).isEmpty();

    assertThat(advertised()).as("INQUIRY skips unit attentions").isEqualTo(odd);
    expectChanged(Bench.ALICE);
    expectChanged(Bench.BOB);
    Bench.expectGood(writeAtomic(5, 0, 21));
    Bench.expect(writeAtomic(8, 0, 7), "05 24 00", Bench.atByte(2));
    Bench.expect(writeAtomic(5, 0, 8), "05 24 00", Bench.atByte(12));
    Bench.expect(writeAtomic(5, 0, 28), "05 24 00", Bench.atByte(12));
    Bench.expectGood(writeAtomic(5, 7, 14));
    Bench.expect(writeAtomic(5, 14, 14), "05 24 00", Bench.atByte(10));
    Bench.expect(writeAtomic(5, 7, 21), "05 24 00", Bench.atByte(12));
  }

  @Test
  void write_atomic_goes_with_its_limits_and_its_counts_stay() {
    Bench.expectGood(writeAtomic(0, 0, 8));

    assertThat(bench.disk.limit(with(now(), AtomicLimits.NONE))).isEmpty();

    expectChanged(Bench.ALICE);
    Bench.expect(writeAtomic(0, 0, 8), "05 20 00", Bench.atByte(0));
    assertThat(bench.data("A3 0C 01 9C 0000 00000014 00 00")[1] & 0x07)
        .as("SUPPORT: not supported")
        .isEqualTo(0b001);
    assertThat(bench.disk.limit(with(now(), AtomicProfile.DEFAULT.limits()))).isEmpty();
    expectChanged(Bench.ALICE);
    Bench.expectGood(writeAtomic(0, 0, 8));
    assertThat(bench.disk.counters().snapshot())
        .filteredOn(count -> count.command().name().equals("WRITE ATOMIC(16)"))
        .singleElement()
        .satisfies(count -> assertThat(count.commands()).isEqualTo(2));
  }

  @Test
  void limits_that_cannot_be_are_refused_with_the_field_and_nothing_changes() {
    BlockLimits before = now();

    assertThat(bench.disk.limit(with(before, new AtomicLimits(8193, 0, 0, 0, 0))))
        .containsExactly(
            "MAXIMUM ATOMIC TRANSFER LENGTH (8193) must not be above MAXIMUM TRANSFER LENGTH"
                + " (8192)");
    assertThat(bench.disk.limit(with(before, new AtomicLimits(9, 8, 8, 0, 0))))
        .containsExactly(
            "MAXIMUM ATOMIC TRANSFER LENGTH (9) must be a multiple of ATOMIC TRANSFER LENGTH"
                + " GRANULARITY (8)");

    assertThat(now()).isEqualTo(before);
    assertThat(advertised()).isEqualTo(before);
    Bench.expectGood(bench.send("00 00 00 00 00 00"));
  }

  @Test
  void the_same_limits_again_are_no_change_and_nobody_is_told() {
    assertThat(bench.disk.limit(now())).isEmpty();
    Bench.expectGood(bench.send("00 00 00 00 00 00"));
  }

  @Test
  void a_write_that_waits_for_its_data_keeps_to_the_limits_that_it_was_checked_against() {
    byte[] data = Bench.pattern(16, 3);
    TestTask waiting =
        bench.task(Bench.ALICE, Bench.hex(WRITE_ATOMIC.formatted(8, 0, 16)), data).withheld();
    bench.target.execute(waiting);

    assertThat(bench.disk.limit(with(now(), new AtomicLimits(8, 8, 8, 0, 0)))).isEmpty();
    waiting.arrive();

    Bench.expectGood(waiting.result());
    assertThat(bench.disk.profile().atomic().maximumTransferLength()).isEqualTo(8);
    expectChanged(Bench.ALICE);
    assertThat(Arrays.equals(bench.data("28 00 00000008 00 0010 00"), data)).isTrue();
  }
}
