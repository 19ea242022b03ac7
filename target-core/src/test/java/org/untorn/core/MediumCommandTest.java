package org.untorn.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.untorn.backstore.BlockOperation;
import org.untorn.core.Command.Trait;
import org.untorn.vpd.Field;

/**
 * What all commands that address blocks have in common. The commands come from the table, so a new
 * one is tested from the day it has a row.
 */
class MediumCommandTest {

  private final Bench bench = Bench.withEveryCommand();

  /** The rows that have an LBA and a number of blocks. */
  private List<Command> addressing() {
    List<Command> rows =
        bench.commands().rows().stream()
            .filter(row -> lba(row).isPresent() && blocks(row).isPresent())
            .toList();
    assertThat(rows).hasSizeGreaterThanOrEqualTo(30);
    return rows;
  }

  private static Optional<Field> field(Command row, String... names) {
    return row.fields().stream().filter(field -> List.of(names).contains(field.name())).findFirst();
  }

  private static Optional<Field> lba(Command row) {
    return field(row, "LOGICAL BLOCK ADDRESS");
  }

  private static Optional<Field> blocks(Command row) {
    return field(
        row,
        "TRANSFER LENGTH",
        "VERIFICATION LENGTH",
        "PREFETCH LENGTH",
        "NUMBER OF LOGICAL BLOCKS");
  }

  private static byte[] cdb(Command row, long lba, long blocks) {
    byte[] cdb = CommandTableTest.emptyCdb(row);
    lba(row).orElseThrow().put(cdb, lba & lba(row).orElseThrow().maximum());
    blocks(row).orElseThrow().put(cdb, blocks);
    return cdb;
  }

  /**
   * As much data as the command takes, so that only what is tested is wrong. COMPARE AND WRITE
   * expects what the WRITE commands write.
   */
  private static byte[] data(Command row, int blocks) {
    if (row.name().equals("COMPARE AND WRITE")) {
      byte[] instance = Bench.pattern(blocks, 1);
      return ByteBufUtil.getBytes(Unpooled.wrappedBuffer(instance, instance));
    }
    return Bench.pattern(row.name().startsWith("WRITE SAME") ? 1 : blocks, 1);
  }

  private static String pointerAt(Field field) {
    return field.highBit() == 7 && field.width() % 8 == 0
        ? Bench.atByte(field.byteOffset())
        : Bench.atBit(field.byteOffset(), field.highBit());
  }

  private void assertNothingChanged() {
    assertThat(bench.store.journal())
        .allMatch(
            operation ->
                operation instanceof BlockOperation.Read
                    || operation instanceof BlockOperation.Flush);
    bench.allocator.assertAllReleased();
  }

  @Test
  void one_block_at_each_end_of_the_medium_is_good() {
    for (Command row : addressing()) {
      int unit = row.name().startsWith("WRITE ATOMIC") ? 8 : 1;
      for (long lba : List.of(0L, Bench.BLOCKS - unit)) {
        Bench.expectGood(bench.send("2A 00 %08X 00 0001 00".formatted(lba), Bench.pattern(1, 1)));
        Bench.expectGood(bench.send(cdb(row, lba, unit), data(row, unit)));
      }
    }
    bench.allocator.assertAllReleased();
  }

  @Test
  void a_block_beyond_the_end_is_out_of_range_and_the_lba_is_pointed_at() {
    for (Command row : addressing()) {
      String pointer = pointerAt(lba(row).orElseThrow());
      List<byte[]> beyond = new ArrayList<>();
      beyond.add(cdb(row, Bench.BLOCKS - 7, 8));
      beyond.add(cdb(row, Bench.BLOCKS, 1));
      beyond.add(cdb(row, Bench.BLOCKS + 1, 1));
      beyond.add(cdb(row, 1L << (lba(row).orElseThrow().width() - 1), 8));
      beyond.add(cdb(row, -1, 1));
      beyond.add(cdb(row, -8, 8));
      for (byte[] cdb : beyond) {
        Bench.expect(bench.send(cdb, data(row, 8)), "05 21 00", pointer);
      }
    }
    assertNothingChanged();
  }

  @Test
  void no_blocks_beyond_the_end_are_out_of_range_too() {
    for (Command row : addressing()) {
      for (long lba : List.of(Bench.BLOCKS + 1, -1L)) {
        Bench.expect(bench.send(cdb(row, lba, 0), data(row, 1)), "05 21 00");
      }
    }
    assertNothingChanged();
  }

