package org.untorn.conformance.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.untorn.iscsi.pdu.AdditionalHeaderSegment;
import org.untorn.iscsi.pdu.DataIn;
import org.untorn.iscsi.pdu.LoginRequest;
import org.untorn.iscsi.pdu.LoginResponse;
import org.untorn.iscsi.pdu.LogoutRequest;
import org.untorn.iscsi.pdu.LogoutResponse;
import org.untorn.iscsi.pdu.NopIn;
import org.untorn.iscsi.pdu.NopOut;
import org.untorn.iscsi.pdu.Pdu;
import org.untorn.iscsi.pdu.R2T;
import org.untorn.iscsi.pdu.ScsiCommand;
import org.untorn.iscsi.pdu.TargetPdu;
import org.untorn.iscsi.pdu.TaskManagementRequest;
import org.untorn.iscsi.pdu.TaskManagementResponse;
import org.untorn.testkit.Ready;

/**
 * A session with one connection, driven by one thread, one command at a time unless a test sends
 * more. It checks what it receives: StatSN counts up by one for each response, ExpCmdSN never goes
 * back, and all that {@link WireTransfer} says.
 */
final class WireSession implements AutoCloseable {

  static final long LUN_0 = 0;
  static final int SIMPLE = 1;
  static final int ORDERED = 2;
  static final int HEAD_OF_QUEUE = 3;
  static final int ACA = 4;

  private final PduSocket socket;
  private final Agreed agreed;
  private final int maxRecvDataSegmentLength;
  private int nextTag = 1;
  private int cmdSN;
  private int expStatSN;
  private int expCmdSN;

  private WireSession(PduSocket socket, Offer offer, LoginResponse last, Agreed agreed, int cmdSN) {
    this.socket = socket;
    this.agreed = agreed;
    this.maxRecvDataSegmentLength = offer.maxRecvDataSegmentLength();
    this.cmdSN = cmdSN;
    this.expStatSN = last.numbers().statSN() + 1;
    this.expCmdSN = last.numbers().expCmdSN();
    socket.settle(agreed.headerDigest(), agreed.dataDigest(), maxRecvDataSegmentLength);
  }

  /** Logs in, leaving out the security stage, in one exchange. */
  static WireSession login(Ready target, Offer offer) throws IOException {
    PduSocket socket = new PduSocket(target.address());
    int cmdSN = 0xFFFF_FFF0;
    long isid = 0x8000_0000_0000L | offer.qualifier();
    ByteBuf text = text(offer.keys(target.target()));
    socket.send(new LoginRequest(true, false, 1, 3, 0, 0, isid, 0, 0, 0, cmdSN, 0, text));
    LoginResponse response = (LoginResponse) socket.receive();
    assertThat(response.statusClass() << 8 | response.statusDetail()).as("login").isZero();
    assertThat(response.transit()).as("T bit of the login response").isTrue();
    assertThat(response.isid()).isEqualTo(isid);
    assertThat(response.tsih()).as("TSIH").isNotZero();
    return new WireSession(socket, offer, response, Agreed.of(keys(response.data())), cmdSN);
  }

  /** A session with what Linux usually offers, its first unit attention taken. */
  static WireSession ready(Ready target) throws IOException {
    return ready(target, Offer.USUAL);
  }

  /** A session whose first unit attention has been taken. */
  static WireSession ready(Ready target, Offer offer) throws IOException {
    WireSession session = login(target, offer);
    session.takeUnitAttentions();
    return session;
  }

  Agreed agreed() {
    return agreed;
  }

  int maxRecvDataSegmentLength() {
    return maxRecvDataSegmentLength;
  }

  PduSocket socket() {
    return socket;
  }

  int expStatSN() {
    return expStatSN;
  }

  /** A command that moves no data. */
  Answer execute(byte[] cdb) throws IOException {
    return new WireTransfer(this, cdb, new byte[0], 0).run();
  }

  /** A command that reads; at most {@code expected} bytes come. */
  Answer read(byte[] cdb, int expected) throws IOException {
    return new WireTransfer(this, cdb, new byte[0], expected).run();
  }

  /** A command that writes all of {@code data}. */
  Answer write(byte[] cdb, byte[] data) throws IOException {
    return new WireTransfer(this, cdb, data, 0).run();
  }

  /** Sends a command's first PDU and gives it; the rest is the test's. */
  ScsiCommand begin(byte[] cdb, int expectedOut, ByteBuf immediate, boolean isFinal)
      throws IOException {
    ScsiCommand command =
        new ScsiCommand(
            false,
            isFinal,
            false,
            true,
            SIMPLE,
            LUN_0,
            nextTag++,
            expectedOut,
            cmdSN++,
            expStatSN,
            ScsiCommand.head(cdb),
            ScsiCommand.extension(cdb),
            immediate);
    socket.send(command);
    return command;
  }

  /** Sends a command that reads, or moves nothing. */
  ScsiCommand beginRead(byte[] cdb, int expectedIn) throws IOException {
    return beginRead(cdb, expectedIn, SIMPLE);
  }

  /** The same with a task attribute. */
  ScsiCommand beginRead(byte[] cdb, int expectedIn, int attribute) throws IOException {
    ScsiCommand command =
        new ScsiCommand(
            false,
            true,
            expectedIn > 0,
            false,
            attribute,
            LUN_0,
            nextTag++,
            expectedIn,
            cmdSN++,
            expStatSN,
            ScsiCommand.head(cdb),
            ScsiCommand.extension(cdb),
            Unpooled.EMPTY_BUFFER);
    socket.send(command);
    return command;
  }

