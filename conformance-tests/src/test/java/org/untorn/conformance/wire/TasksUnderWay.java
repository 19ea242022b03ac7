package org.untorn.conformance.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.untorn.iscsi.pdu.DataIn;
import org.untorn.iscsi.pdu.DataOut;
import org.untorn.iscsi.pdu.R2T;
import org.untorn.iscsi.pdu.ScsiCommand;
import org.untorn.iscsi.pdu.ScsiResponse;
import org.untorn.iscsi.pdu.TargetPdu;
import org.untorn.iscsi.pdu.TaskManagementResponse;
import org.untorn.testkit.Fault;
import org.untorn.testkit.UntornExtension;

/** Tasks of a session that are under way together: eight blocks are written, or nothing is done. */
record TasksUnderWay(WireSession session, UntornExtension target) {

  static final int LENGTH = 8 * Blocks.SIZE;

  /** With NACA; ends in 05h/21h/00h. */
  static final byte[] BEYOND_THE_END = beyondTheEnd();

  private static byte[] beyondTheEnd() {
    byte[] cdb = Cdb.read16(Long.MAX_VALUE, 1);
    cdb[15] = 0x04;
    return cdb;
  }

  /** A write that was asked for its data. */
  record Asked(ScsiCommand command, R2T r2t) {}

  /** Begins a write of eight blocks, up to the R2T. */
  Asked write(byte[] cdb) throws IOException {
    ScsiCommand command = session.begin(cdb, LENGTH, Unpooled.EMPTY_BUFFER, true);
    return new Asked(command, session.receive(R2T.class));
  }

  /** Sends its data: blocks of stamp 2. */
  void send(Asked write) throws IOException {
    session
        .socket()
        .send(
            new DataOut(
                true,
                WireSession.LUN_0,
                write.command.initiatorTaskTag(),
                write.r2t.targetTransferTag(),
                session.expStatSN(),
                0,
                0,
                Unpooled.wrappedBuffer(Blocks.stamped(8, 2))));
  }

  ScsiCommand testUnitReady(int attribute) throws IOException {
    return session.beginRead(Cdb.testUnitReady(), 0, attribute);
  }

  /** The next command of a kind will be held. */
  void hold(String operation) {
    target.untorn().faults().add(Fault.on(operation).next(1).hold());
  }

  /** What was sent before it has reached the device. */
  void awaitHeld() throws IOException {
    session.ping(new byte[0]);
    assertThat(target.untorn().faults().held()).isEqualTo(1);
  }

  /** The next PDU, which is a status without data. */
  ScsiResponse nextStatus() throws IOException {
    return session.receive(ScsiResponse.class);
  }

  /** The tag of the next Data-In, whose data is of no interest. */
  int nextData() throws IOException {
    DataIn data = session.receive(DataIn.class);
    data.release();
    return data.initiatorTaskTag();
  }

  /** What came until the answer to a function, and that. */
  record Answered(TaskManagementResponse response, List<ScsiResponse> before) {}

  Answered answered() throws IOException {
    List<ScsiResponse> before = new ArrayList<>();
    while (true) {
      TargetPdu pdu = session.receive();
      switch (pdu) {
        case TaskManagementResponse response -> {
          return new Answered(response, before);
        }
        case ScsiResponse response -> before.add(response);
        default -> throw new AssertionError("unexpected " + pdu);
      }
    }
  }
}
