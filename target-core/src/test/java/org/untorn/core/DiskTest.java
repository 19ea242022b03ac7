package org.untorn.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.untorn.core.Bench.hex;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.untorn.backstore.BlockOperation;
import org.untorn.backstore.BlockOutcome;
import org.untorn.backstore.Durability;
import org.untorn.vpd.AtomicLimits;
import org.untorn.vpd.AtomicProfile;
import org.untorn.vpd.BlockLimits;
import org.untorn.vpd.VpdPage;

class DiskTest {

  private static final List<String> READS =
      List.of(
          "08 00 00 08 04 00",
          "28 %02X 00000008 00 0004 00",
          "A8 %02X 00000008 00000004 00 00",
          "88 %02X 0000000000000008 00000004 00 00");

  private static final List<String> WRITES =
      List.of(
          "0A 00 00 08 04 00",
          "2A %02X 00000008 00 0004 00",
          "AA %02X 00000008 00000004 00 00",
          "8A %02X 0000000000000008 00000004 00 00");

  private final Bench bench = new Bench();

  @Test
  void every_write_is_read_back_by_every_read() {
    for (String write : WRITES) {
      byte[] data = Bench.pattern(4, write.hashCode());
      Bench.expectGood(bench.send(write.formatted(0), data));
      for (String read : READS) {
        assertThat(bench.data(read.formatted(0))).isEqualTo(data);
      }
    }
    bench.allocator.assertAllReleased();
  }

  @Test
  void a_write_with_fua_is_stable_and_a_read_with_fua_flushes_first() {
    for (String write : WRITES.subList(1, 4)) {
      bench.store.journal().clear();
      Bench.expectGood(bench.send(write.formatted(0x08), Bench.pattern(4, 1)));
      Bench.expectGood(bench.send(write.formatted(0x10), Bench.pattern(4, 1)));
      assertThat(bench.store.journal())
          .extracting(operation -> ((BlockOperation.Write) operation).durability())
          .containsExactly(Durability.STABLE, Durability.APPENDED);
    }
    for (String read : READS.subList(1, 4)) {
      bench.store.journal().clear();
      bench.data(read.formatted(0x08));
      assertThat(bench.store.journal())
          .extracting(operation -> operation.getClass().getSimpleName())
          .containsExactly("Flush", "Read");
    }
  }

  @Test
  void a_write_of_less_data_than_blocks_writes_the_whole_blocks() {
    for (String write : WRITES) {
      Bench.expectGood(bench.send(write.formatted(0), Bench.pattern(4, 1)));
      byte[] offered = Arrays.copyOf(Bench.pattern(4, 2), 1023);
      Bench.expectGood(bench.send(write.formatted(0), offered));
      Bench.expectGood(bench.send(write.formatted(0), new byte[0]));
      byte[] expected = Bench.pattern(4, 1);
      System.arraycopy(offered, 0, expected, 0, 512);
      assertThat(bench.data("28 00 00000008 00 0004 00")).isEqualTo(expected);
    }
    bench.allocator.assertAllReleased();
  }

  @Test
  void a_write_asks_for_the_bytes_of_its_blocks_and_ignores_what_is_offered_beyond() {
    TestTask task = bench.start(Bench.ALICE, hex("2A 00 00000008 00 0001 00"), Bench.pattern(2, 1));
    Bench.expectGood(task.result());
    assertThat(task.asked()).hasValue(512);
    assertThat(bench.data("28 00 00000009 00 0001 00")).containsOnly(0);
  }

  @Test
  void each_failure_of_the_store_has_its_sense_data() {
    Map<BlockOutcome, String> expected =
        Map.of(
            new BlockOutcome.OutOfSpace(), "07 27 07",
            new BlockOutcome.Unreadable(9, "rot"), "03 11 00",
            new BlockOutcome.WriteFailed("broken"), "03 0C 00",
            new BlockOutcome.Stopped("closed"), "04 44 00");
    expected.forEach(
        (outcome, sense) -> {
          bench.store.failing(operation -> Optional.of(outcome));
          for (String write : WRITES) {
            Bench.expect(bench.send(write.formatted(0), Bench.pattern(4, 1)), sense);
          }
          for (String read : READS) {
            Bench.expect(bench.send(read.formatted(0), new byte[0]), sense);
          }
          Bench.expect(bench.send("28 08 00000008 00 0004 00"), sense);
          Bench.expect(bench.send("35 00 00000000 00 0000 00"), sense);
          Bench.expect(bench.send("2F 00 00000000 00 0004 00"), sense);
          Bench.expect(bench.send("93 09 0000000000000000 00000001 00 00"), sense);
        });
    bench.allocator.assertAllReleased();
  }

  @Test
  void synchronize_cache_flushes_and_with_immed_does_not_wait() {
    for (String command :
        List.of("35 %02X 00000000 00 0000 00", "91 %02X 0000000000000008 00000008 00 00")) {
      bench.store.hold();
      TestTask waits = bench.start(Bench.ALICE, hex(command.formatted(0)), new byte[0]);
      TestTask immediate = bench.start(Bench.ALICE, hex(command.formatted(2)), new byte[0]);
      assertThat(waits.completed()).isFalse();
      Bench.expectGood(immediate.result());
      bench.store.release();
      Bench.expectGood(waits.result());
    }
    assertThat(bench.store.journal()).hasSize(4).allMatch(BlockOperation.Flush.class::isInstance);
  }

