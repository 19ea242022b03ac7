package org.untorn.iscsi.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.untorn.iscsi.session.MemoryTarget.HELD;
import static org.untorn.iscsi.session.MemoryTarget.READ_10;
import static org.untorn.iscsi.session.MemoryTarget.cdb;

import io.netty.buffer.Unpooled;
import io.netty.channel.WriteBufferWaterMark;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.untorn.iscsi.pdu.DataIn;
import org.untorn.iscsi.pdu.Pdu;
import org.untorn.iscsi.pdu.Reject;
import org.untorn.iscsi.pdu.ScsiCommand;
import org.untorn.iscsi.pdu.ScsiResponse;

/** Immediate SCSI commands are bounded, though the command window does not count them. */
class ImmediateCommandTest {

  private static ScsiCommand immediate(int tag, byte[] cdb, int length) {
    return new ScsiCommand(
        true,
        true,
        length > 0,
        false,
        1,
        0,
        tag,
        length,
        1,
        0,
        cdb,
        List.of(),
        Unpooled.EMPTY_BUFFER);
  }

  private static void expectTooMany(Harness harness) {
    assertThat(harness.expect(Reject.class).reason())
        .isEqualTo(Reject.Reason.TOO_MANY_IMMEDIATE_COMMANDS);
  }

  @Test
  void none_is_taken_while_the_outbound_side_is_full() {
    try (Harness harness = Harness.loggedIn()) {
      harness.channel.config().setWriteBufferWaterMark(new WriteBufferWaterMark(1024, 2048));
      Pdu[] reads = new Pdu[20];
      for (int i = 0; i < reads.length; i++) {
        reads[i] = immediate(i, cdb(READ_10, 0, 8), 4096);
      }
      harness.send(reads);
      assertThat(harness.expect(DataIn.class).initiatorTaskTag()).isZero();
      for (int i = 1; i < reads.length; i++) {
        expectTooMany(harness);
      }
      harness.send(immediate(99, cdb(READ_10, 0, 8), 4096));
      assertThat(harness.expect(DataIn.class).initiatorTaskTag()).isEqualTo(99);
    }
  }

  @Test
  void few_are_taken_beyond_the_command_window() {
    try (Harness harness = Harness.loggedIn()) {
      int most = ConnectionOptions.DEFAULT.commandWindow() + 8;
      for (int tag = 0; tag < most; tag++) {
        harness.send(immediate(tag, cdb(HELD, 0, 0), 0));
      }
      harness.expectNothing();
      harness.send(immediate(most, cdb(HELD, 0, 0), 0));
      expectTooMany(harness);
      harness.target.letGo(0);
      harness.collect();
      for (int tag = 0; tag < most; tag++) {
        assertThat(harness.expect(ScsiResponse.class).initiatorTaskTag()).isEqualTo(tag);
      }
    }
  }
}
