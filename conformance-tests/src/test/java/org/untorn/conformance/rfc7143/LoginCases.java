package org.untorn.conformance.rfc7143;

import static org.untorn.conformance.rfc7143.Login.FULL_FEATURE;
import static org.untorn.conformance.rfc7143.Login.INITIATOR;
import static org.untorn.conformance.rfc7143.Login.OPERATIONAL;
import static org.untorn.conformance.rfc7143.Login.SECURITY;
import static org.untorn.conformance.rfc7143.Verdict.check;
import static org.untorn.conformance.rfc7143.Verdict.oneOf;
import static org.untorn.conformance.rfc7143.Verdict.same;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/** The login phase: its stages, its header, and who may not come in. */
final class LoginCases {

  private static final String OTHER = INITIATOR + "-2";

  private LoginCases() {}

  static List<Case> all() {
    return List.of(
        login(
            "lets in from the operational stage",
            "6.3",
            login -> ends(login.must(login.request(OPERATIONAL, FULL_FEATURE, login.names())))),
        login("lets in straight from the security stage", "6.3.1", LoginCases::straight),
        login("goes through both stages", "6.3", LoginCases::bothStages),
        login(
            "answers AuthMethod with None where None is all that is offered",
            "12.1",
            login -> {
              login.must(login.request(SECURITY, OPERATIONAL, login.names("AuthMethod=None")));
              same("AuthMethod", "None", login.answer("AuthMethod").orElse("nothing"));
            }),
        refused(
            "refuses an AuthMethod that it has not, when nothing else is offered",
            "12.1",
            login -> login.request(SECURITY, OPERATIONAL, login.names("AuthMethod=SPKM9"))),
        login(
            "says its portal group with the first answer to a TargetName",
            "13.9",
            login -> {
              login.must(login.request(OPERATIONAL, FULL_FEATURE, login.names()));
              String tag = login.answer("TargetPortalGroupTag").orElse("nothing");
              check(tag.matches("\\d{1,5}"), "TargetPortalGroupTag=%s", tag);
            }),
        status(
            "refuses a login without InitiatorName: missing parameter",
            "11.13.5",
            0x0207,
            login -> login.request(OPERATIONAL, FULL_FEATURE, "TargetName=" + target(login))),
        status(
            "refuses a normal session without TargetName: missing parameter",
            "11.13.5",
            0x0207,
            login -> login.request(OPERATIONAL, FULL_FEATURE, "InitiatorName=" + INITIATOR)),
        status(
            "does not find a target that is not there",
            "11.13.5",
            0x0203,
            login ->
                login.request(
                    OPERATIONAL,
                    FULL_FEATURE,
                    "InitiatorName=" + INITIATOR,
                    "SessionType=Normal",
                    "TargetName=iqn.2026-11.org.untorn:nowhere")),
        login(
            "lets a discovery session in without TargetName",
            "13.4",
            login ->
                ends(
                    login.must(
                        login.request(
                            OPERATIONAL,
                            FULL_FEATURE,
                            "InitiatorName=" + INITIATOR,
                            "SessionType=Discovery")))),
        refused(
            "refuses a session type that there is not",
            "13.21",
            login ->
                login.request(
                    OPERATIONAL,
                    FULL_FEATURE,
                    "InitiatorName=" + INITIATOR,
                    "SessionType=Nonsense",
                    "TargetName=" + target(login))),
        status(
            "refuses an initiator whose lowest version is too new",
            "11.13.5",
            0x0205,
            login -> login.request(OPERATIONAL, FULL_FEATURE, login.names()).set8(2, 9).set8(3, 9)),
        login(
            "takes version 0 from an initiator that has more",
            "11.13.2",
            login -> {
              RawPdu request = login.request(OPERATIONAL, FULL_FEATURE, login.names()).set8(2, 9);
              same("Version-active", 0, ends(login.must(request)).pdu().int8(3));
            }),
        refused(
            "refuses the reserved stage 2 as the current one",
            "11.12.3",
            login -> flags(login, RawPdu.FINAL | 2 << 2 | FULL_FEATURE)),
        refused(
            "refuses the reserved stage 2 as the next one",
            "11.12.3",
            login -> flags(login, RawPdu.FINAL | OPERATIONAL << 2 | 2)),
        refused(
            "refuses to go back to an earlier stage",
            "6.3",
            login -> flags(login, RawPdu.FINAL | OPERATIONAL << 2 | SECURITY)),
        refused(
            "refuses the full feature phase as the current stage",
            "11.12.3",
            login -> flags(login, RawPdu.FINAL | FULL_FEATURE << 2 | FULL_FEATURE)),
        refused(
            "refuses a text that goes on together with a transition",
            "11.12.2",
            login -> flags(login, RawPdu.FINAL | 0x40 | OPERATIONAL << 2 | FULL_FEATURE)),
        first("does not serve a command before the login", RawPdu.SCSI_COMMAND),
        first("does not answer a ping before the login", RawPdu.NOP_OUT | RawPdu.IMMEDIATE),
        first("does not answer a text before the login", RawPdu.TEXT),
        first("does not log out before the login", RawPdu.LOGOUT | RawPdu.IMMEDIATE),
        refused(
            "refuses a request longer than 8192 bytes",
            "13.12",
            login ->
                login.request(
                    OPERATIONAL, FULL_FEATURE, login.names("X-long=" + "a".repeat(20_000)))),
        refused(
            "refuses text that is no list of pairs",
            "6.1",
            login ->
                login.request(OPERATIONAL, FULL_FEATURE, login.names("there is no equals sign"))),
        refused(
            "refuses a key offered twice",
            "6.3",
            login ->
                login.request(
                    OPERATIONAL,
                    FULL_FEATURE,
                    login.names("MaxBurstLength=65536", "MaxBurstLength=131072"))),
        login("takes a text in pieces, however they are cut", "6.1", LoginCases::inPieces),
        login(
            "answers a piece of a text with nothing",
            "6.2",
            login -> {
              byte[] text = login.request(OPERATIONAL, FULL_FEATURE, login.names()).data();
              RawPdu piece = login.request(OPERATIONAL, OPERATIONAL).data(Arrays.copyOf(text, 9));
              Login.Step step = login.must(piece.set8(1, 0x40 | OPERATIONAL << 2));
              same("status", 0, step.status());
              same("length of the answer", 0, step.pdu().data().length);
              check(!step.transits(), "it goes to another stage");
            }),
        login(
            "does not understand a key that nobody knows",
            "6.2",
            login -> {
              login.must(login.request(OPERATIONAL, OPERATIONAL, login.names("NoSuchKey=1")));
              same("NoSuchKey", "NotUnderstood", login.answer("NoSuchKey").orElse("nothing"));
            }),
        login(
            "does not understand a private key",
            "13.22",
            login -> {
              login.must(login.request(OPERATIONAL, OPERATIONAL, login.names("X-org.none.a=1")));
              oneOf(
                  "X-org.none.a",
                  login.answer("X-org.none.a").orElse("nothing"),
                  "NotUnderstood",
                  "Reject");
            }),
        status(
            "does not find a session to add a connection to",
            "11.13.5",
            0x020A,
            login -> login.request(OPERATIONAL, FULL_FEATURE, login.names()).set16(14, 0x5A5A)),
        login(
            "returns what names the login: ISID, tag, a TSIH",
            "11.13",
            login -> {
              RawPdu request = login.request(OPERATIONAL, FULL_FEATURE, login.names());
              RawPdu answer = ends(login.must(request)).pdu();
              same("Initiator Task Tag", request.tag(), answer.tag());
              check(
                  Arrays.equals(request.bytes(8, 14), answer.bytes(8, 14)), "the ISID is another");
              check(answer.int16(14) != 0, "TSIH is 0");
            }),
        login(
            "numbers its answers from one to the next",
            "11.13.4",
            login -> {
              int first =
                  login
                      .must(login.request(OPERATIONAL, OPERATIONAL, login.names()))
                      .pdu()
                      .int32(24);
              int second = login.must(login.request(OPERATIONAL, FULL_FEATURE)).pdu().int32(24);
              same("StatSN", first + 1, second);
            }),
        login(
            "expects the CmdSN that the login has, and takes at least one command",
            "4.2.2.1",
            login -> {
              RawPdu answer =
                  ends(login.must(login.request(OPERATIONAL, FULL_FEATURE, login.names()))).pdu();
              same("ExpCmdSN", login.cmdSN(), answer.int32(28));
              check(answer.int32(32) - answer.int32(28) >= 0, "the window is closed");
            }),
        login(
            "reads a login that comes byte by byte",
            "4.2.1",
            login -> {
              RawPdu request = login.request(OPERATIONAL, FULL_FEATURE, login.names());
              byte[] bytes = request.encode(RawPdu.Digest.NONE, RawPdu.Digest.NONE);
              for (byte one : bytes) {
                login.line().sendBytes(new byte[] {one});
              }
              RawPdu answer = login.line().receive();
              same("opcode", RawPdu.LOGIN_RESPONSE, answer.opcode());
              same("status", 0, answer.int16(36));
            }),
        new Case(
            "ends the old session when the same initiator port logs in anew",
            "6.3.5",
            portal -> {
              try (Talk old = Talk.to(portal);
                  Talk anew = Talk.to(portal)) {
                check(old.line().closes(), "the old connection is still open");
                anew.goesOn();
              }
            }),
        new Case(
            "keeps sessions of one initiator with different ISIDs apart",
            "4.4.3",
            portal -> {
              try (Talk one = Talk.of(Login.as(portal, INITIATOR, 1));
                  Talk two = Talk.of(Login.as(portal, INITIATOR, 2))) {
                one.goesOn();
                two.goesOn();
              }
            }),
        new Case(
            "keeps sessions of two initiators with one ISID apart",
            "4.4.3",
            portal -> {
              try (Talk one = Talk.of(Login.as(portal, INITIATOR, 1));
                  Talk two = Talk.of(Login.as(portal, OTHER, 1))) {
                one.goesOn();
                two.goesOn();
              }
            }),
        new Case(
            "takes an initiator's name of 223 bytes",
            "4.2.7.1",
            portal -> {
              String name = "iqn.2026-11.org.untorn:" + "n".repeat(200);
              try (Talk talk = Talk.of(Login.as(portal, name, 1))) {
                talk.goesOn();
              }
            }),
        new Case(
            "does not take a login in the full feature phase",
            "11.12",
            portal -> {
              try (Talk talk = Talk.to(portal)) {
                Login login = talk.login();
                talk.line().send(login.request(OPERATIONAL, FULL_FEATURE, login.names()));
                check(
                    talk.receiveWithin(10_000)
                        .map(pdu -> pdu.opcode() == RawPdu.REJECT)
                        .orElse(true),
                    "it was answered");
              }
            }));
  }

