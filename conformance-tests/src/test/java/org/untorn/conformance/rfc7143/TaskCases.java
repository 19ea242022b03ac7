package org.untorn.conformance.rfc7143;

import static org.untorn.conformance.rfc7143.FieldCases.talk;
import static org.untorn.conformance.rfc7143.Verdict.check;
import static org.untorn.conformance.rfc7143.Verdict.oneOf;
import static org.untorn.conformance.rfc7143.Verdict.same;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** Task management (11.5, 11.6) against tasks in every state that a wire can show. */
final class TaskCases {

  private static final int ABORT_TASK = 1;
  private static final int ABORT_TASK_SET = 2;
  private static final int CLEAR_ACA = 3;
  private static final int CLEAR_TASK_SET = 4;
  private static final int LOGICAL_UNIT_RESET = 5;
  private static final int TARGET_WARM_RESET = 6;
  private static final int TASK_REASSIGN = 8;

  private static final int COMPLETE = 0;
  private static final int NO_TASK = 1;
  private static final int NO_LUN = 2;
  private static final int NO_REASSIGNMENT = 4;
  private static final int NOT_SUPPORTED = 5;
  private static final int REJECTED = 255;

  private static final int BLOCKS = 64;
  private static final int LENGTH = BLOCKS * Talk.BLOCK;
  private static final int LBA = 128;

  private TaskCases() {}

  static List<Case> all() {
    return Stream.concat(
            Stream.of(
                ends("ABORT TASK", ABORT_TASK),
                ends("ABORT TASK SET", ABORT_TASK_SET),
                ends("CLEAR TASK SET", CLEAR_TASK_SET),
                ends("LOGICAL UNIT RESET", LOGICAL_UNIT_RESET),
                ends("TARGET WARM RESET", TARGET_WARM_RESET)),
            Stream.of(
                talk(
                    "does not find a task to abort that never was",
                    "11.6.1",
                    talk ->
                        same(
                            "response",
                            NO_TASK,
                            manage(talk, ABORT_TASK, 0x0BAD, talk.cmdSN() - 1))),
                talk(
                    "does not find a task to abort that has ended",
                    "11.6.1",
                    talk -> {
                      RawPdu command = talk.command(Cdbs.testUnitReady(), 0, 0);
                      talk.line().send(command);
                      talk.end(command, 0);
                      same(
                          "response",
                          NO_TASK,
                          manage(talk, ABORT_TASK, command.tag(), command.int32(24)));
                    }),
                talk(
                    "aborts a command that has not come yet, and ignores it when it comes",
                    "11.5.5",
                    TaskCases::notYetThere),
                talk(
                    "does not find a logical unit that is not there",
                    "11.6.1",
                    talk -> {
                      RawPdu request = request(talk, LOGICAL_UNIT_RESET, RawPdu.NONE, 0);
                      oneOf("response", send(talk, request.lun(0x40FEL << 48)), NO_LUN, REJECTED);
                    }),
                talk(
                    "knows no function 77",
                    "11.6.1",
                    talk ->
                        oneOf(
                            "response",
                            manage(talk, 0x77, RawPdu.NONE, 0),
                            NOT_SUPPORTED,
                            REJECTED)),
                talk(
                    "does not reassign a task at error recovery level 0",
                    "11.6.1",
                    talk ->
                        oneOf(
                            "response",
                            manage(talk, TASK_REASSIGN, 0x0BAD, 0),
                            NO_TASK,
                            NO_REASSIGNMENT,
                            NOT_SUPPORTED,
                            REJECTED)),
                talk(
                    "answers CLEAR ACA",
                    "11.6.1",
                    talk ->
                        oneOf(
                            "response",
                            manage(talk, CLEAR_ACA, RawPdu.NONE, 0),
                            COMPLETE,
                            NOT_SUPPORTED,
                            REJECTED)),
                talk(
                    "carries an abort task set out where there is no task",
                    "11.6.1",
                    talk ->
                        same("response", COMPLETE, manage(talk, ABORT_TASK_SET, RawPdu.NONE, 0))),
                new Case(
                    "leaves another session's tasks alone at an abort task set",
                    "11.5.1",
                    TaskCases::otherSession),
                new Case(
                    "tells another session of a logical unit reset",
                    "SAM-5 6.3.3",
                    TaskCases::tells)))
        .toList();
  }