  @Test
  void no_blocks_inside_the_medium_move_nothing_except_where_zero_means_something() {
    for (Command row : addressing()) {
      TestTask task = bench.start(Bench.ALICE, cdb(row, 16, 0), new byte[0]);
      if (row.name().startsWith("WRITE SAME")) {
        Bench.expect(task.result(), "05 0E 03");
      } else if (row.name().equals("READ(6)")) {
        assertThat(task.result().data()).hasSize(256 * Bench.BLOCK);
      } else if (row.name().equals("WRITE(6)")) {
        assertThat(task.asked()).hasValue(256 * Bench.BLOCK);
      } else {
        Bench.expectGood(task.result());
        assertThat(task.result().data()).isEmpty();
        assertThat(task.asked()).isEmpty();
      }
    }
    assertNothingChanged();
  }

  @Test
  void protection_information_that_the_medium_does_not_have_is_refused() {
    int refused = 0;
    for (Command row : addressing()) {
      Optional<Field> protect = field(row, "RDPROTECT", "WRPROTECT", "VRPROTECT", "ORPROTECT");
      for (int value = 1; protect.isPresent() && value < 8; value++) {
        byte[] cdb = cdb(row, 0, 8);
        protect.get().put(cdb, value);
        Bench.expect(bench.send(cdb, data(row, 8)), "05 24 00", pointerAt(protect.get()));
        refused++;
      }
    }
    assertThat(refused).isEqualTo(7 * 24);
    assertNothingChanged();
  }

  @Test
  void dpo_and_fua_are_taken_wherever_they_exist() {
    int taken = 0;
    for (Command row : addressing()) {
      for (String name : List.of("DPO", "FUA")) {
        Optional<Field> flag = field(row, name);
        if (flag.isPresent()) {
          byte[] cdb = cdb(row, 0, 8);
          flag.get().put(cdb, 1);
          Bench.expectGood(bench.send(cdb, data(row, 8)));
          taken++;
        }
      }
    }
    assertThat(taken).isEqualTo(34);
  }

  @Test
  void more_than_the_maximum_transfer_length_is_refused_with_a_pointer_at_the_length() {
    int refused = 0;
    for (Command row : addressing()) {
      Field length = blocks(row).orElseThrow();
      boolean transfers = List.of("TRANSFER LENGTH", "VERIFICATION LENGTH").contains(length.name());
      if (transfers && length.width() > 8) {
        byte[] cdb = cdb(row, 0, UnitProfile.MAXIMUM_TRANSFER_LENGTH + 8);
        Bench.expect(bench.send(cdb, new byte[0]), "05 24 00", pointerAt(length));
        refused++;
      }
    }
    assertThat(refused).isEqualTo(20);
    assertNothingChanged();
  }

  @Test
  void a_write_protected_unit_refuses_whatever_changes_the_medium_and_nothing_else() {
    Bench.expectGood(
        bench.send(
            "15 10 00 00 10 00", Bench.hex("00 00 00 00  0A 0A 00 10 08 00 00 00 FF FF 00 00")));
    for (Command row : addressing()) {
      TestTask.Result result = bench.send(cdb(row, 0, 8), data(row, 8));
      if (row.is(Trait.CHANGES_MEDIUM)) {
        Bench.expect(result, "07 27 02");
      } else {
        Bench.expectGood(result);
      }
    }
    Bench.expect(bench.send("42 00 00000000 00 0018 00", new byte[24]), "07 27 02");
    assertNothingChanged();
  }

  @Test
  void a_pending_unit_attention_comes_before_every_check_of_the_command() {
    for (Command row : addressing()) {
      bench.target.manage(new TaskManagement.LogicalUnitReset(Bench.BOB, 0), response -> {});
      byte[] wrong = cdb(row, -1, 1);
      Bench.expect(bench.send(wrong, data(row, 1)), "06 29 03");
      Bench.expect(bench.send(wrong, data(row, 1)), "05 21 00");
    }
    assertNothingChanged();
  }

  @Test
  void a_stopped_unit_refuses_whatever_needs_the_medium() {
    Bench.expectGood(bench.send("1B 00 00 00 00 00"));
    int refused = 0;
    for (Command row : bench.commands().rows()) {
      if (row.is(Trait.MEDIUM_ACCESS)) {
        Bench.expect(bench.send(CommandTableTest.emptyCdb(row), new byte[0]), "02 04 02");
        refused++;
      }
    }
    assertThat(refused).isEqualTo(addressing().size() + 22);
    assertThat(bench.data("03 00 00 00 FC 00")).startsWith(Bench.hex("70 00 02"));
    bench.data("12 00 00 0060 00");
    Bench.expectGood(bench.send("1B 00 00 00 01 00"));
    Bench.expectGood(bench.send("00 00 00 00 00 00"));
  }
}
