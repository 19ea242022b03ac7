package org.untorn.conformance.rfc7143;

import static org.untorn.conformance.rfc7143.Verdict.check;
import static org.untorn.conformance.rfc7143.Verdict.oneOf;
import static org.untorn.conformance.rfc7143.Verdict.same;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Fields that are out of their range in the full feature phase, and what is answered in it. */
final class FieldCases {

  private static final int INVALID_LOGICAL_UNIT = 0x2500;
  private static final int CID_NOT_FOUND = 1;

  private FieldCases() {}

  static List<Case> all() {
    return Stream.of(opcodes(), commands(), texts(), logouts(), pings())
        .flatMap(List::stream)
        .toList();
  }

  /** A case in a session of its own; afterwards the target lets a next one in. */
  static Case talk(String name, String clause, Consumer<Talk> body) {
    return new Case(
        name,
        clause,
        portal -> {
          try (Talk talk = Talk.to(portal)) {
            body.accept(talk);
          }
          try (Talk next = Talk.to(portal)) {
            next.goesOn();
          }
        });
  }

  /** The PDU is rejected, or the connection ends; it is not carried out. */
  static void rejected(Talk talk, RawPdu pdu) {
    talk.line().send(pdu);
    talk.receiveWithin(10_000)
        .ifPresentOrElse(
            answer -> check(answer.opcode() == RawPdu.REJECT, "it was answered by %s", answer),
            () -> check(talk.line().closes(), "nothing came of it"));
  }

  private static List<Case> opcodes() {
    return IntStream.of(0x07, 0x0F, 0x11, 0x1B, 0x1C, 0x1F, 0x21, 0x25, 0x31, 0x3D, 0x3F)
        .mapToObj(
            opcode ->
                talk(
                    "does not carry out a PDU of an initiator with opcode %02Xh".formatted(opcode),
                    "7.7",
                    talk -> rejected(talk, talk.immediate(RawPdu.of(opcode, RawPdu.FINAL)))))
        .toList();
  }

  private static List<Case> commands() {
    return List.of(
        talk(
            "carries a command out",
            "11.3",
            talk -> same("status", Talk.GOOD, talk.execute(Cdbs.testUnitReady()).status())),
        talk(
            "answers for a logical unit that is not there",
            "SAM-5 4.7",
            talk -> {
              RawPdu command = talk.command(Cdbs.testUnitReady(), 0, 0).lun(0x40FEL << 48);
              talk.line().send(command);
              Talk.End end = talk.end(command, 0);
              same("status", Talk.CHECK_CONDITION, end.status());
              same("additional sense", INVALID_LOGICAL_UNIT, end.senseCode());
            }),
        talk(
            "says by INQUIRY that no unit is there",
            "SPC-5 6.6.2",
            talk -> {
              RawPdu command = talk.command(Cdbs.inquiry(36), 36, 0).lun(0x40FEL << 48);
              talk.line().send(command);
              same("byte 0", 0x7F, talk.end(command, 36).data()[0] & 0xFF);
            }),
        talk(
            "takes an immediate command, which uses no CmdSN up",
            "4.2.2.1",
            talk -> {
              RawPdu command =
                  talk.immediate(RawPdu.of(RawPdu.SCSI_COMMAND, RawPdu.FINAL | 1))
                      .lun(talk.lunField())
                      .set(32, Cdbs.testUnitReady());
              talk.line().send(command);
              same("status", Talk.GOOD, talk.end(command, 0).status());
              talk.goesOn();
            }),
        attribute("UNTAGGED", 0),
        attribute("SIMPLE", 1),
        attribute("ORDERED", 2),
        attribute("HEAD OF QUEUE", 3),
        talk(
            "survives a data segment longer than it declared",
            "13.12",
            talk -> {
              RawPdu ping = talk.numbered(RawPdu.of(RawPdu.NOP_OUT, RawPdu.FINAL));
              rejected(talk, ping.set32(20, RawPdu.NONE).set24(5, 0xFF_FFFC));
            }),
        talk(
            "survives additional headers that end before they begin",
            "11.2.2.1",
            talk -> {
              RawPdu command = talk.command(Cdbs.testUnitReady(), 0, 0);
              byte[] tooLong = {0x00, 0x40, 0x01, 0x00};
              talk.line().send(command.additional(tooLong));
              Optional<RawPdu> answer = talk.receiveWithin(10_000);
              answer.ifPresent(pdu -> check(refused(pdu), "it was carried out: %s", pdu));
            }),
        talk(
            "does not carry a command out whose tag is reserved",
            "11.2.1.8",
            talk -> {
              RawPdu command = talk.command(Cdbs.testUnitReady(), 0, 0).tag(RawPdu.NONE);
              talk.line().send(command);
              Optional<RawPdu> answer = talk.receiveWithin(2_000);
              answer.ifPresent(pdu -> same("opcode", RawPdu.REJECT, pdu.opcode()));
            }),
        talk(
            "does not carry two commands out under one tag",
            "11.3.2",
            talk -> {
              byte[] write = Cdbs.write10(0, 512);
              RawPdu first = talk.command(write, 0, 512 * Talk.BLOCK);
              talk.line().send(first);
              talk.receive(RawPdu.R2T);
              RawPdu second = talk.command(Cdbs.inquiry(36), 36, 0).tag(first.tag());
              talk.line().send(second);
              talk.receiveWithin(10_000)
                  .ifPresent(pdu -> check(refused(pdu), "it was carried out: %s", pdu));
            }));
  }