  private static RawPdu request(Talk talk, int function, int tag, int refCmdSN) {
    return talk.immediate(RawPdu.of(RawPdu.TASK_MANAGEMENT, RawPdu.FINAL | function))
        .lun(talk.lunField())
        .set32(20, tag)
        .set32(32, refCmdSN);
  }

  private static int manage(Talk talk, int function, int tag, int refCmdSN) {
    return send(talk, request(talk, function, tag, refCmdSN));
  }

  private static int send(Talk talk, RawPdu request) {
    talk.line().send(request);
    RawPdu answer = talk.receive(RawPdu.TASK_MANAGEMENT_RESPONSE);
    same("tag", request.tag(), answer.tag());
    return answer.int8(2);
  }

  /** A write that waits for its data ends, changes nothing, and is not answered. */
  private static Case ends(String name, int function) {
    return new Case(
        "ends a write that waits for its data by " + name,
        "11.5.1",
        portal -> {
          byte[] before = Cdbs.blocks(BLOCKS, function);
          try (Talk talk = Talk.to(portal, "InitialR2T=Yes", "ImmediateData=No")) {
            same("status", Talk.GOOD, talk.write(Cdbs.write10(LBA, BLOCKS), before).status());
            RawPdu command = talk.command(Cdbs.write10(LBA, BLOCKS), 0, LENGTH);
            talk.line().send(command);
            talk.receive(RawPdu.R2T);
            int reference = function == ABORT_TASK ? command.tag() : RawPdu.NONE;
            int response = manage(talk, function, reference, command.int32(24));
            if (response == NOT_SUPPORTED) {
              throw new Verdict.NotSupported(name);
            }
            same("response", COMPLETE, response);
            talk.goesOn();
            unchanged(talk, before);
          }
        });
  }

  private static void unchanged(Talk talk, byte[] before) {
    byte[] read = talk.read(Cdbs.read10(LBA, BLOCKS), LENGTH).data();
    check(Arrays.equals(before, read), "the medium has changed");
  }

  private static void notYetThere(Talk talk) {
    RawPdu command = talk.command(Cdbs.testUnitReady(), 0, 0);
    oneOf(
        "response", manage(talk, ABORT_TASK, command.tag(), command.int32(24)), COMPLETE, NO_TASK);
    talk.line().send(command);
    talk.receiveWithin(300)
        .ifPresent(
            pdu -> {
              throw new Verdict.NotSupported("the abort of a command on its way");
            });
    talk.goesOn();
  }

  private static void otherSession(Portal portal) {
    byte[] data = Cdbs.blocks(BLOCKS, 77);
    try (Talk one = Talk.to(portal, "InitialR2T=Yes", "ImmediateData=No");
        Talk two = Talk.of(Login.as(portal, Login.INITIATOR + "-2", 1))) {
      RawPdu command = one.command(Cdbs.write10(LBA, BLOCKS), 0, LENGTH);
      one.line().send(command);
      RawPdu r2t = one.receive(RawPdu.R2T);
      same("response", COMPLETE, manage(two, ABORT_TASK_SET, RawPdu.NONE, 0));
      one.answer(command, r2t, data).forEach(one.line()::send);
      same("status", Talk.GOOD, one.feed(command, data).status());
      unchanged(one, data);
    }
  }

  private static void tells(Portal portal) {
    try (Talk one = Talk.to(portal);
        Talk two = Talk.of(Login.as(portal, Login.INITIATOR + "-2", 1))) {
      same("response", COMPLETE, manage(one, LOGICAL_UNIT_RESET, RawPdu.NONE, 0));
      Talk.End end = two.execute(Cdbs.testUnitReady());
      same("status", Talk.CHECK_CONDITION, end.status());
      same("sense key", 6, end.senseKey());
      same("additional sense code", 0x29, end.senseCode() >> 8);
      two.goesOn();
    }
  }
}
