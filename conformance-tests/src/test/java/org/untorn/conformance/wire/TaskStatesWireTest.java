package org.untorn.conformance.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.untorn.iscsi.pdu.ScsiCommand;
import org.untorn.iscsi.pdu.ScsiResponse;
import org.untorn.testkit.UntornExtension;

/**
 * Every task management function that finds a task in every state (RFC 7143 11.5, RFC 7144, SAM-5
 * 7).
 */
class TaskStatesWireTest {

  private static final int ABORT_TASK = 1;
  private static final int ABORT_TASK_SET = 2;
  private static final int CLEAR_ACA = 3;
  private static final int CLEAR_TASK_SET = 4;
  private static final int LOGICAL_UNIT_RESET = 5;
  private static final int TARGET_WARM_RESET = 6;
  private static final int QUERY_TASK = 9;
  private static final int QUERY_TASK_SET = 10;
  private static final int I_T_NEXUS_RESET = 11;
  private static final int QUERY_ASYNCHRONOUS_EVENT = 12;
  private static final Set<Integer> ENDING =
      Set.of(
          ABORT_TASK,
          ABORT_TASK_SET,
          CLEAR_TASK_SET,
          LOGICAL_UNIT_RESET,
          TARGET_WARM_RESET,
          I_T_NEXUS_RESET);

  private static final int FUNCTION_COMPLETE = 0;
  private static final int TASK_DOES_NOT_EXIST = 1;
  private static final int FUNCTION_SUCCEEDED = 7;

  /** How far a task has come. */
  enum State {
    /** It waits for its data. */
    COLLECTING,
    /** The device server has it. */
    HELD,
    /** It is ORDERED, and waits for an older one. */
    WAITING,
    /** Its data is there, and an ACA keeps it from being written. */
    STOPPED,
    /** It has been answered. */
    ENDED
  }

  @RegisterExtension
  static final UntornExtension target = UntornExtension.breakable("--size", "64MiB");

  private WireSession session;
  private TasksUnderWay tasks;

  @BeforeEach
  void logIn() throws IOException {
    Offer offer = Offer.USUAL.withTransfer(true, false, 64 << 10, 256 << 10, 64 << 10);
    session = WireSession.ready(target.ready(), offer.withProtocolLevel(2));
    tasks = new TasksUnderWay(session, target);
    session.write(Cdb.write16(0, 8), Blocks.stamped(8, 1)).good();
  }

  @AfterEach
  void goAway() throws IOException {
    session.abandon();
  }

  /** A task in a state, and what lets it end. */
  private record Placed(ScsiCommand task, Ending ending) {}

  @FunctionalInterface
  private interface Ending {
    void run() throws IOException;
  }

  private Placed place(State state) throws IOException {
    return switch (state) {
      case COLLECTING -> {
        TasksUnderWay.Asked write = tasks.write(Cdb.write16(0, 8));
        yield new Placed(write.command(), () -> tasks.send(write));
      }
      case HELD -> {
        tasks.hold("test-unit-ready");
        ScsiCommand task = tasks.testUnitReady(WireSession.SIMPLE);
        tasks.awaitHeld();
        yield new Placed(task, target.untorn().faults()::release);
      }
      case WAITING -> {
        TasksUnderWay.Asked older = tasks.write(Cdb.write16(0, 8));
        ScsiCommand task = tasks.testUnitReady(WireSession.ORDERED);
        yield new Placed(
            task,
            () -> {
              tasks.send(older);
              assertThat(session.receive(ScsiResponse.class).initiatorTaskTag())
                  .isEqualTo(older.command().initiatorTaskTag());
            });
      }
      case STOPPED -> {
        TasksUnderWay.Asked write = tasks.write(Cdb.write16(0, 8));
        assertThat(session.read(TasksUnderWay.BEYOND_THE_END, Blocks.SIZE).checkCondition().code())
            .isEqualTo(Sense.LBA_OUT_OF_RANGE);
        tasks.send(write);
        yield new Placed(write.command(), () -> session.beginManage(CLEAR_ACA, -1, 0));
      }
      case ENDED -> {
        ScsiCommand task = tasks.testUnitReady(WireSession.SIMPLE);
        assertThat(session.receive(ScsiResponse.class).status()).isZero();
        yield new Placed(task, () -> {});
      }
    };
  }

  private static Stream<Arguments> functions_and_states() {
    return Stream.of(
            ABORT_TASK,
            ABORT_TASK_SET,
            CLEAR_ACA,
            CLEAR_TASK_SET,
            LOGICAL_UNIT_RESET,
            TARGET_WARM_RESET,
            QUERY_TASK,
            QUERY_TASK_SET,
            I_T_NEXUS_RESET,
            QUERY_ASYNCHRONOUS_EVENT)
        .flatMap(function -> Stream.of(State.values()).map(state -> Arguments.of(function, state)));
  }

  @ParameterizedTest(name = "function {0}, a task that is {1}")
  @MethodSource("functions_and_states")
  void a_function_finds_a_task_in_a_state(int function, State state) throws IOException {
    Placed placed = place(state);
    int tag = placed.task.initiatorTaskTag();

    session.beginManage(function, tag, placed.task.cmdSN());
    TasksUnderWay.Answered answered = tasks.answered();

    boolean live = state != State.ENDED;
    assertThat(answered.response().response())
        .isEqualTo(
            switch (function) {
              case ABORT_TASK -> live ? FUNCTION_COMPLETE : TASK_DOES_NOT_EXIST;
              case QUERY_TASK, QUERY_TASK_SET -> live ? FUNCTION_SUCCEEDED : FUNCTION_COMPLETE;
              default -> FUNCTION_COMPLETE;
            });
    assertThat(answered.response().additional()).isZero();
    boolean goesOn = live && !ENDING.contains(function);
    if (goesOn && state == State.STOPPED && function == CLEAR_ACA) {
      assertThat(answered.before()).hasSize(1);
      assertThat(answered.before().getFirst().status()).isZero();
    } else {
      assertThat(answered.before()).isEmpty();
    }
    if (goesOn && !(state == State.STOPPED && function == CLEAR_ACA)) {
      placed.ending.run();
      ScsiResponse end = tasks.nextStatus();
      assertThat(end.initiatorTaskTag()).isEqualTo(tag);
      assertThat(end.status()).isZero();
    }
    assertThat(target.untorn().faults().held()).isZero();
    if (ENDING.contains(function)) {
      assertNothingWasWritten(function == ABORT_TASK && state == State.STOPPED);
    }
  }

  /** By another session: this one may still have an ACA, or a write that waits for its data. */
  private void assertNothingWasWritten(boolean withAca) throws IOException {
    session.ping(new byte[0]); // no status came
    if (withAca) {
      assertThat(session.manage(CLEAR_ACA, -1, 0)).isEqualTo(FUNCTION_COMPLETE);
    }
    session.abandon();
    logInAgain();
    byte[] read = session.read(Cdb.read16(0, 8), TasksUnderWay.LENGTH).good();
    assertThat(Blocks.wholeStamp(read)).isEqualTo(1);
  }

  private void logInAgain() throws IOException {
    session = WireSession.ready(target.ready());
  }
}