  private static boolean refused(RawPdu answer) {
    return switch (answer.opcode()) {
      case RawPdu.REJECT -> true;
      case RawPdu.SCSI_RESPONSE -> answer.int8(3) == Talk.CHECK_CONDITION;
      default -> false;
    };
  }

  private static Case attribute(String name, int value) {
    return talk(
        "takes the task attribute " + name,
        "11.3.1",
        talk -> {
          RawPdu command = talk.command(Cdbs.testUnitReady(), 0, 0);
          talk.line().send(command.set8(1, RawPdu.FINAL | value));
          same("status", Talk.GOOD, talk.end(command, 0).status());
        });
  }

  private static RawPdu text(Talk talk, String... pairs) {
    return talk.numbered(RawPdu.of(RawPdu.TEXT, RawPdu.FINAL)).set32(20, RawPdu.NONE).text(pairs);
  }

  private static Map<String, String> answer(Talk talk, RawPdu request) {
    talk.line().send(request);
    RawPdu answer = talk.receive(RawPdu.TEXT_RESPONSE);
    same("tag", request.tag(), answer.tag());
    return Login.pairs(answer.data());
  }

  private static List<Case> texts() {
    return List.of(
        talk(
            "names the target that a session is with",
            "Appendix C",
            talk ->
                check(
                    answer(talk, text(talk, "SendTargets=")).containsKey("TargetName"),
                    "there is no TargetName")),
        talk(
            "names a target by its name",
            "Appendix C",
            talk -> {
              String name = talk.login().portal().target();
              same(
                  "TargetName",
                  name,
                  answer(talk, text(talk, "SendTargets=" + name))
                      .getOrDefault("TargetName", "nothing"));
            }),
        talk(
            "does not understand a key that nobody knows, in the full feature phase",
            "6.2",
            talk ->
                same(
                    "NoSuchKey",
                    "NotUnderstood",
                    answer(talk, text(talk, "NoSuchKey=1")).getOrDefault("NoSuchKey", "nothing"))),
        talk(
            "takes a new MaxRecvDataSegmentLength while it serves",
            "13.12",
            talk -> {
              answer(talk, text(talk, "MaxRecvDataSegmentLength=4096"));
              talk.goesOn();
            }),
        talk(
            "does not change a session's keys while it serves",
            "13.13",
            talk -> {
              RawPdu request = text(talk, "MaxBurstLength=8192");
              talk.line().send(request);
              talk.receiveWithin(10_000)
                  .filter(pdu -> pdu.opcode() != RawPdu.REJECT)
                  .ifPresent(
                      pdu ->
                          oneOf(
                              "MaxBurstLength",
                              Login.pairs(pdu.data()).getOrDefault("MaxBurstLength", "nothing"),
                              "Reject",
                              "NotUnderstood",
                              "nothing"));
            }),
        talk(
            "does not go on with a text that was never begun",
            "11.10.4",
            talk -> rejected(talk, text(talk, "SendTargets=All").set32(20, 0x1234_5678))),
        talk(
            "takes a text in pieces",
            "6.2",
            talk -> {
              RawPdu first = text(talk).set8(1, 0x40);
              talk.line().send(first.data("SendTar".getBytes(StandardCharsets.US_ASCII)));
              RawPdu more = talk.receive(RawPdu.TEXT_RESPONSE);
              check(more.int32(20) != RawPdu.NONE, "there is no tag to go on with");
              RawPdu last = text(talk).tag(first.tag()).set32(20, more.int32(20));
              last.data("gets=\0".getBytes(StandardCharsets.US_ASCII));
              check(answer(talk, last).containsKey("TargetName"), "there is no TargetName");
            }));
  }