  @Test
  void stopping_flushes_unless_it_is_told_not_to() {
    Bench.expectGood(bench.send("1B 00 00 00 04 00"));
    assertThat(bench.store.journal()).isEmpty();
    Bench.expectGood(bench.send("1B 00 00 00 00 00"));
    Bench.expectGood(bench.send("1B 01 00 00 00 00"));
    assertThat(bench.store.journal()).hasSize(2).allMatch(BlockOperation.Flush.class::isInstance);
  }

  @Test
  void there_is_nothing_to_eject_and_no_power_condition() {
    Bench.expect(bench.send("1B 00 00 00 02 00"), "05 24 00", Bench.atBit(4, 1));
    Bench.expect(bench.send("1B 01 00 00 03 00"), "05 24 00", Bench.atBit(4, 1));
    for (int condition = 1; condition < 16; condition++) {
      Bench.expect(
          bench.send("1B 00 00 00 %X0 00".formatted(condition)), "05 24 00", Bench.atBit(4, 7));
    }
    Bench.expectGood(bench.send("00 00 00 00 00 00"));
  }

  @Test
  void read_capacity_tells_the_last_block_and_the_physical_blocks() {
    assertThat(bench.data("25 00 00000000 00 00 00 00")).isEqualTo(hex("00004E1F 00000200"));
    byte[] expected = Arrays.copyOf(hex("0000000000004E1F 00000200 00 03 C0 00"), 32);
    assertThat(bench.data("9E 10 0000000000000000 00000020 00 00")).isEqualTo(expected);
    for (int length = 0; length < 32; length++) {
      assertThat(bench.data("9E 10 0000000000000000 %08X 00 00".formatted(length))).hasSize(length);
    }
  }

  @Test
  void inquiry_returns_the_standard_data_or_a_page_and_refuses_a_page_without_evpd() {
    assertThat(bench.data("12 00 00 0060 00"))
        .isEqualTo(bench.disk.profile().inquiry(Optional.empty()).encode());
    assertThat(bench.data("12 01 00 00FF 00"))
        .isEqualTo(hex("00 00 000C 00 80 83 85 86 87 88 8F B0 B1 B2 B7"));
    Bench.expect(bench.send("12 00 80 0060 00"), "05 24 00", Bench.atByte(2));
    Bench.expect(bench.send("12 01 C0 0060 00"), "05 24 00", Bench.atByte(2));
    for (int page :
        List.of(0x00, 0x80, 0x83, 0x85, 0x86, 0x87, 0x88, 0x8F, 0xB0, 0xB1, 0xB2, 0xB7)) {
      byte[] data = bench.data("12 01 %02X FFFF 00".formatted(page));
      assertThat(VpdPage.decode(data)).map(VpdPage::pageCode).contains(page);
      assertThat(bench.data("12 01 %02X 0004 00".formatted(page))).hasSize(4);
    }
  }

  @Test
  void the_limits_that_are_advertised_are_the_ones_that_are_enforced() {
    for (AtomicProfile profile : AtomicProfile.ALL) {
      Bench other = new Bench(Bench.profile(profile.limits()));
      BlockLimits advertised =
          (BlockLimits) VpdPage.decode(other.data("12 01 B0 0040 00")).orElseThrow();
      assertThat(advertised).isEqualTo(other.disk.profile().limits());
      long length = advertised.atomic().maximumTransferLength();
      if (length > 0) {
        String cdb = "9C 00 0000000000000000 0000 %04X 00 00";
        Bench.expectGood(other.send(cdb.formatted(length), Bench.pattern((int) length, 1)));
        long granularity = advertised.atomic().granularity();
        Bench.expect(
            other.send(cdb.formatted(length + granularity), new byte[0]),
            "05 24 00",
            Bench.atByte(12));
      }
    }
  }

  @Test
  void a_disk_that_could_not_keep_its_promises_is_not_made() {
    assertThatThrownBy(() -> Bench.profile(new AtomicLimits(8, 4, 3, 0, 0)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("GRANULARITY");
    UnitProfile profile = Bench.profile(AtomicLimits.NONE);
    assertThatThrownBy(
            () -> UnitProfile.disk(profile.inquiry(), "serial", List.of(), 3, 0, AtomicLimits.NONE))
        .isInstanceOf(IllegalArgumentException.class);
    UnitProfile huge =
        UnitProfile.disk(profile.inquiry(), "serial", List.of(), 3, 1L << 22, AtomicLimits.NONE);
    assertThatThrownBy(() -> DiskUnit.over(new MemoryBlocks(512, 8), huge))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("bytes");
  }

  @Test
  void commands_blocks_and_errors_are_counted_by_command() {
    bench.send("2A 00 00000000 00 0008 00", Bench.pattern(8, 1));
    bench.send("2A 00 FFFFFFFF 00 0008 00", Bench.pattern(8, 1));
    bench.send("9C 00 0000000000000000 0000 0010 00 00", Bench.pattern(16, 1));
    bench.send("08 00 00 00 00 00");
    assertThat(counted("WRITE(10)")).isEqualTo(List.of(2L, 8L, 1L));
    assertThat(counted("WRITE ATOMIC(16)")).isEqualTo(List.of(1L, 16L, 0L));
    assertThat(counted("READ(6)")).isEqualTo(List.of(1L, 256L, 0L));
    assertThat(counted("TEST UNIT READY")).isEqualTo(List.of(2L, 0L, 2L));
    assertThat(counted("READ(16)")).isEqualTo(List.of(0L, 0L, 0L));
  }

  private List<Long> counted(String name) {
    return bench.disk.counters().snapshot().stream()
        .filter(count -> count.command().name().equals(name))
        .map(count -> List.of(count.commands(), count.blocks(), count.errors()))
        .findFirst()
        .orElseThrow();
  }
}
