package org.untorn.conformance.rfc7143;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A normal session with one connection, in the full feature phase. It counts CmdSN and StatSN as an
 * initiator does (RFC 7143 4.2.2), and checks the latter.
 */
final class Talk implements AutoCloseable {

  static final int GOOD = 0x00;
  static final int CHECK_CONDITION = 0x02;
  static final int BLOCK = 512;

  private static final int READ = 0x40;
  private static final int WRITE = 0x20;
  private static final int SIMPLE = 1;
  private static final int UNIT_ATTENTION = 6;

  /** How a command ended. */
  @SuppressWarnings("ArrayRecordComponent") // nobody compares or changes them
  record End(int status, byte[] data, byte[] sense, int flags, int residual) {

    /**
     * SENSE KEY, ADDITIONAL SENSE CODE and QUALIFIER of sense data in fixed or descriptor format.
     */
    int senseKey() {
      return sense.length < 4 ? -1 : (isFixed() ? sense[2] : sense[1]) & 0x0F;
    }

    int senseCode() {
      if (sense.length < 4) {
        return -1;
      }
      int at = isFixed() ? 12 : 2;
      return (sense[at] & 0xFF) << 8 | (sense[at + 1] & 0xFF);
    }

    private boolean isFixed() {
      return (sense[0] & 0x7E) == 0x70;
    }

    boolean isOverflow() {
      return (flags & 0x04) != 0;
    }

    boolean isUnderflow() {
      return (flags & 0x02) != 0;
    }
  }

  private final Portal portal;
  private final Line line;
  private final Login login;
  private int cmdSN;
  private int expStatSN;
  private int nextTag = 0x1000;

  private Talk(Login login) {
    this.login = login;
    portal = login.portal();
    line = login.line();
    cmdSN = login.cmdSN();
    expStatSN = login.expStatSN();
  }

  /** Logs in with these keys, and takes the unit attentions. */
  static Talk to(Portal portal, String... keys) {
    return of(Login.as(portal, Login.INITIATOR, 1), keys);
  }

  /** Goes on with a login. */
  static Talk of(Login login, String... keys) {
    login.finish(keys);
    Talk talk = new Talk(login);
    talk.takeUnitAttentions();
    return talk;
  }

  Line line() {
    return line;
  }

  Login login() {
    return login;
  }

  int cmdSN() {
    return cmdSN;
  }

  /** What the next command is numbered, and so used up. */
  int nextCmdSN() {
    return cmdSN++;
  }

  /** The next command will have this number. */
  void cmdSN(int number) {
    cmdSN = number;
  }

  int nextTag() {
    return nextTag++;
  }

  int expStatSN() {
    return expStatSN;
  }

  long lunField() {
    return portal.lunField();
  }

  /** A command as it begins, not sent; F is set, and cleared by whoever sends unsolicited data. */
  RawPdu command(byte[] cdb, int in, int out) {
    int flags = RawPdu.FINAL | (in > 0 ? READ : 0) | (out > 0 ? WRITE : 0) | SIMPLE;
    return numbered(RawPdu.of(RawPdu.SCSI_COMMAND, flags))
        .lun(lunField())
        .set32(20, Math.max(in, out))
        .set(32, cdb);
  }

  /** A PDU with the next tag, the next CmdSN and the expected StatSN. */
  RawPdu numbered(RawPdu pdu) {
    return pdu.tag(nextTag++).set32(24, cmdSN++).set32(28, expStatSN);
  }

  /** The same for an immediate PDU, which uses no CmdSN up. */
  RawPdu immediate(RawPdu pdu) {
    return pdu.set8(0, pdu.int8(0) | RawPdu.IMMEDIATE)
        .tag(nextTag++)
        .set32(24, cmdSN)
        .set32(28, expStatSN);
  }

  RawPdu dataOut(RawPdu command, int transferTag, int dataSN, int offset, byte[] data) {
    return RawPdu.of(RawPdu.DATA_OUT, RawPdu.FINAL)
        .lun(lunField())
        .tag(command.tag())
        .set32(20, transferTag)
        .set32(28, expStatSN)
        .set32(36, dataSN)
        .set32(40, offset)
        .data(data);
  }

  /** Receives what has to come; pings of the target are answered. */
  RawPdu receive() {
    return count(line.receive()).orElseGet(this::receive);
  }

  /** Receives what may come: empty if the target closed, or says nothing for a while. */
  Optional<RawPdu> receiveWithin(int millis) {
    return line.receive(millis).flatMap(this::count);
  }

  RawPdu receive(int opcode) {
    RawPdu pdu = receive();
    Verdict.check(pdu.opcode() == opcode, "%s came, %02Xh was expected", pdu, opcode);
    return pdu;
  }

