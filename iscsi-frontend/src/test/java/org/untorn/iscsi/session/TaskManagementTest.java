package org.untorn.iscsi.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.untorn.iscsi.session.MemoryTarget.HELD;
import static org.untorn.iscsi.session.MemoryTarget.TEST_UNIT_READY;
import static org.untorn.iscsi.session.MemoryTarget.WRITE_10;
import static org.untorn.iscsi.session.MemoryTarget.cdb;

import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.untorn.core.Outcome;
import org.untorn.core.Task;
import org.untorn.iscsi.pdu.R2T;
import org.untorn.iscsi.pdu.ScsiResponse;
import org.untorn.iscsi.pdu.TaskManagementRequest;
import org.untorn.iscsi.pdu.TaskManagementResponse;

class TaskManagementTest {

  private static final long LUN_5 = 5L << 48;

  private static TaskManagementRequest request(
      Harness harness, int function, long lun, int referenced, int refCmdSN) {
    return new TaskManagementRequest(
        true, function, lun, 900, referenced, harness.cmdSN(), 0, refCmdSN, 0);
  }

  private static int manage(Harness harness, int function, long lun, int tag, int refCmdSN) {
    harness.send(request(harness, function, lun, tag, refCmdSN));
    TaskManagementResponse response = harness.expect(TaskManagementResponse.class);
    assertThat(response.initiatorTaskTag()).isEqualTo(900);
    return response.response();
  }

  @Test
  void an_aborted_task_is_not_answered() {
    try (Harness harness = Harness.loggedIn()) {
      harness.send(harness.command(1, cdb(HELD, 0, 0), 0, false, false));
      assertThat(manage(harness, 1, 0, 1, 1)).isEqualTo(TaskManagementResponse.FUNCTION_COMPLETE);
      harness.target.letGo(0);
      harness.collect();
      harness.expectNothing();
    }
  }

  @Test
  void a_write_is_aborted_while_its_data_is_on_the_way() {
    try (Harness harness = Harness.loggedIn()) {
      harness.send(harness.command(1, cdb(WRITE_10, 0, 2), 1024, false, true));
      R2T r2t = harness.expect(R2T.class);
      harness.send(Harness.data(1, r2t.targetTransferTag(), 0, 0, new byte[512], false));
      assertThat(manage(harness, 1, 0, 1, 1)).isEqualTo(TaskManagementResponse.FUNCTION_COMPLETE);
      harness.send(Harness.data(1, r2t.targetTransferTag(), 1, 512, new byte[512], true));
      harness.expectNothing();
      assertThat(harness.budget.reserved()).isZero();
    }
  }

  @Test
  void a_task_that_is_done_or_of_another_unit_does_not_exist() {
    try (Harness harness = Harness.loggedIn()) {
      harness.send(harness.command(1, cdb(TEST_UNIT_READY, 0, 0), 0, false, false));
      harness.expect(ScsiResponse.class);
      assertThat(manage(harness, 1, 0, 1, 1)).isEqualTo(TaskManagementResponse.TASK_DOES_NOT_EXIST);
      harness.send(harness.command(2, cdb(HELD, 0, 0), 0, false, false));
      assertThat(manage(harness, 1, LUN_5, 2, 2))
          .isEqualTo(TaskManagementResponse.TASK_DOES_NOT_EXIST);
    }
  }

  @Test
  void a_command_that_never_arrived_counts_as_received_when_it_is_aborted() {
    try (Harness harness = Harness.loggedIn()) {
      int lost = harness.nextCmdSN();
      harness.send(harness.command(2, cdb(TEST_UNIT_READY, 0, 0), 0, false, false));
      harness.expectNothing();
      harness.send(request(harness, 1, 0, 1, lost));
      assertThat(harness.expect(TaskManagementResponse.class).response())
          .isEqualTo(TaskManagementResponse.FUNCTION_COMPLETE);
      ScsiResponse behind = harness.expect(ScsiResponse.class);
      assertThat(behind.initiatorTaskTag()).isEqualTo(2);
      assertThat(behind.numbers().expCmdSN()).isEqualTo(3);
    }
  }

