package org.untorn.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.untorn.core.Bench.hex;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.untorn.vpd.AtomicLimits;

class TargetDeviceTest {

  private static final long LUN_9 = 9L << 48;

  private final Bench bench = new Bench();

  @Test
  void what_was_written_is_read_back() {
    byte[] data = Bench.pattern(8, 1);
    Bench.expectGood(bench.send("2A 00 00000010 00 0008 00", data));
    assertThat(bench.data("88 00 0000000000000010 00000008 00 00")).isEqualTo(data);
    bench.allocator.assertAllReleased();
  }

  @Test
  void inquiry_to_a_lun_without_a_unit_says_that_none_can_be_there() {
    TestTask.Result result = sendTo(LUN_9, "12 00 00 0060 00");
    Bench.expectGood(result);
    assertThat(result.data()[0]).as("peripheral qualifier 011b, type 1Fh").isEqualTo((byte) 0x7F);
  }

  @Test
  void request_sense_to_a_lun_without_a_unit_returns_the_reason_as_data() {
    TestTask.Result result = sendTo(LUN_9, "03 00 00 00 FC 00");
    Bench.expectGood(result);
    assertThat(result.data()).startsWith(hex("70 00 05")).hasSize(18);
    assertThat(result.data()[12]).isEqualTo((byte) 0x25);
  }

  @Test
  void any_other_command_to_a_lun_without_a_unit_is_refused_known_or_not() {
    for (String cdb :
        List.of("00 00 00 00 00 00", "28 00 00000000 00 0001 00", "FF 00 00 00 00 00")) {
      Bench.expect(sendTo(LUN_9, cdb), "05 25 00");
    }
  }

  @Test
  void report_luns_answers_at_any_lun_and_lists_all_units() {
    TargetDevice target =
        new TargetDevice(
            "iqn.2026-11.org.untorn:disk1",
            new TreeMap<>(Map.of(0, unit(), 1, unit(), 255, unit(), 256, unit(), 16383, unit())),
            bench.disk.profile().inquiry());
    TestTask task =
        new TestTask(
            Bench.ALICE,
            LUN_9,
            1,
            hex("A0 00 00 00 00 00 00000100 00 00"),
            new byte[0],
            bench.allocator);
    target.execute(task);
    assertThat(task.result().data())
        .isEqualTo(
            hex(
                """
                00000028 00000000
                0000000000000000 0001000000000000 00FF000000000000
                4100000000000000 7FFF000000000000
                """));
  }

  @Test
  void report_luns_knows_no_well_known_units_and_refuses_other_reports() {
    assertThat(bench.data("A0 00 01 00 00 00 00000010 00 00")).isEqualTo(new byte[8]);
    assertThat(bench.data("A0 00 02 00 00 00 00000010 00 00")).hasSize(16);
    Bench.expect(bench.send("A0 00 03 00 00 00 00000010 00 00"), "05 24 00", Bench.atByte(2));
  }

  @Test
  void a_unit_is_reached_by_peripheral_and_by_flat_space_addressing_and_by_no_other() {
    List<Long> reached = new ArrayList<>();
    for (long lun :
        List.of(0L, 0x4000L << 48, 0x0100L << 48, 0x8000L << 48, 0xC000L << 48, 1L, 1L << 47)) {
      if (sendTo(lun, "00 00 00 00 00 00").status() == 0) {
        reached.add(lun);
      }
    }
    assertThat(reached).containsExactly(0L, 0x4000L << 48);
  }

  @Test
  void task_management_of_a_lun_without_a_unit_is_told_so() {
    List<TaskManagement> functions =
        List.of(
            new TaskManagement.AbortTask(Bench.ALICE, LUN_9, 1),
            new TaskManagement.AbortTaskSet(Bench.ALICE, LUN_9),
            new TaskManagement.ClearTaskSet(Bench.ALICE, LUN_9),
            new TaskManagement.LogicalUnitReset(Bench.ALICE, LUN_9));
    for (TaskManagement function : functions) {
      List<TaskManagement.Response> responses = new ArrayList<>();
      bench.target.manage(function, responses::add);
      assertThat(responses).containsExactly(TaskManagement.Response.INCORRECT_LOGICAL_UNIT_NUMBER);
    }
  }

  private LogicalUnit unit() {
    return DiskUnit.over(new MemoryBlocks(512, 8), Bench.profile(AtomicLimits.NONE)).unit();
  }

  private TestTask.Result sendTo(long lun, String cdb) {
    TestTask task = new TestTask(Bench.ALICE, lun, 99, hex(cdb), new byte[0], bench.allocator);
    bench.target.execute(task);
    return task.result();
  }
}
