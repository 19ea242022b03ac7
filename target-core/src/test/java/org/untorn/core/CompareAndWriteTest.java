package org.untorn.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.untorn.backstore.BlockOperation;
import org.untorn.backstore.BlockOutcome;
import org.untorn.backstore.Durability;

class CompareAndWriteTest {

  private static final int LENGTH = 13;

  private final Bench bench = new Bench();

  private static byte[] cdb(int flags, long lba, int blocks) {
    return Bench.hex("89 %02X %016X 000000 %02X 00 00".formatted(flags, lba, blocks));
  }

  private static byte[] both(byte[] expected, byte[] data) {
    return ByteBufUtil.getBytes(Unpooled.wrappedBuffer(expected, data));
  }

  @Test
  void blocks_that_hold_what_is_expected_are_written_in_one_operation() {
    byte[] before = Bench.pattern(255, 1);
    byte[] after = Bench.pattern(255, 2);
    Bench.expectGood(bench.send("8A 00 0000000000000040 000000FF 00 00", before));
    bench.store.journal().clear();
    Bench.expectGood(bench.send(cdb(0, 0x40, 255), both(before, after)));
    assertThat(bench.store.journal())
        .hasSize(1)
        .first()
        .isInstanceOf(BlockOperation.CompareAndWrite.class);
    assertThat(bench.data("88 00 0000000000000040 000000FF 00 00")).isEqualTo(after);
    bench.allocator.assertAllReleased();
  }

  @Test
  void the_first_byte_that_differs_is_told_and_nothing_is_written() {
    byte[] before = Bench.pattern(3, 1);
    Bench.expectGood(bench.send("2A 00 00000008 00 0003 00", before));
    byte[] expected = before.clone();
    expected[700] ^= 0x10;
    expected[900] ^= 0x10;
    TestTask.Result result = bench.send(cdb(0, 8, 3), both(expected, Bench.pattern(3, 2)));
    Bench.expect(result, "0E 1D 00");
    assertThat(HexFormat.of().formatHex(result.data(), 0, 7)).isEqualTo("f0000e000002bc");
    assertThat(bench.data("28 00 00000008 00 0003 00")).isEqualTo(before);
    bench.allocator.assertAllReleased();
  }

  @Test
  void no_blocks_are_no_error_unless_there_is_data_for_some() {
    Bench.expectGood(bench.send(cdb(0, 0, 0), new byte[0]));
    Bench.expectGood(bench.send(cdb(0x18, 0, 0), new byte[512]));
    Bench.expect(
        bench.send(cdb(0, 0, 0), new byte[2 * 256 * 512]), "05 24 00", Bench.atByte(LENGTH));
    assertThat(bench.store.journal()).isEmpty();
  }

  @Test
  void a_data_out_buffer_that_is_not_both_instances_exactly_is_refused() {
    for (int bytes : List.of(0, 512, 1023, 1025, 2048)) {
      Bench.expect(bench.send(cdb(0, 0, 1), new byte[bytes]), "05 0E 03");
    }
    assertThat(bench.store.journal()).isEmpty();
    bench.allocator.assertAllReleased();
  }

  @Test
  void more_than_the_advertised_maximum_is_refused_with_a_pointer_at_the_number() {
    UnitProfile profile = bench.disk.profile();
    assertThat(profile.limits().maximumCompareAndWriteLength()).isEqualTo(255);
    Bench short3 = new Bench(withMaximum(profile, 3));
    Bench.expectGood(short3.send(cdb(0, 0, 3), new byte[6 * 512]));
    Bench.expect(short3.send(cdb(0, 0, 4), new byte[8 * 512]), "05 24 00", Bench.atByte(LENGTH));
  }

  private static UnitProfile withMaximum(UnitProfile profile, int blocks) {
    var limits = profile.limits();
    return new UnitProfile(
        profile.inquiry(),
        profile.serialNumber(),
        profile.designators(),
        profile.ports(),
        profile.management(),
        profile.physicalBlockExponent(),
        new org.untorn.vpd.BlockLimits(
            limits.wsnz(),
            blocks,
            limits.optimalTransferLengthGranularity(),
            limits.maximumTransferLength(),
            limits.optimalTransferLength(),
            limits.maximumPrefetchLength(),
            limits.maximumUnmapLbaCount(),
            limits.maximumUnmapBlockDescriptorCount(),
            limits.optimalUnmapGranularity(),
            limits.unmapGranularityAlignment(),
            limits.maximumWriteSameLength(),
            limits.atomic()),
        profile.writeProtected(),
        profile.strict());
  }

  @Test
  void fua_is_handed_on() {
    Bench.expectGood(bench.send(cdb(0x08, 0, 1), new byte[1024]));
    Bench.expectGood(bench.send(cdb(0x10, 0, 1), new byte[1024]));
    assertThat(bench.store.journal())
        .extracting(operation -> ((BlockOperation.CompareAndWrite) operation).durability())
        .containsExactly(Durability.STABLE, Durability.APPENDED);
  }

  @Test
  void a_failure_of_the_store_is_told() {
    bench.store.failing(operation -> Optional.of(new BlockOutcome.OutOfSpace()));
    Bench.expect(bench.send(cdb(0, 0, 1), new byte[1024]), "07 27 07");
    bench.allocator.assertAllReleased();
  }

  @Test
  void a_volume_that_shrank_while_the_data_came_is_out_of_range() {
    TestTask task = bench.task(Bench.ALICE, cdb(0, Bench.BLOCKS - 1, 1), new byte[1024]).withheld();
    bench.target.execute(task);
    bench.store.shrink(Bench.BLOCKS - 1);
    task.arrive();
    Bench.expect(task.result(), "05 21 00", Bench.atByte(2));
    assertThat(bench.store.journal()).isEmpty();
    assertThat(task.asked()).hasValue(1024);
    bench.allocator.assertAllReleased();
  }
}
