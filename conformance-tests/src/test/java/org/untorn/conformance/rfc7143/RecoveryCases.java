package org.untorn.conformance.rfc7143;

import static org.untorn.conformance.rfc7143.Verdict.check;
import static org.untorn.conformance.rfc7143.Verdict.same;

import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** What comes with error recovery levels 1 and 2, and with several connections. */
final class RecoveryCases {

  private static final int DATA_OR_R2T = 0;
  private static final int STATUS = 1;
  private static final int BLOCKS = 64;
  private static final int LENGTH = BLOCKS * Talk.BLOCK;

  private RecoveryCases() {}

  static List<Case> all() {
    return Stream.of(
            new Case(
                "does not answer a SNACK at error recovery level 0",
                "11.16",
                RecoveryCases::levelZero),
            level(
                1,
                "sends Data-In again that a SNACK asks for",
                "7.1.4.3",
                RecoveryCases::dataSnack),
            level(
                1,
                "sends a status again that a SNACK asks for",
                "7.1.4.3",
                RecoveryCases::statusSnack),
            level(
                1, "sends an R2T again that a SNACK asks for", "7.1.4.3", RecoveryCases::r2tSnack),
            level(1, "asks again for data whose digest was wrong", "7.8", RecoveryCases::digest),
            level(2, "reassigns a task to another connection", "7.2.2", RecoveryCases::reassign),
            connections("takes a second connection into a session", talk -> {}),
            connections(
                "goes on with one connection when another is logged out", talk -> talk.goesOn()),
            new Case(
                "agrees to hand data over in any order, or in order",
                "13.18",
                portal -> {
                  try (Talk talk = Talk.to(portal, "DataPDUInOrder=No", "DataSequenceInOrder=No")) {
                    byte[] data = Cdbs.blocks(BLOCKS, 4);
                    same("status", Talk.GOOD, talk.write(Cdbs.write10(0, BLOCKS), data).status());
                  }
                }))
        .toList();
  }

  private static Case level(int level, String name, String clause, Consumer<Talk> body) {
    return new Case(
        name,
        clause,
        portal -> {
          try (Talk talk =
              Talk.to(
                  portal,
                  "ErrorRecoveryLevel=" + level,
                  "DataDigest=CRC32C",
                  "InitialR2T=Yes",
                  "ImmediateData=No",
                  "MaxRecvDataSegmentLength=4096")) {
            if (talk.login().errorRecoveryLevel() < level) {
              throw new Verdict.NotSupported("error recovery level " + level);
            }
            body.accept(talk);
          }
        });
  }

  private static Case connections(String name, Consumer<Talk> then) {
    return new Case(
        name,
        "4.2.4",
        portal -> {
          try (Talk talk = Talk.to(portal, "MaxConnections=2")) {
            if (!talk.login().answered("MaxConnections", "2")) {
              throw new Verdict.NotSupported("several connections");
            }
            try (Login second = talk.login().another(1)) {
              Login.Step step =
                  second.must(
                      second.request(Login.OPERATIONAL, Login.FULL_FEATURE, second.names()));
              same("status", 0, step.status());
              RawPdu logout =
                  talk.numbered(RawPdu.of(RawPdu.LOGOUT, RawPdu.FINAL | 1)).set16(20, 1);
              talk.line().send(logout);
              same("response", 0, talk.receive(RawPdu.LOGOUT_RESPONSE).int8(2));
              then.accept(talk);
            }
          }
        });
  }

  private static RawPdu snack(Talk talk, int type, int tag, int transferTag, int from, int count) {
    return RawPdu.of(RawPdu.SNACK, RawPdu.FINAL | type)
        .lun(talk.lunField())
        .tag(tag)
        .set32(20, transferTag)
        .set32(28, talk.expStatSN())
        .set32(40, from)
        .set32(44, count);
  }

  private static void levelZero(Portal portal) {
    try (Talk talk = Talk.to(portal)) {
      FieldCases.rejected(talk, snack(talk, STATUS, RawPdu.NONE, RawPdu.NONE, 0, 0));
    }
  }

  private static void dataSnack(Talk talk) {
    RawPdu command = talk.command(Cdbs.read10(0, BLOCKS), LENGTH, 0);
    talk.line().send(command);
    RawPdu first = talk.receive(RawPdu.DATA_IN);
    talk.line().send(snack(talk, DATA_OR_R2T, command.tag(), RawPdu.NONE, 0, 1));
    boolean again = false;
    for (int i = 0; i < 64 && !again; i++) {
      RawPdu pdu = talk.line().receive();
      again = pdu.opcode() == RawPdu.DATA_IN && pdu.int32(36) == first.int32(36);
      check(!again || Arrays.equals(first.data(), pdu.data()), "other bytes came again");
    }
    check(again, "it did not come again");
  }

  private static void statusSnack(Talk talk) {
    RawPdu command = talk.command(Cdbs.testUnitReady(), 0, 0);
    RawPdu asked = command.set32(28, talk.expStatSN());
    talk.line().send(asked);
    RawPdu first = talk.line().receive();
    talk.line().send(snack(talk, STATUS, RawPdu.NONE, RawPdu.NONE, first.int32(24), 1));
    RawPdu again = talk.line().receive();
    same("StatSN", first.int32(24), again.int32(24));
    same("tag", first.tag(), again.tag());
  }

  private static void r2tSnack(Talk talk) {
    RawPdu command = talk.command(Cdbs.write10(0, BLOCKS), 0, LENGTH);
    talk.line().send(command);
    RawPdu first = talk.receive(RawPdu.R2T);
    talk.line().send(snack(talk, DATA_OR_R2T, command.tag(), RawPdu.NONE, first.int32(36), 1));
    RawPdu again = talk.receive(RawPdu.R2T);
    same("R2TSN", first.int32(36), again.int32(36));
    same("offset", first.int32(40), again.int32(40));
  }

  private static void digest(Talk talk) {
    byte[] data = Cdbs.blocks(8, 3);
    RawPdu command = talk.command(Cdbs.write10(0, 8), 0, data.length);
    talk.line().send(command);
    RawPdu r2t = talk.receive(RawPdu.R2T);
    talk.line().sendWithWrongDataDigest(talk.dataOut(command, r2t.int32(20), 0, 0, data));
    same("opcode", RawPdu.REJECT, talk.receive().opcode());
    same("status", Talk.GOOD, talk.feed(command, data).status());
  }

  private static void reassign(Talk talk) {
    RawPdu command = talk.command(Cdbs.write10(0, BLOCKS), 0, LENGTH);
    talk.line().send(command);
    talk.receive(RawPdu.R2T);
    Login again = talk.login().another(0);
    talk.close();
    try (again) {
      Login.Step step =
          again.must(again.request(Login.OPERATIONAL, Login.FULL_FEATURE, again.names()));
      same("status", 0, step.status());
    }
  }
}
