package org.untorn.iscsi.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.untorn.iscsi.session.MemoryTarget.WRITE_10;
import static org.untorn.iscsi.session.MemoryTarget.cdb;

import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;
import org.untorn.iscsi.pdu.R2T;
import org.untorn.iscsi.pdu.ScsiCommand;
import org.untorn.iscsi.pdu.ScsiResponse;
import org.untorn.iscsi.pdu.TaskManagementRequest;
import org.untorn.iscsi.pdu.TaskManagementResponse;

/** What happens when the Data-Out that may be held is held. */
class BudgetTest {

  private static final byte[] BLOCK = new byte[512];

  private static Harness harness(DataBudget budget) {
    Harness harness = new Harness(ConnectionOptions.DEFAULT, budget);
    harness.login("MaxOutstandingR2T=4", "InitialR2T=No");
    return harness;
  }

  @Test
  void an_r2t_waits_until_another_command_of_the_connection_has_ended() {
    try (Harness harness = harness(new DataBudget(1 << 20, 1024))) {
      for (int tag = 1; tag <= 3; tag++) {
        harness.send(harness.command(tag, cdb(WRITE_10, 0, 1), 512, false, true));
      }
      R2T first = harness.expect(R2T.class);
      harness.expect(R2T.class);
      harness.expectNothing();
      assertThat(harness.budget.reserved()).isEqualTo(1024);
      harness.send(Harness.data(1, first.targetTransferTag(), 0, 0, BLOCK, true));
      assertThat(harness.expect(ScsiResponse.class).initiatorTaskTag()).isEqualTo(1);
      assertThat(harness.expect(R2T.class).initiatorTaskTag()).isEqualTo(3);
    }
  }

  @Test
  void an_r2t_waits_until_a_command_of_another_connection_has_ended() {
    DataBudget budget = new DataBudget(512, 512);
    try (Harness waiting = harness(budget)) {
      try (Harness holding = harness(budget)) {
        holding.send(holding.command(1, cdb(WRITE_10, 0, 1), 512, false, true));
        holding.expect(R2T.class);
        waiting.send(waiting.command(1, cdb(WRITE_10, 0, 1), 512, false, true));
        waiting.expectNothing();
        holding.channel.close().syncUninterruptibly();
        holding.collect();
        waiting.collect();
        waiting.expect(R2T.class);
        waiting.channel.close().syncUninterruptibly();
      }
    }
  }

  @Test
  void a_command_larger_than_the_budget_is_carried_out_alone() {
    try (Harness harness = harness(new DataBudget(600, 600))) {
      harness.send(harness.command(1, cdb(WRITE_10, 0, 8), 4096, false, true));
      assertThat(harness.expect(R2T.class).desiredDataTransferLength()).isEqualTo(4096);
    }
  }

  @Test
  void unsolicited_data_beyond_the_budget_ends_in_task_set_full_after_it_has_come() {
    try (Harness harness = harness(new DataBudget(600, 600))) {
      harness.send(harness.command(1, cdb(WRITE_10, 0, 1), 512, false, true));
      harness.expect(R2T.class);
      harness.send(
          harness.command(
              2, cdb(WRITE_10, 0, 2), 1024, false, true, Unpooled.wrappedBuffer(BLOCK), false));
      harness.expectNothing();
      harness.send(Harness.data(2, -1, 0, 512, BLOCK, true));
      ScsiResponse full = harness.expect(ScsiResponse.class);
      assertThat(full.initiatorTaskTag()).isEqualTo(2);
      assertThat(full.status()).isEqualTo(0x28);
    }
  }

  @Test
  void every_r2t_that_waits_comes_in_its_turn() {
    try (Harness harness = harness(new DataBudget(1 << 20, 512))) {
      for (int tag = 1; tag <= 4; tag++) {
        harness.send(harness.command(tag, cdb(WRITE_10, 0, 1), 512, false, true));
      }
      for (int tag = 1; tag <= 4; tag++) {
        R2T r2t = harness.expect(R2T.class);
        assertThat(r2t.initiatorTaskTag()).isEqualTo(tag);
        harness.expectNothing();
        harness.send(Harness.data(tag, r2t.targetTransferTag(), 0, 0, BLOCK, true));
        assertThat(harness.expect(ScsiResponse.class).initiatorTaskTag()).isEqualTo(tag);
      }
    }
  }

  @Test
  void what_waits_behind_a_task_that_is_aborted_gets_its_turn() {
    try (Harness harness = harness(new DataBudget(1 << 20, 1024))) {
      harness.send(harness.command(1, cdb(WRITE_10, 0, 1), 512, false, true));
      harness.expect(R2T.class);
      harness.send(harness.command(2, cdb(WRITE_10, 0, 2), 1024, false, true));
      harness.send(harness.command(3, cdb(WRITE_10, 0, 1), 512, false, true));
      harness.expectNothing();
      harness.send(new TaskManagementRequest(true, 1, 0, 9, 2, harness.cmdSN(), 0, 2, 0));
      harness.expect(TaskManagementResponse.class);
      assertThat(harness.expect(R2T.class).initiatorTaskTag()).isEqualTo(3);
    }
  }

  private static ScsiCommand twoBlocks(Harness harness, int tag) {
    return harness.command(
        tag, cdb(WRITE_10, 0, 2), 1024, false, true, Unpooled.wrappedBuffer(BLOCK), true);
  }

  @Test
  void writes_that_each_hold_their_first_burst_do_not_wait_for_each_other() {
    try (Harness harness = harness(new DataBudget(1 << 20, 1024))) {
      harness.target.postponing = true;
      harness.send(twoBlocks(harness, 1), twoBlocks(harness, 2));
      assertThat(harness.budget.reserved()).isEqualTo(1024);
      harness.target.goOn();
      for (int tag = 1; tag <= 2; tag++) {
        harness.collect();
        R2T r2t = harness.expect(R2T.class);
        assertThat(r2t.initiatorTaskTag()).isEqualTo(tag);
        harness.expectNothing();
        harness.send(Harness.data(tag, r2t.targetTransferTag(), 0, 512, BLOCK, true));
        assertThat(harness.expect(ScsiResponse.class).status()).isZero();
      }
    }
  }

  @Test
  void writes_of_two_connections_do_not_wait_for_each_other() {
    DataBudget budget = new DataBudget(1024, 1024);
    try (Harness first = harness(budget)) {
      try (Harness second = harness(budget)) {
        first.target.postponing = true;
        first.send(twoBlocks(first, 1));
        second.send(twoBlocks(second, 1));
        first.target.goOn();
        first.collect();
        R2T r2t = second.expect(R2T.class);
        first.expectNothing();
        second.send(Harness.data(1, r2t.targetTransferTag(), 0, 512, BLOCK, true));
        assertThat(second.expect(ScsiResponse.class).status()).isZero();
        first.collect();
        first.expect(R2T.class);
        first.channel.close().syncUninterruptibly();
        second.channel.close().syncUninterruptibly();
      }
    }
  }

  @Test
  void no_unsolicited_data_gets_ahead_of_a_write_that_waits() {
    try (Harness harness = harness(new DataBudget(1 << 20, 1536))) {
      harness.send(harness.command(1, cdb(WRITE_10, 0, 2), 1024, false, true));
      harness.expect(R2T.class);
      harness.send(harness.command(2, cdb(WRITE_10, 0, 2), 1024, false, true));
      harness.send(twoBlocks(harness, 3));
      ScsiResponse full = harness.expect(ScsiResponse.class);
      assertThat(full.initiatorTaskTag()).isEqualTo(3);
      assertThat(full.status()).isEqualTo(0x28);
    }
  }
}