  private Optional<RawPdu> count(RawPdu pdu) {
    boolean ping = pdu.opcode() == RawPdu.NOP_IN && pdu.tag() == RawPdu.NONE;
    boolean counts =
        !ping
            && pdu.opcode() != RawPdu.R2T
            && (pdu.opcode() != RawPdu.DATA_IN || (pdu.int8(1) & 1) != 0);
    if (counts) {
      Verdict.same("StatSN of " + pdu, expStatSN, pdu.int32(24));
      expStatSN++;
    }
    if (ping && pdu.int32(20) != RawPdu.NONE) {
      RawPdu pong = RawPdu.of(RawPdu.NOP_OUT | RawPdu.IMMEDIATE, RawPdu.FINAL);
      pong.lun(0).set(8, pdu.bytes(8, 16)).tag(RawPdu.NONE).set32(20, pdu.int32(20));
      line.send(pong.set32(24, cmdSN).set32(28, expStatSN));
    }
    return ping ? Optional.empty() : Optional.of(pdu);
  }

  /** A command without data. */
  End execute(byte[] cdb) {
    return read(cdb, 0);
  }

  /** A command that reads at most {@code length} bytes. */
  End read(byte[] cdb, int length) {
    RawPdu command = command(cdb, length, 0);
    line.send(command);
    return end(command, length);
  }

  /** What comes of a command that was sent and needs no more data. */
  End end(RawPdu command, int length) {
    byte[] data = new byte[length];
    int received = 0;
    while (true) {
      RawPdu pdu = receive();
      Verdict.same("tag of " + pdu, command.tag(), pdu.tag());
      if (pdu.opcode() == RawPdu.SCSI_RESPONSE) {
        return end(pdu, received, data);
      }
      Verdict.check(pdu.opcode() == RawPdu.DATA_IN, "unexpected %s", pdu);
      Verdict.same("offset of Data-In", received, pdu.int32(40));
      Verdict.check(received + pdu.data().length <= length, "more data than was asked for");
      System.arraycopy(pdu.data(), 0, data, received, pdu.data().length);
      received += pdu.data().length;
      if ((pdu.int8(1) & 1) != 0) {
        return new End(pdu.int8(3), cut(data, received), new byte[0], pdu.int8(1), pdu.int32(44));
      }
    }
  }

  private static End end(RawPdu response, int received, byte[] data) {
    Verdict.same("response code", 0, response.int8(2));
    byte[] segment = response.data();
    int length = segment.length < 2 ? 0 : ByteBuffer.wrap(segment).getShort() & 0xFFFF;
    byte[] sense = new byte[Math.min(length, Math.max(0, segment.length - 2))];
    System.arraycopy(segment, Math.min(2, segment.length), sense, 0, sense.length);
    return new End(
        response.int8(3), cut(data, received), sense, response.int8(1), response.int32(44));
  }

  private static byte[] cut(byte[] data, int length) {
    return Arrays.copyOf(data, length);
  }

  /** A command that writes; data goes as the session allows it, the rest when it is asked for. */
  End write(byte[] cdb, byte[] data) {
    RawPdu command = command(cdb, 0, data.length);
    int first = login.immediateData() ? Math.min(data.length, login.firstBurst()) : 0;
    first = Math.min(first, login.targetSegment());
    line.send(command.data(Arrays.copyOf(data, first)));
    return feed(command, data);
  }

  /** Answers the R2Ts of a write until it ends. */
  End feed(RawPdu command, byte[] data) {
    while (true) {
      RawPdu pdu = receive();
      if (pdu.opcode() != RawPdu.R2T) {
        Verdict.check(pdu.opcode() == RawPdu.SCSI_RESPONSE, "unexpected %s", pdu);
        return end(pdu, 0, new byte[0]);
      }
      answer(command, pdu, data).forEach(line::send);
    }
  }

  /** The Data-Out PDUs that an R2T asks for. */
  List<RawPdu> answer(RawPdu command, RawPdu r2t, byte[] data) {
    int offset = r2t.int32(40);
    int length = r2t.int32(44);
    Verdict.check(
        length > 0 && offset >= 0 && offset + length <= data.length,
        "an R2T for %d bytes at %d of %d",
        length,
        offset,
        data.length);
    List<RawPdu> pdus = new ArrayList<>();
    for (int sent = 0; sent < length; ) {
      int size = Math.min(length - sent, login.targetSegment());
      byte[] part = Arrays.copyOfRange(data, offset + sent, offset + sent + size);
      RawPdu pdu = dataOut(command, r2t.int32(20), pdus.size(), offset + sent, part);
      sent += size;
      pdus.add(sent == length ? pdu : pdu.set8(1, 0));
    }
    return pdus;
  }

  void takeUnitAttentions() {
    for (int i = 0; i < 16; i++) {
      End end = execute(Cdbs.testUnitReady());
      if (end.status() == GOOD) {
        return;
      }
      Verdict.check(
          end.senseKey() == UNIT_ATTENTION, "TEST UNIT READY ended in %02Xh", end.status());
    }
    throw new Verdict.Broken("unit attentions without end");
  }

  /** That the session still serves. */
  void goesOn() {
    takeUnitAttentions();
  }

  @Override
  public void close() {
    line.close();
  }
}
