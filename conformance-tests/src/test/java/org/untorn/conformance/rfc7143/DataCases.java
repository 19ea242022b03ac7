package org.untorn.conformance.rfc7143;

import static org.untorn.conformance.rfc7143.FieldCases.talk;
import static org.untorn.conformance.rfc7143.Verdict.check;
import static org.untorn.conformance.rfc7143.Verdict.same;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** How data moves: R2Ts, bursts, offsets, residuals. */
final class DataCases {

  private static final int BLOCKS = 64;
  private static final int LENGTH = BLOCKS * Talk.BLOCK;
  private static final int LBA = 32;

  private DataCases() {}

  static List<Case> all() {
    List<Case> cases = new ArrayList<>();
    for (String initialR2T : List.of("Yes", "No")) {
      for (String immediate : List.of("Yes", "No")) {
        for (int burst : new int[] {512, 8192, 100_000}) {
          cases.add(ways(initialR2T, immediate, burst));
        }
      }
    }
    cases.add(counted());
    cases.addAll(residuals());
    cases.addAll(wrongData());
    return cases;
  }

  private static Case ways(String initialR2T, String immediate, int burst) {
    String[] keys = {
      "InitialR2T=" + initialR2T,
      "ImmediateData=" + immediate,
      "FirstBurstLength=" + burst,
      "MaxBurstLength=" + burst,
      "MaxRecvDataSegmentLength=" + Math.max(512, burst / 2)
    };
    return new Case(
        "moves data with InitialR2T=%s, ImmediateData=%s and bursts of %d"
            .formatted(initialR2T, immediate, burst),
        "4.2.5.2",
        portal -> {
          try (Talk talk = Talk.to(portal, keys)) {
            byte[] data = Cdbs.blocks(400, burst);
            RawPdu command = begin(talk, Cdbs.write10(LBA, 400), data);
            bounded(talk, command, data);
            byte[] read = talk.read(Cdbs.read10(LBA, 400), data.length).data();
            check(Arrays.equals(data, read), "other bytes came back");
          }
        });
  }

  /** Sends a write with all the unsolicited data that the session allows. */
  private static RawPdu begin(Talk talk, byte[] cdb, byte[] data) {
    Login login = talk.login();
    int first = Math.min(data.length, login.firstBurst());
    int immediate = login.immediateData() ? Math.min(first, login.targetSegment()) : 0;
    int unsolicited = login.initialR2T() ? immediate : first;
    RawPdu command = talk.command(cdb, 0, data.length).data(Arrays.copyOf(data, immediate));
    talk.line().send(unsolicited > immediate ? command.set8(1, command.int8(1) & 0x7F) : command);
    for (int at = immediate, number = 0; at < unsolicited; number++) {
      int size = Math.min(unsolicited - at, login.targetSegment());
      RawPdu pdu =
          talk.dataOut(command, RawPdu.NONE, number, at, Arrays.copyOfRange(data, at, at + size));
      at += size;
      talk.line().send(at < unsolicited ? pdu.set8(1, 0) : pdu);
    }
    return command;
  }

  /** Feeds a write; no R2T asks for more than a burst, and they are numbered. */
  private static void bounded(Talk talk, RawPdu command, byte[] data) {
    int number = 0;
    while (true) {
      RawPdu pdu = talk.receive();
      if (pdu.opcode() == RawPdu.SCSI_RESPONSE) {
        same("status", Talk.GOOD, pdu.int8(3));
        return;
      }
      same("R2TSN", number++, pdu.int32(36));
      check(
          pdu.int32(44) <= talk.login().maxBurst(),
          "an R2T for %d bytes, MaxBurstLength is %d",
          pdu.int32(44),
          talk.login().maxBurst());
      talk.answer(command, pdu, data).forEach(talk.line()::send);
    }
  }

  private static Case counted() {
    return new Case(
        "says how many R2Ts a write had",
        "11.4.8",
        portal -> {
          try (Talk talk = Talk.to(portal, "InitialR2T=Yes", "ImmediateData=No")) {
            byte[] data = Cdbs.blocks(BLOCKS, 6);
            RawPdu command = talk.command(Cdbs.write10(LBA, BLOCKS), 0, LENGTH);
            talk.line().send(command);
            int asked = 0;
            RawPdu pdu = talk.receive();
            for (; pdu.opcode() == RawPdu.R2T; pdu = talk.receive(), asked++) {
              talk.answer(command, pdu, data).forEach(talk.line()::send);
            }
            same("ExpDataSN", asked, pdu.int32(36));
          }
        });
  }

