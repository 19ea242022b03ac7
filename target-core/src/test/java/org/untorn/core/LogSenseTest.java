package org.untorn.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.untorn.core.Bench.hex;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.untorn.backstore.BlockOperation;
import org.untorn.backstore.BlockOutcome;
import org.untorn.backstore.Geometry;

/** LOG SENSE: its pages are worked by hand from SPC-5's tables. */
class LogSenseTest {

  private static final String PAGE = "4D 00 %02X 00 00 0000 0400 00";

  private final Bench bench = new Bench();

  private byte[] cumulative(int page) {
    return bench.data(PAGE.formatted(0x40 | page));
  }

  @Test
  void page_00h_lists_the_pages_and_00h_ffh_their_subpages() {
    assertThat(cumulative(0x00)).isEqualTo(hex("00 00 000A 00 02 03 05 0C 0D 0E 15 19 2F"));
    assertThat(bench.data("4D 00 40 FF 00 0000 0400 00"))
        .isEqualTo(hex("40 FF 0016 0000 00FF 0200 0300 0500 0C00 0D00 0E00 1500 1900 2F00"));
  }

  @Test
  void page_19h_counts_what_was_read_and_written() {
    Bench.expectGood(bench.send("2A 00 00000000 00 0003 00", Bench.pattern(3, 1)));
    Bench.expectGood(bench.send("9C 00 0000000000000000 0000 0010 00 00", Bench.pattern(16, 1)));
    Bench.expectGood(bench.send("41 00 00000000 00 0100 00", Bench.pattern(1, 1)));
    bench.data("28 00 00000000 00 0005 00");
    bench.data("08 00 00 00 02 00");
    bench.send("28 00 FFFFFFFF 00 0005 00");
    assertThat(cumulative(0x19))
        .isEqualTo(
            hex(
                "99 00 0044 0001 02 40"
                    + "0000000000000003"
                    + "0000000000000002"
                    + "0000000000000013"
                    + "0000000000000007"
                    + "0000000000000000".repeat(4)));
  }

  @Test
  void the_error_counters_count_bytes_and_what_the_medium_failed() {
    Bench.expectGood(bench.send("2A 00 00000000 00 0003 00", Bench.pattern(3, 1)));
    Bench.expectGood(bench.send("2F 00 00000000 00 0002 00"));
    bench.store.failing(
        operation ->
            operation instanceof BlockOperation.Read
                ? Optional.of(new BlockOutcome.Unreadable(1, "rot"))
                : Optional.empty());
    Bench.expect(bench.send("28 00 00000000 00 0001 00"), "03 11 00");
    Bench.expectGood(
        bench.send("15 10 00 00 10 00", hex("00 00 00 00  0A 0A 04 10 00 00 00 00 FF FF 00 00")));
    assertThat(bench.send("28 00 00000000 00 0001 00").data()).startsWith(hex("72 03 11 00"));
    assertThat(bench.send("28 00 FFFFFFFF 00 0001 00").data()).startsWith(hex("72 05 21 00"));
    assertThat(cumulative(0x02)).isEqualTo(errors("82", 3 * 512, 0));
    assertThat(cumulative(0x03)).isEqualTo(errors("83", 0, 2));
    assertThat(cumulative(0x05)).isEqualTo(errors("85", 2 * 512, 0));
  }

  private static byte[] errors(String code, long bytes, long uncorrected) {
    return hex(
        code
            + "00 0030"
            + "0002 00 08 0000000000000000"
            + "0003 00 08 0000000000000000"
            + "0005 00 08 %016X".formatted(bytes)
            + "0006 00 08 %016X".formatted(uncorrected));
  }

  @Test
  void page_0ch_tells_in_threshold_sets_what_is_left_and_what_is_used() {
    Provisioning provisioning = new Provisioning(() -> 384L << 20, () -> (5L << 20) + 1, 100);
    DiskUnit disk = DiskUnit.over(bench.store, bench.disk.profile(), provisioning);
    Bench other = new Bench(disk, bench.store);
    // 2^11 blocks of 512 bytes are a set of 1 MiB: 378 are left whole, and 6 are used in part.
    assertThat(other.data(PAGE.formatted(0x4C)))
        .isEqualTo(
            hex("8C 00 0018" + "0001 03 08 0000017A 02 000000" + "0002 03 08 00000006 02 000000"));
    assertThat(other.data("12 01 B2 00FF 00")).isEqualTo(hex("00 B2 0004 0B E4 02 00"));
  }

  @Test
  void a_disk_has_fewer_than_2_to_the_32nd_threshold_sets() {
    assertThat(Provisioning.exponent(new Geometry(512, 1))).isEqualTo(11);
    assertThat(Provisioning.exponent(new Geometry(4096, 1L << 40))).isEqualTo(9);
    assertThat(Provisioning.exponent(new Geometry(4096, (1L << 40) - 1))).isEqualTo(8);
  }

