package org.untorn.conformance.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.untorn.iscsi.pdu.DataOut;
import org.untorn.iscsi.pdu.NopIn;
import org.untorn.iscsi.pdu.R2T;
import org.untorn.iscsi.pdu.ScsiCommand;
import org.untorn.testkit.UntornExtension;

/** Task management, pings, and what one session learns of another's doings (RFC 7143, SAM-5 7). */
class TaskManagementWireTest {

  private static final int ABORT_TASK = 1;
  private static final int LOGICAL_UNIT_RESET = 5;
  private static final int TARGET_WARM_RESET = 6;
  private static final int TARGET_COLD_RESET = 7;
  private static final int FUNCTION_COMPLETE = 0;
  private static final int TASK_DOES_NOT_EXIST = 1;
  private static final int RESET_OCCURRED = 0x29;
  private static final int LENGTH = 128 * Blocks.SIZE;

  @RegisterExtension
  static final UntornExtension target = UntornExtension.inMemory("--size", "64MiB");

  private WireSession session;

  @BeforeEach
  void logIn() throws IOException {
    Offer offer = Offer.USUAL.withTransfer(true, false, 64 << 10, 256 << 10, 64 << 10);
    session = WireSession.ready(target.ready(), offer);
  }

  @AfterEach
  void logOut() throws IOException {
    session.close();
  }

  @ParameterizedTest(name = "atomic={0}")
  @ValueSource(booleans = {true, false})
  void a_write_that_waits_for_its_data_is_aborted_and_changes_nothing(boolean atomic)
      throws IOException {
    session.write(Cdb.write16(0, 128), Blocks.stamped(128, 1)).good();
    byte[] cdb = atomic ? Cdb.writeAtomic16(0, 128) : Cdb.write16(0, 128);
    ScsiCommand command = session.begin(cdb, LENGTH, Unpooled.EMPTY_BUFFER, true);
    R2T r2t = session.receive(R2T.class);

    int response = session.manage(ABORT_TASK, command.initiatorTaskTag(), command.cmdSN());

    assertThat(response).isEqualTo(FUNCTION_COMPLETE);
    sendLate(command, r2t);
    byte[] read = session.read(Cdb.read16(0, 128), LENGTH).good();
    assertThat(Blocks.wholeStamp(read)).isEqualTo(1);
  }

  /** Data for a task that is gone is discarded, whatever was on its way (RFC 7143 11.5.1). */
  private void sendLate(ScsiCommand command, R2T r2t) throws IOException {
    ByteBuf data = Unpooled.wrappedBuffer(Blocks.stamped(128, 2), 0, 4096);
    session
        .socket()
        .send(
            new DataOut(
                false,
                WireSession.LUN_0,
                command.initiatorTaskTag(),
                r2t.targetTransferTag(),
                session.expStatSN(),
                0,
                0,
                data));
  }

  @Test
  void a_task_that_has_ended_cannot_be_aborted() throws IOException {
    ScsiCommand command = session.begin(Cdb.write16(0, 8), 4096, Unpooled.EMPTY_BUFFER, true);
    R2T r2t = session.receive(R2T.class);
    session
        .socket()
        .send(
            new DataOut(
                true,
                WireSession.LUN_0,
                command.initiatorTaskTag(),
                r2t.targetTransferTag(),
                session.expStatSN(),
                0,
                0,
                Unpooled.wrappedBuffer(Blocks.stamped(8, 3))));
    var _ = session.receive();

    assertThat(session.manage(ABORT_TASK, command.initiatorTaskTag(), command.cmdSN()))
        .isEqualTo(TASK_DOES_NOT_EXIST);
  }

  @ParameterizedTest
  @ValueSource(ints = {LOGICAL_UNIT_RESET, TARGET_WARM_RESET})
  void every_other_session_learns_of_a_reset_once(int function) throws IOException {
    try (WireSession other =
        WireSession.ready(target.ready(), Offer.USUAL.named("iqn.2026-11.org.untorn:other"))) {

      assertThat(session.manage(function, 0xFFFF_FFFF, 0)).isEqualTo(FUNCTION_COMPLETE);

      Sense sense = other.execute(Cdb.testUnitReady()).checkCondition();
      assertThat(sense.key()).isEqualTo(Sense.UNIT_ATTENTION);
      assertThat(sense.code() >> 8).isEqualTo(RESET_OCCURRED);
      other.execute(Cdb.testUnitReady()).good();
    }
    session.takeUnitAttentions();
  }

  @Test
  void a_unit_attention_waits_while_inquiry_passes_it() throws IOException {
    try (WireSession other =
        WireSession.ready(target.ready(), Offer.USUAL.named("iqn.2026-11.org.untorn:other"))) {
      assertThat(session.manage(LOGICAL_UNIT_RESET, 0xFFFF_FFFF, 0)).isEqualTo(FUNCTION_COMPLETE);

      assertThat(other.read(Cdb.standardInquiry(36), 36).good()).hasSize(36);

      assertThat(other.execute(Cdb.testUnitReady()).checkCondition().key())
          .isEqualTo(Sense.UNIT_ATTENTION);
    }
    session.takeUnitAttentions();
  }

  @Test
  void a_cold_reset_ends_the_connections_of_others() throws IOException {
    WireSession other =
        WireSession.ready(target.ready(), Offer.USUAL.named("iqn.2026-11.org.untorn:other"));
    WireSession resetter =
        WireSession.ready(target.ready(), Offer.USUAL.named("iqn.2026-11.org.untorn:resetter"));

    resetter.coldReset(TARGET_COLD_RESET);

    other.awaitEnd();
    resetter.abandon();
    session.abandon();
    logIn();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 13, 4096, 8192})
  void a_ping_comes_back_with_its_data(int length) throws IOException {
    byte[] data = new byte[length];
    for (int i = 0; i < length; i++) {
      data[i] = (byte) (i * 31 + 7);
    }

    NopIn answer = session.ping(data);

    byte[] back = new byte[answer.data().readableBytes()];
    answer.data().readBytes(back);
    answer.release();
    assertThat(back).isEqualTo(data);
  }
}
