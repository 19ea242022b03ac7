package org.untorn.conformance.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.untorn.iscsi.pdu.ScsiCommand;
import org.untorn.iscsi.pdu.ScsiResponse;
import org.untorn.iscsi.pdu.TaskManagementResponse;
import org.untorn.testkit.Fault;
import org.untorn.testkit.UntornExtension;

/**
 * The order of tasks that wait for a held one (SAM-5 8.6), and what the control mode page decides.
 */
class TaskOrderWireTest {

  private static final int CLEAR_ACA = 3;
  private static final int CLEAR_TASK_SET = 4;
  private static final int QUERY_ASYNCHRONOUS_EVENT = 12;
  private static final int FUNCTION_COMPLETE = 0;
  private static final int FUNCTION_SUCCEEDED = 7;
  private static final int BUSY = 0x08;
  private static final int ACA_ACTIVE = 0x30;
  private static final int TASK_ABORTED = 0x40;

  @RegisterExtension
  static final UntornExtension target = UntornExtension.breakable("--size", "64MiB");

  private WireSession session;
  private TasksUnderWay tasks;

  @BeforeEach
  void logIn() throws IOException {
    Offer offer = Offer.USUAL.withTransfer(true, false, 64 << 10, 256 << 10, 64 << 10);
    session = WireSession.ready(target.ready(), offer.withProtocolLevel(2));
    tasks = new TasksUnderWay(session, target);
    session.write(Cdb.write16(0, 8), Blocks.stamped(8, 1)).good();
  }

  @AfterEach
  void goAway() throws IOException {
    session.abandon();
  }

  @Test
  void at_protocol_level_1_there_are_no_queries() throws IOException {
    Offer old = Offer.USUAL.named("iqn.2026-11.org.untorn:old");
    try (WireSession other = WireSession.ready(target.ready(), old)) {
      for (int function : new int[] {9, 10, 11, 12}) {
        assertThat(other.manage(function, -1, 0)).as("function not supported").isEqualTo(5);
      }
    }
  }

  @Test
  void an_asynchronous_event_tells_of_a_unit_attention_and_leaves_it_pending() throws IOException {
    target.untorn().faults().add(Fault.on("inquiry").next(1).does("attention 2A/09"));
    session.read(Cdb.standardInquiry(36), 36).good();

    session.beginManage(QUERY_ASYNCHRONOUS_EVENT, -1, 0);
    TaskManagementResponse response = tasks.answered().response();

    assertThat(response.response()).isEqualTo(FUNCTION_SUCCEEDED);
    assertThat(response.additional()).as("one pending; 06h/2Ah/09h").isEqualTo(0x16_2A_09);
    assertThat(session.execute(Cdb.testUnitReady()).checkCondition().code()).isEqualTo(0x2A09);
    session.execute(Cdb.testUnitReady()).good();
  }

  @Test
  void a_held_simple_task_keeps_ordered_ones_waiting_and_head_of_queue_passes() throws IOException {
    tasks.hold("read");
    ScsiCommand held = session.beginRead(Cdb.read16(0, 8), TasksUnderWay.LENGTH);
    tasks.awaitHeld();
    ScsiCommand ordered = tasks.testUnitReady(WireSession.ORDERED);
    ScsiCommand simple = tasks.testUnitReady(WireSession.SIMPLE);
    ScsiCommand head = tasks.testUnitReady(WireSession.HEAD_OF_QUEUE);
    assertThat(session.receive(ScsiResponse.class).initiatorTaskTag())
        .isEqualTo(head.initiatorTaskTag());
    session.ping(new byte[0]);

    target.untorn().faults().release();

    assertThat(tasks.nextData()).isEqualTo(held.initiatorTaskTag());
    assertThat(tasks.nextStatus().initiatorTaskTag()).isEqualTo(ordered.initiatorTaskTag());
    assertThat(tasks.nextStatus().initiatorTaskTag()).isEqualTo(simple.initiatorTaskTag());
  }

  @Test
  void a_held_head_of_queue_task_keeps_all_others_waiting_and_those_of_other_nexuses_too()
      throws IOException {
    try (WireSession other =
        WireSession.ready(target.ready(), Offer.USUAL.named("iqn.2026-11.org.untorn:other"))) {
      tasks.hold("test-unit-ready");
      ScsiCommand held = tasks.testUnitReady(WireSession.HEAD_OF_QUEUE);
      tasks.awaitHeld();
      ScsiCommand mine = tasks.testUnitReady(WireSession.SIMPLE);
      other.beginRead(Cdb.testUnitReady(), 0);
      other.ping(new byte[0]);
      session.ping(new byte[0]);

      target.untorn().faults().release();

      assertThat(tasks.nextStatus().initiatorTaskTag()).isEqualTo(held.initiatorTaskTag());
      assertThat(tasks.nextStatus().initiatorTaskTag()).isEqualTo(mine.initiatorTaskTag());
      assertThat(other.receive(ScsiResponse.class).status()).isZero();
    }
  }