  @Test
  void page_0dh_knows_no_temperature() {
    assertThat(cumulative(0x0D)).isEqualTo(hex("8D 00 000C 0000 03 02 00 FF 0001 03 02 00 FF"));
  }

  @Test
  void page_0eh_counts_how_often_the_unit_was_stopped_and_started_again() {
    assertThat(cumulative(0x0E)).isEqualTo(hex("8E 00 0008 0004 03 04 00000000"));
    Bench.expectGood(bench.send("1B 00 00 00 01 00"));
    Bench.expectGood(bench.send("1B 00 00 00 00 00"));
    assertThat(cumulative(0x0E)).isEqualTo(hex("8E 00 0008 0004 03 04 00000000"));
    Bench.expectGood(bench.send("1B 00 00 00 01 00"));
    assertThat(cumulative(0x0E)).isEqualTo(hex("8E 00 0008 0004 03 04 00000001"));
    Bench.expectGood(bench.send("1B 00 00 00 00 00"));
    bench.target.manage(new TaskManagement.LogicalUnitReset(Bench.ALICE, 0), response -> {});
    Bench.expect(bench.send("00 00 00 00 00 00"), "06 29 03");
    assertThat(cumulative(0x0E)).isEqualTo(hex("8E 00 0008 0004 03 04 00000002"));
  }

  @Test
  void page_15h_counts_the_minutes_and_knows_of_no_scan() {
    AtomicLong now = new AtomicLong(-1);
    DiskUnit disk =
        DiskUnit.over(
            bench.store,
            bench.disk.profile(),
            Provisioning.of(bench.store.geometry()),
            new UnitSurroundings(UnitMemory.ofThisProcess(), Runnable::run, now::get, 0, false));
    Bench other = new Bench(disk, bench.store);
    now.addAndGet(TimeUnit.SECONDS.toNanos(0x0102 * 60 + 59));
    assertThat(other.data(PAGE.formatted(0x55)))
        .isEqualTo(hex("95 00 0010 0000 03 0C 00000102 00 00 0000 0000 0000"));
  }

  @Test
  void page_2fh_tells_of_no_exception_and_no_temperature() {
    assertThat(cumulative(0x2F)).isEqualTo(hex("AF 00 0007 0000 03 03 00 00 FF"));
    assertThat(bench.data(PAGE.formatted(0x2F))).as("PC means nothing").hasSize(11);
  }

  @Test
  void the_parameter_pointer_leaves_out_what_comes_before_it() {
    assertThat(bench.data("4D 00 42 00 00 0006 0400 00"))
        .isEqualTo(hex("82 00 000C 0006 00 08 0000000000000000"));
    Bench.expect(bench.send("4D 00 42 00 00 0007 0400 00"), "05 24 00", Bench.atByte(5));
    assertThat(bench.data("4D 00 42 00 00 0004 0006 00")).isEqualTo(hex("82 00 0018 0005"));
    assertThat(bench.data("4D 00 42 00 00 0000 0000 00")).isEmpty();
  }

  @Test
  void what_there_is_not_is_refused_with_a_pointer_at_it() {
    Bench.expect(bench.send("4D 01 42 00 00 0000 0400 00"), "05 24 00", Bench.atBit(1, 0));
    Bench.expect(bench.send("4D 00 41 00 00 0000 0400 00"), "05 24 00", Bench.atBit(2, 5));
    Bench.expect(bench.send("4D 00 42 01 00 0000 0400 00"), "05 24 00", Bench.atByte(3));
    for (int thresholds : List.of(0x02, 0x82, 0xC2)) {
      Bench.expect(bench.send(PAGE.formatted(thresholds)), "05 24 00", Bench.atBit(2, 7));
    }
  }

  @Test
  void a_disk_without_defects_has_empty_lists_in_every_format() {
    for (int format = 0; format < 6; format++) {
      assertThat(bench.data("37 00 %02X 00000000 0020 00".formatted(0x18 | format)))
          .isEqualTo(hex("00 %02X 0000".formatted(0x18 | format)));
      assertThat(bench.data("B7 %02X 00000000 00000020 00 00".formatted(0x08 | format)))
          .isEqualTo(hex("00 %02X 0000 00000000".formatted(0x08 | format)));
    }
    for (int format : List.of(6, 7)) {
      Bench.expect(
          bench.send("37 00 %02X 00000000 0020 00".formatted(format)),
          "05 24 00",
          Bench.atBit(2, 2));
      Bench.expect(
          bench.send("B7 %02X 00000000 00000020 00 00".formatted(format)),
          "05 24 00",
          Bench.atBit(1, 2));
    }
    assertThat(bench.data("37 00 00 00000000 0002 00")).isEqualTo(hex("00 00"));
  }
}