  private static Case login(String name, String clause, Consumer<Login> body) {
    return new Case(
        name,
        clause,
        portal -> {
          try (Login login = Login.as(portal, INITIATOR, 1)) {
            body.accept(login);
          }
        });
  }

  private static Case refused(String name, String clause, Function<Login, RawPdu> request) {
    return login(
        name, clause, login -> check(login.refuses(request.apply(login)), "it was accepted"));
  }

  private static Case status(
      String name, String clause, int status, Function<Login, RawPdu> request) {
    return login(
        name,
        clause,
        login -> {
          int found = login.must(request.apply(login)).status();
          check(found == status, "status %04Xh, expected %04Xh", found, status);
        });
  }

  private static Case first(String name, int opcode) {
    return login(
        name,
        "6.3",
        login -> {
          login.line().send(RawPdu.of(opcode, RawPdu.FINAL).tag(1).set32(20, RawPdu.NONE));
          check(
              login.line().receive(10_000).map(pdu -> pdu.opcode() == RawPdu.REJECT).orElse(true),
              "it was answered");
        });
  }

  private static RawPdu flags(Login login, int flags) {
    return login.request(OPERATIONAL, FULL_FEATURE, login.names()).set8(1, flags);
  }

  private static String target(Login login) {
    return login.portal().target();
  }