  @Test
  void an_aca_stops_an_atomic_write_which_ends_in_sense_of_its_own_when_it_is_cleared()
      throws IOException {
    try (WireSession other =
        WireSession.ready(target.ready(), Offer.USUAL.named("iqn.2026-11.org.untorn:other"))) {
      TasksUnderWay.Asked atomic = tasks.write(Cdb.writeAtomic16(0, 8));
      session.read(TasksUnderWay.BEYOND_THE_END, Blocks.SIZE).checkCondition();
      tasks.send(atomic);
      assertThat(session.execute(Cdb.testUnitReady()).status()).isEqualTo(ACA_ACTIVE);
      assertThat(other.execute(Cdb.testUnitReady()).status()).isEqualTo(BUSY);
      tasks.testUnitReady(WireSession.ACA);
      assertThat(tasks.nextStatus().status()).isZero();
      assertThat(other.manage(CLEAR_ACA, -1, 0)).as("function rejected").isEqualTo(255);

      session.beginManage(CLEAR_ACA, -1, 0);
      TasksUnderWay.Answered answered = tasks.answered();

      assertThat(answered.response().response()).isEqualTo(FUNCTION_COMPLETE);
      ScsiResponse end = answered.before().getFirst();
      assertThat(end.initiatorTaskTag()).isEqualTo(atomic.command().initiatorTaskTag());
      byte[] data = new byte[end.data().readableBytes()];
      end.data().readBytes(data);
      assertThat(HexFormat.of().formatHex(data))
          .as("SenseLength; ABORTED COMMAND, ATOMIC COMMAND ABORTED DUE TO ACA")
          .isEqualTo("0012" + "70000b000000000a00000000" + "0021" + "00000000");
      assertThat(Blocks.wholeStamp(other.read(Cdb.read16(0, 8), TasksUnderWay.LENGTH).good()))
          .isEqualTo(1);
    }
  }

  @Test
  void with_tas_a_task_that_another_nexus_clears_is_answered() throws IOException {
    try (WireSession other =
        WireSession.ready(target.ready(), Offer.USUAL.named("iqn.2026-11.org.untorn:other"))) {
      control(other, 0x40);
      session.takeUnitAttentions();
      tasks.hold("read");
      ScsiCommand held = session.beginRead(Cdb.read16(0, 8), TasksUnderWay.LENGTH);
      tasks.awaitHeld();

      assertThat(other.manage(CLEAR_TASK_SET, -1, 0)).isEqualTo(FUNCTION_COMPLETE);

      ScsiResponse end = tasks.nextStatus();
      assertThat(end.initiatorTaskTag()).isEqualTo(held.initiatorTaskTag());
      assertThat(end.status()).isEqualTo(TASK_ABORTED);
      session.execute(Cdb.testUnitReady()).good();
      control(other, 0);
    }
  }

  /** Sets byte 5 of the control mode page: TAS. */
  private static void control(WireSession by, int byte5) throws IOException {
    byte[] list = {0, 0, 0, 0, 0x0A, 0x0A, 0, 0x10, 0, (byte) byte5, 0, 0, -1, -1, 0, 0};
    by.write(Cdb.of(0x15, 0x10, 0, 0, list.length, 0), list).good();
  }

  @Test
  void a_unit_that_comes_while_a_session_lasts_is_told_of_once() throws Exception {
    target.untorn().control().post("/luns", Map.of("volume", "late", "size", "1MiB", "lun", 5));

    assertThat(session.execute(Cdb.testUnitReady()).checkCondition().code()).isEqualTo(0x3F0E);
    session.execute(Cdb.testUnitReady()).good();
    byte[] luns = session.read(Cdb.of(0xA0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0), 256).good();
    assertThat(HexFormat.of().formatHex(luns))
        .isEqualTo("0000001000000000" + "0000000000000000" + "0005000000000000");
    target.untorn().control().delete("/luns/" + target.ready().target() + "/5");
    assertThat(session.execute(Cdb.testUnitReady()).checkCondition().code()).isEqualTo(0x3F0E);
  }
}
