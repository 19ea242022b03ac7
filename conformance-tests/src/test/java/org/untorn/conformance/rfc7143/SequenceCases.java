package org.untorn.conformance.rfc7143;

import static org.untorn.conformance.rfc7143.FieldCases.talk;
import static org.untorn.conformance.rfc7143.Verdict.check;
import static org.untorn.conformance.rfc7143.Verdict.same;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** CmdSN and StatSN: gaps, repeats, the window, the wrap. */
final class SequenceCases {

  private static final int QUIET_MILLIS = 300;

  private SequenceCases() {}

  static List<Case> all() {
    Stream<Case> gaps =
        IntStream.of(1, 2, 5)
            .mapToObj(
                gap ->
                    talk(
                        "holds commands back behind a gap of %d, and serves them in order"
                            .formatted(gap),
                        "4.2.2.1",
                        talk -> gap(talk, gap)));
    return Stream.concat(
            gaps,
            Stream.of(
                talk(
                    "ignores a command whose CmdSN it has had",
                    "4.2.2.1",
                    talk -> {
                      talk.goesOn();
                      ignored(talk, talk.cmdSN() - 1);
                    }),
                talk(
                    "ignores a command above MaxCmdSN",
                    "4.2.2.1",
                    talk -> ignored(talk, talk.cmdSN() + (1 << 30))),
                talk(
                    "ignores a command half the numbers away",
                    "RFC 1982",
                    talk -> ignored(talk, talk.cmdSN() + 0x7FFF_FFFF)),
                talk(
                    "counts on through the wrap of CmdSN",
                    "4.2.2.1",
                    talk -> {
                      for (int i = 0; i < 40; i++) {
                        talk.goesOn();
                      }
                      check(talk.cmdSN() >= 0, "the numbers did not pass 2^32");
                    }),
                talk("advances ExpCmdSN by one for each command", "4.2.2.1", SequenceCases::exp),
                talk(
                    "numbers status without a gap under many commands at once",
                    "4.2.2.2",
                    talk -> burst(talk, 16)),
                talk(
                    "never lowers MaxCmdSN",
                    "4.2.2.1",
                    talk -> {
                      int highest = status(talk).int32(32);
                      for (int i = 0; i < 8; i++) {
                        int next = status(talk).int32(32);
                        check(next - highest >= 0, "it went back by %d", highest - next);
                        highest = next;
                      }
                    })))
        .toList();
  }

  private static RawPdu status(Talk talk) {
    talk.line().send(talk.command(Cdbs.testUnitReady(), 0, 0));
    return talk.receive(RawPdu.SCSI_RESPONSE);
  }

  private static void exp(Talk talk) {
    for (int i = 0; i < 3; i++) {
      RawPdu answer = status(talk);
      same("ExpCmdSN", talk.cmdSN(), answer.int32(28));
    }
  }

  private static void gap(Talk talk, int gap) {
    List<RawPdu> missing = new ArrayList<>();
    for (int i = 0; i < gap; i++) {
      missing.add(talk.command(Cdbs.testUnitReady(), 0, 0));
    }
    RawPdu later = talk.command(Cdbs.testUnitReady(), 0, 0);
    talk.line().send(later);
    check(talk.receiveWithin(QUIET_MILLIS).isEmpty(), "it was carried out before its time");
    missing.reversed().forEach(talk.line()::send);
    missing.add(later);
    for (RawPdu expected : missing) {
      same(
          "the command that is answered", expected.tag(), talk.receive(RawPdu.SCSI_RESPONSE).tag());
    }
  }

  private static void ignored(Talk talk, int number) {
    RawPdu command = talk.command(Cdbs.testUnitReady(), 0, 0).set32(24, number);
    talk.cmdSN(talk.cmdSN() - 1);
    talk.line().send(command);
    check(talk.receiveWithin(QUIET_MILLIS).isEmpty(), "it was answered");
    talk.goesOn();
  }

  private static void burst(Talk talk, int commands) {
    Set<Integer> tags = new HashSet<>();
    for (int i = 0; i < commands; i++) {
      RawPdu command = talk.command(Cdbs.testUnitReady(), 0, 0);
      tags.add(command.tag());
      talk.line().send(command);
    }
    for (int i = 0; i < commands; i++) {
      int tag = talk.receive(RawPdu.SCSI_RESPONSE).tag();
      check(tags.remove(tag), "an answer for the tag %Xh", tag);
    }
  }
}