  @ParameterizedTest
  @CsvSource({"2, AbortTaskSet", "4, ClearTaskSet", "5, LogicalUnitReset", "6, TargetReset"})
  void all_tasks_end_without_an_answer(int function, String event) {
    try (Harness harness = Harness.loggedIn()) {
      for (int tag = 1; tag <= 5; tag++) {
        harness.send(harness.command(tag, cdb(HELD, 0, 0), 0, false, false));
      }
      assertThat(manage(harness, function, 0, -1, 0))
          .isEqualTo(TaskManagementResponse.FUNCTION_COMPLETE);
      assertThat(harness.target.events).contains(event);
      harness.expectNothing();
      assertThat(harness.target.liveTasks()).isZero();
    }
  }

  @ParameterizedTest
  @CsvSource({"2, 2", "3, 255", "5, 2", "8, 4", "9, 5", "10, 5", "11, 5", "12, 5", "127, 5"})
  void what_cannot_be_done_is_answered_with_the_reason(int function, int response) {
    try (Harness harness = Harness.loggedIn()) {
      assertThat(manage(harness, function, LUN_5, -1, 0)).isEqualTo(response);
    }
  }

  @ParameterizedTest
  @CsvSource({"9, 7, 0", "10, 7, 0", "11, 0, 0", "12, 7, 0x162900", "13, 5, 0"})
  void what_rfc_7144_adds_is_there_at_protocol_level_2(
      int function, int expected, String additional) {
    try (Harness harness = Harness.loggedIn("iSCSIProtocolLevel=2")) {
      harness.send(harness.command(1, cdb(HELD, 0, 0), 0, false, false));
      harness.send(request(harness, function, 0, 1, 0));
      TaskManagementResponse response = harness.expect(TaskManagementResponse.class);
      assertThat(response.response()).isEqualTo(expected);
      assertThat(response.additional()).isEqualTo(Integer.decode(additional));
      assertThat(harness.target.liveTasks()).isEqualTo(function == 11 ? 0 : 1);
    }
  }

  @Test
  void a_cold_reset_drops_the_connection_after_the_answer() {
    try (Harness harness = Harness.loggedIn()) {
      harness.send(harness.command(1, cdb(HELD, 0, 0), 0, false, false));
      assertThat(manage(harness, 7, 0, -1, 0)).isEqualTo(TaskManagementResponse.FUNCTION_COMPLETE);
      harness.collect();
      assertThat(harness.channel.isActive()).isFalse();
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "2, -1", "4, -1", "5, -1", "6, -1"})
  void no_status_follows_the_response_of_a_function(int function, int tag) {
    try (Harness harness = Harness.loggedIn()) {
      harness.send(harness.command(1, cdb(HELD, 0, 0), 0, false, false));
      Task late = harness.target.forget();
      assertThat(manage(harness, function, 0, tag, 1))
          .isEqualTo(TaskManagementResponse.FUNCTION_COMPLETE);
      late.complete(new Outcome.Good(harness.channel.alloc().buffer().writeZero(1)));
      harness.collect();
      harness.expectNothing();
    }
  }

  @Test
  void a_command_behind_a_function_that_takes_long_is_answered() {
    try (Harness harness = Harness.loggedIn()) {
      harness.send(harness.command(1, cdb(HELD, 0, 0), 0, false, false));
      harness.target.postponing = true;
      harness.send(request(harness, 2, 0, -1, 0));
      harness.send(harness.command(2, cdb(TEST_UNIT_READY, 0, 0), 0, false, false));
      harness.expectNothing();
      harness.target.goOn();
      harness.collect();
      assertThat(harness.expect(TaskManagementResponse.class).response())
          .isEqualTo(TaskManagementResponse.FUNCTION_COMPLETE);
      assertThat(harness.expect(ScsiResponse.class).initiatorTaskTag()).isEqualTo(2);
      harness.expectNothing();
    }
  }

  @Test
  void a_command_that_waits_is_taken_back_with_its_data() {
    try (Harness harness = Harness.loggedIn("InitialR2T=No")) {
      harness.nextCmdSN();
      harness.send(
          harness.command(
              2,
              cdb(WRITE_10, 0, 3),
              1536,
              false,
              true,
              Unpooled.wrappedBuffer(new byte[512]),
              false),
          Harness.data(2, -1, 0, 512, new byte[512], false));
      assertThat(manage(harness, 1, 0, 2, 2)).isEqualTo(TaskManagementResponse.FUNCTION_COMPLETE);
      assertThat(harness.buffered()).isZero();
    }
  }
}