  private static List<Case> residuals() {
    return List.of(
        talk(
            "overflows a read that was told to bring less",
            "4.5.1",
            talk -> {
              Talk.End end = talk.read(Cdbs.read10(0, 4), 512);
              same("status", Talk.GOOD, end.status());
              check(end.isOverflow() && !end.isUnderflow(), "flags %02Xh", end.flags());
              same("residual count", 3 * Talk.BLOCK, end.residual());
              same("bytes", 512, end.data().length);
            }),
        talk(
            "underflows a read that was told to bring more",
            "4.5.1",
            talk -> {
              Talk.End end = talk.read(Cdbs.read10(0, 4), 8192);
              same("status", Talk.GOOD, end.status());
              check(end.isUnderflow() && !end.isOverflow(), "flags %02Xh", end.flags());
              same("residual count", 8192 - 4 * Talk.BLOCK, end.residual());
            }),
        talk(
            "underflows a write that was given more",
            "4.5.1",
            talk -> {
              Talk.End end = talk.write(Cdbs.write10(0, 4), Cdbs.blocks(8, 3));
              same("status", Talk.GOOD, end.status());
              check(end.isUnderflow() && !end.isOverflow(), "flags %02Xh", end.flags());
              same("residual count", 4 * Talk.BLOCK, end.residual());
            }),
        talk(
            "has no residual where as much comes as was expected",
            "4.5.1",
            talk -> {
              Talk.End end = talk.read(Cdbs.read10(0, 4), 4 * Talk.BLOCK);
              same("flags", 0, end.flags() & 0x1E);
            }),
        talk(
            "underflows a short answer to INQUIRY",
            "4.5.1",
            talk -> {
              Talk.End end = talk.read(Cdbs.inquiry(5), 255);
              same("bytes", 5, end.data().length);
              check(end.isUnderflow(), "flags %02Xh", end.flags());
              same("residual count", 250, end.residual());
            }),
        talk(
            "reads nothing where nothing is asked for",
            "SBC-4 5.13",
            talk -> same("status", Talk.GOOD, talk.execute(Cdbs.read10(0, 0)).status())));
  }

  private static List<Case> wrongData() {
    return Stream.of(
            wrong("outside the burst that was asked for", pdu -> pdu.set32(40, 0x10_0000)),
            wrong("with a transfer tag that was never given", pdu -> pdu.set32(20, 0x0BAD_0BAD)),
            wrong("for a task that is not there", pdu -> pdu.tag(0x0BAD_0BAD)),
            wrong("with a DataSN that is not the next", pdu -> pdu.set32(36, 7)),
            wrong("of less than was asked for, as if it were all", DataCases::half),
            wrong("of more than was asked for", pdu -> pdu.data(Cdbs.blocks(2 * BLOCKS, 9))))
        .toList();
  }

  private static RawPdu half(RawPdu pdu) {
    return pdu.data(Arrays.copyOf(pdu.data(), pdu.data().length / 2));
  }

  /** The task does not end well with it, and a session, this or the next, goes on. */
  private static Case wrong(String what, UnaryOperator<RawPdu> change) {
    BiConsumer<Talk, byte[]> body =
        (talk, data) -> {
          RawPdu command = talk.command(Cdbs.write10(LBA, BLOCKS), 0, data.length);
          talk.line().send(command);
          RawPdu r2t = talk.receive(RawPdu.R2T);
          RawPdu out = talk.answer(command, r2t, data).getFirst();
          talk.line().send(change.apply(out));
          talk.receiveWithin(500)
              .filter(pdu -> pdu.opcode() == RawPdu.SCSI_RESPONSE)
              .ifPresent(pdu -> check(pdu.int8(3) != Talk.GOOD, "the write ended GOOD"));
        };
    return new Case(
        "does not take data " + what,
        "7.9",
        portal -> {
          try (Talk talk =
              Talk.to(portal, "InitialR2T=Yes", "ImmediateData=No", "MaxBurstLength=" + LENGTH)) {
            body.accept(talk, Cdbs.blocks(BLOCKS, 9));
          }
          try (Talk next = Talk.to(portal)) {
            next.goesOn();
          }
        });
  }
}