  private static List<Case> logouts() {
    return List.of(
        talk(
            "closes the session at a logout, and the connection behind its answer",
            "11.14",
            talk -> {
              same("response", 0, logout(talk, 0, 0));
              check(talk.line().closes(), "the connection is still open");
            }),
        talk(
            "closes the connection at a logout",
            "11.14",
            talk -> {
              same("response", 0, logout(talk, 1, 0));
              check(talk.line().closes(), "the connection is still open");
            }),
        talk(
            "does not find a connection to log out that is not there",
            "11.15.1",
            talk -> same("response", CID_NOT_FOUND, logout(talk, 1, 0x7F7F))),
        talk(
            "does not recover a connection at error recovery level 0",
            "11.15.1",
            talk -> {
              talk.line().send(logoutRequest(talk, 2, 0x7F7F));
              talk.receiveWithin(10_000)
                  .filter(pdu -> pdu.opcode() == RawPdu.LOGOUT_RESPONSE)
                  .ifPresent(pdu -> check(pdu.int8(2) != 0, "it did"));
            }),
        talk(
            "rejects a logout for a reason that there is not",
            "11.14.1",
            talk -> {
              talk.line().send(logoutRequest(talk, 0x55, 0));
              talk.receiveWithin(10_000)
                  .filter(pdu -> pdu.opcode() != RawPdu.REJECT)
                  .ifPresent(pdu -> check(pdu.int8(2) != 0, "it was carried out"));
            }));
  }

  private static RawPdu logoutRequest(Talk talk, int reason, int cid) {
    return talk.numbered(RawPdu.of(RawPdu.LOGOUT, RawPdu.FINAL | reason)).set16(20, cid);
  }

  private static int logout(Talk talk, int reason, int cid) {
    RawPdu request = logoutRequest(talk, reason, cid);
    talk.line().send(request);
    RawPdu answer = talk.receive(RawPdu.LOGOUT_RESPONSE);
    same("tag", request.tag(), answer.tag());
    return answer.int8(2);
  }

  private static List<Case> pings() {
    Stream<Case> lengths =
        IntStream.of(0, 1, 3, 4, 511, 4096, 8192)
            .mapToObj(
                length ->
                    talk(
                        "returns the %d bytes of a ping".formatted(length),
                        "11.19",
                        talk -> {
                          byte[] data = Arrays.copyOf(Cdbs.blocks(16, length), length);
                          RawPdu ping =
                              talk.numbered(RawPdu.of(RawPdu.NOP_OUT, RawPdu.FINAL))
                                  .set32(20, RawPdu.NONE)
                                  .data(data);
                          talk.line().send(ping);
                          RawPdu answer = talk.receive(RawPdu.NOP_IN);
                          same("tag", ping.tag(), answer.tag());
                          same("transfer tag", RawPdu.NONE, answer.int32(20));
                          check(Arrays.equals(data, answer.data()), "other bytes came back");
                        }));
    Case unasked =
        talk(
            "does not answer a ping that wants no answer",
            "11.18",
            talk -> {
              RawPdu ping = RawPdu.of(RawPdu.NOP_OUT | RawPdu.IMMEDIATE, RawPdu.FINAL);
              ping.tag(RawPdu.NONE).set32(20, RawPdu.NONE);
              talk.line().send(ping.set32(24, talk.cmdSN()).set32(28, talk.expStatSN()));
              talk.goesOn();
            });
    return Stream.concat(lengths, Stream.of(unasked)).toList();
  }
}