  /** Sends a command that reads and writes, none of whose data goes unasked. */
  ScsiCommand beginBoth(byte[] cdb, List<AdditionalHeaderSegment> ahs, int expectedOut)
      throws IOException {
    ScsiCommand command =
        new ScsiCommand(
            false,
            true,
            true,
            true,
            1,
            LUN_0,
            nextTag++,
            expectedOut,
            cmdSN++,
            expStatSN,
            ScsiCommand.head(cdb),
            ahs,
            Unpooled.EMPTY_BUFFER);
    socket.send(command);
    return command;
  }

  /** The last command was rejected and so does not count: the next one gets its CmdSN. */
  void repeatLastCmdSN() {
    cmdSN--;
  }

  /** Receives a PDU of one kind and checks its numbers. */
  <T extends TargetPdu> T receive(Class<T> kind) throws IOException {
    TargetPdu pdu = receive();
    assertThat(pdu).isInstanceOf(kind);
    return kind.cast(pdu);
  }

  /** Receives the next PDU and checks its numbers; pings of the target are answered. */
  TargetPdu receive() throws IOException {
    TargetPdu pdu = socket.receive();
    checkNumbers(pdu);
    if (pdu instanceof NopIn ping && ping.targetTransferTag() != Pdu.RESERVED_TAG) {
      socket.send(
          new NopOut(
              true,
              ping.lun(),
              Pdu.RESERVED_TAG,
              ping.targetTransferTag(),
              cmdSN,
              expStatSN,
              Unpooled.EMPTY_BUFFER));
      return receive();
    }
    return pdu;
  }

  /** A ping with data; gives what came back. */
  NopIn ping(byte[] data) throws IOException {
    int tag = nextTag++;
    socket.send(
        new NopOut(
            false, LUN_0, tag, Pdu.RESERVED_TAG, cmdSN++, expStatSN, Unpooled.wrappedBuffer(data)));
    NopIn answer = receive(NopIn.class);
    assertThat(answer.initiatorTaskTag()).isEqualTo(tag);
    return answer;
  }

  /** A task management function (RFC 7143 11.5.1), sent as an immediate command. */
  int manage(int function, int referencedTag, int refCmdSN) throws IOException {
    beginManage(function, referencedTag, refCmdSN);
    return receive(TaskManagementResponse.class).response();
  }

  /** The same, without waiting for the answer. */
  void beginManage(int function, int referencedTag, int refCmdSN) throws IOException {
    socket.send(
        new TaskManagementRequest(
            true, function, LUN_0, nextTag++, referencedTag, cmdSN, expStatSN, refCmdSN, 0));
  }

  /** Sends a function whose answer, if it comes at all, ends the connection. */
  void coldReset(int function) throws IOException {
    socket.send(
        new TaskManagementRequest(
            true, function, LUN_0, nextTag++, Pdu.RESERVED_TAG, cmdSN, expStatSN, 0, 0));
    awaitEnd();
  }

  /** Waits until the target has closed the connection; what comes before is of no interest. */
  void awaitEnd() throws IOException {
    try (socket) {
      while (true) {
        socket.receive().release();
      }
    } catch (EOFException | SocketException e) {
      // The connection ended, in order or by a reset.
    }
  }

  /** Sends TEST UNIT READY until no unit attention is pending. */
  void takeUnitAttentions() throws IOException {
    for (int i = 0; i < 10; i++) {
      Answer answer = execute(Cdb.testUnitReady());
      if (answer.status() == Answer.GOOD) {
        return;
      }
      assertThat(answer.checkCondition().key()).isEqualTo(Sense.UNIT_ATTENTION);
    }
    throw new AssertionError("unit attentions without end");
  }

  /** Logs out and closes the connection. */
  @Override
  public void close() throws IOException {
    try (socket) {
      socket.send(new LogoutRequest(false, 0, nextTag++, 0, cmdSN++, expStatSN));
      assertThat(receive(LogoutResponse.class).response()).isZero();
    }
  }

  /** Closes the connection without a word. */
  void abandon() throws IOException {
    socket.close();
  }

  private void checkNumbers(TargetPdu pdu) {
    if (carriesStatus(pdu)) {
      assertThat(pdu.numbers().statSN()).as("StatSN of %s", pdu).isEqualTo(expStatSN);
      expStatSN++;
    }
    assertThat(pdu.numbers().expCmdSN() - expCmdSN).as("ExpCmdSN goes on").isNotNegative();
    expCmdSN = pdu.numbers().expCmdSN();
  }

  private static boolean carriesStatus(TargetPdu pdu) {
    return switch (pdu) {
      case DataIn dataIn -> dataIn.hasStatus();
      case R2T _ -> false;
      case NopIn nopIn -> nopIn.initiatorTaskTag() != Pdu.RESERVED_TAG;
      default -> true;
    };
  }

  private static ByteBuf text(Map<String, String> keys) {
    String text =
        keys.entrySet().stream()
            .map(entry -> entry.getKey() + "=" + entry.getValue() + "\0")
            .collect(Collectors.joining());
    return Unpooled.copiedBuffer(text, StandardCharsets.UTF_8);
  }

  private static Map<String, String> keys(ByteBuf text) {
    Map<String, String> keys = new HashMap<>();
    for (String pair : text.toString(StandardCharsets.UTF_8).split("\0", -1)) {
      int equals = pair.indexOf('=');
      if (equals > 0) {
        keys.put(pair.substring(0, equals), pair.substring(equals + 1));
      }
    }
    return keys;
  }
}