  private static Login.Step ends(Login.Step step) {
    check(step.status() == 0, "the login was refused: %04Xh", step.status());
    check(step.transits() && step.nextStage() == FULL_FEATURE, "it did not let in");
    return step;
  }

  /** A target may have something to say first, and then stays in the stage. */
  private static void straight(Login login) {
    Login.Step step =
        login.must(login.request(SECURITY, FULL_FEATURE, login.names("AuthMethod=None")));
    for (int i = 0; i < 4 && step.status() == 0 && !step.transits(); i++) {
      step = login.must(login.request(SECURITY, FULL_FEATURE));
    }
    ends(step);
  }

  private static void bothStages(Login login) {
    Login.Step security =
        login.must(login.request(SECURITY, OPERATIONAL, login.names("AuthMethod=None")));
    same("status", 0, security.status());
    check(security.transits() && security.nextStage() == OPERATIONAL, "it stays in security");
    ends(login.must(login.request(OPERATIONAL, FULL_FEATURE)));
  }

  private static void inPieces(Login login) {
    byte[] text = login.request(OPERATIONAL, FULL_FEATURE, login.names()).data();
    int at = 0;
    for (int length : new int[] {1, 20, 9}) {
      RawPdu piece = login.request(OPERATIONAL, OPERATIONAL);
      piece.data(Arrays.copyOfRange(text, at, at + length)).set8(1, 0x40 | OPERATIONAL << 2);
      same("status", 0, login.must(piece).status());
      at += length;
    }
    RawPdu last = login.request(OPERATIONAL, FULL_FEATURE);
    String rest = new String(text, at, text.length - at, StandardCharsets.UTF_8);
    ends(login.must(last.data(rest.getBytes(StandardCharsets.UTF_8))));
  }
}
