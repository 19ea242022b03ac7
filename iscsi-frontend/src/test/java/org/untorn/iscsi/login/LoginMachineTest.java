package org.untorn.iscsi.login;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.untorn.iscsi.auth.Challenge;
import org.untorn.iscsi.login.LoginState.Stage;
import org.untorn.iscsi.pdu.LoginRequest;
import org.untorn.iscsi.pdu.LoginResponse;

/** Every stage with every kind of event, and every way to be refused. */
class LoginMachineTest {

  private static final String WHO = "InitiatorName=iqn.i\0SessionType=Normal\0TargetName=iqn.t\0";
  private static final int TSIH = 321;

  /** One target, one session of iqn.i with TSIH 9. */
  private record Node(boolean isFull) implements Directory {
    @Override
    public OptionalInt portalGroupTag(String targetName) {
      return targetName.equals("iqn.t") ? OptionalInt.of(1) : OptionalInt.empty();
    }

    @Override
    public AccessControl.Initiator initiator(String initiatorName) {
      return new AccessControl.Initiator(initiatorName, Optional.empty());
    }

    @Override
    public Access access(AccessControl.Initiator initiator, String targetName) {
      return Access.OPEN;
    }

    @Override
    public Challenge freshChallenge() {
      throw new AssertionError("nobody is asked to prove anything");
    }

    @Override
    public boolean sessionExists(String initiator, long isid, String target, int tsih) {
      return initiator.equals("iqn.i") && target.equals("iqn.t") && isid == 1 && tsih == 9;
    }
  }

  private final LoginMachine machine = new LoginMachine(new Node(false), TSIH, 32);

  private static LoginState start() {
    return LoginState.start(LocalParameters.DEFAULT, 10);
  }

  private static LoginRequest request(int csg, int nsg, boolean c, int tsih, String text) {
    boolean transit = nsg >= 0;
    return new LoginRequest(
        transit,
        c,
        csg,
        Math.max(0, nsg),
        0,
        0,
        1,
        tsih,
        7,
        3,
        1000,
        0,
        Unpooled.copiedBuffer(text, StandardCharsets.UTF_8));
  }

  private static LoginEvent event(int csg, int nsg, String text) {
    return new LoginEvent.Request(request(csg, nsg, false, 0, text));
  }

  private static LoginResponse sent(LoginMachine.Step step) {
    return switch (step.actions().getFirst()) {
      case LoginAction.Send(LoginResponse response) -> response;
      case LoginAction.Establish(LoginResult _, LoginResponse response) -> response;
      case LoginAction.Close _ -> throw new AssertionError("nothing was sent");
    };
  }

  private static String status(LoginMachine.Step step) {
    LoginResponse response = sent(step);
    return "%02x%02x".formatted(response.statusClass(), response.statusDetail());
  }

  private static String text(LoginMachine.Step step) {
    return sent(step).data().toString(StandardCharsets.UTF_8).replace('\0', ' ').strip();
  }

  /** A state in each stage. */
  private LoginState in(Stage stage) {
    return switch (stage) {
      case START -> start();
      case SECURITY -> machine.next(start(), event(0, -1, WHO)).state();
      case OPERATIONAL -> machine.next(start(), event(1, -1, WHO)).state();
      case FULL_FEATURE -> machine.next(start(), event(1, 3, WHO)).state();
      case ENDED -> machine.next(start(), new LoginEvent.Timeout()).state();
    };
  }

  @ParameterizedTest
  @CsvSource({
    // stage, CSG, NSG (-1: no transit), next stage; every combination
    "START, 0, -1, SECURITY",
    "START, 0, 0, ENDED",
    "START, 0, 1, OPERATIONAL",
    "START, 0, 2, ENDED",
    "START, 0, 3, FULL_FEATURE",
    "START, 1, -1, OPERATIONAL",
    "START, 1, 0, ENDED",
    "START, 1, 1, ENDED",
    "START, 1, 2, ENDED",
    "START, 1, 3, FULL_FEATURE",
    "START, 2, -1, ENDED",
    "START, 2, 3, ENDED",
    "START, 3, -1, ENDED",
    "START, 3, 3, ENDED",
    "SECURITY, 0, -1, SECURITY",
    "SECURITY, 0, 0, ENDED",
    "SECURITY, 0, 1, OPERATIONAL",
    "SECURITY, 0, 2, ENDED",
    "SECURITY, 0, 3, FULL_FEATURE",
    "SECURITY, 1, -1, ENDED",
    "SECURITY, 1, 3, ENDED",
    "SECURITY, 2, 3, ENDED",
    "SECURITY, 3, 3, ENDED",
    "OPERATIONAL, 0, -1, ENDED",
    "OPERATIONAL, 0, 1, ENDED",
    "OPERATIONAL, 0, 3, ENDED",
    "OPERATIONAL, 1, -1, OPERATIONAL",
    "OPERATIONAL, 1, 0, ENDED",
    "OPERATIONAL, 1, 1, ENDED",
    "OPERATIONAL, 1, 2, ENDED",
    "OPERATIONAL, 1, 3, FULL_FEATURE",
    "OPERATIONAL, 2, 3, ENDED",
    "OPERATIONAL, 3, 3, ENDED",
    "FULL_FEATURE, 1, 3, FULL_FEATURE",
    "ENDED, 1, 3, ENDED",
  })
  void a_request_leads_to_the_stage_that_it_may_ask_for(
      Stage from, int csg, int nsg, Stage expected) {
    LoginMachine.Step step =
        machine.next(in(from), event(csg, nsg, from == Stage.START ? WHO : ""));
    assertThat(step.state().stage()).isEqualTo(expected);
    if (from == Stage.FULL_FEATURE || from == Stage.ENDED) {
      assertThat(step.actions()).isEmpty();
    } else if (expected == Stage.ENDED) {
      assertThat(status(step)).isEqualTo("0200");
      assertThat(step.actions().getLast()).isInstanceOf(LoginAction.Close.class);
    } else {
      LoginResponse response = sent(step);
      assertThat(response.statusClass()).isZero();
      assertThat(response.transit()).isEqualTo(nsg >= 0);
      assertThat(response.currentStage()).isEqualTo(csg);
      assertThat(response.nextStage()).isEqualTo(Math.max(0, nsg));
      assertThat(response.tsih()).isEqualTo(expected == Stage.FULL_FEATURE ? TSIH : 0);
      assertThat(step.actions().getFirst() instanceof LoginAction.Establish)
          .isEqualTo(expected == Stage.FULL_FEATURE);
    }
  }

  @ParameterizedTest
  @CsvSource({"START, false", "SECURITY, true", "OPERATIONAL, true"})
  void another_pdu_ends_the_login_and_is_answered_once_it_has_begun(Stage from, boolean answered) {
    LoginMachine.Step step = machine.next(in(from), new LoginEvent.OtherPdu());
    assertThat(step.state().stage()).isEqualTo(Stage.ENDED);
    assertThat(step.actions()).hasSize(answered ? 2 : 1);
    if (answered) {
      assertThat(status(step)).isEqualTo("020b");
    }
  }

  @ParameterizedTest
  @CsvSource({"START", "SECURITY", "OPERATIONAL"})
  void a_timeout_closes_the_connection(Stage from) {
    LoginMachine.Step step = machine.next(in(from), new LoginEvent.Timeout());
    assertThat(step.actions()).hasSize(1);
    assertThat(((LoginAction.Close) step.actions().getFirst()).why()).contains("in time");
    assertThat(step.state().stage()).isEqualTo(Stage.ENDED);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0 | SessionType=Normal;TargetName=iqn.t | 0207",
        "0 | InitiatorName=iqn.i | 0207",
        "0 | InitiatorName=iqn.i;SessionType=Discovery | 0000",
        "0 | InitiatorName=iqn.i;TargetName=iqn.nobody | 0203",
        "0 | InitiatorName=iqn.i;TargetName=IQN.T | 0000",
        "0 | InitiatorName=iqn.i;SessionType=Boot;TargetName=iqn.t | 0209",
        "9 | InitiatorName=iqn.i;TargetName=iqn.t | 0206",
        "8 | InitiatorName=iqn.i;TargetName=iqn.t | 020a",
        "9 | InitiatorName=iqn.j;TargetName=iqn.t | 020a",
        "0 | InitiatorName=iqn.i;TargetName=iqn.t;AuthMethod=CHAP | 0201",
        "0 | InitiatorName=iqn.i;TargetName=iqn.t;AuthMethod=CHAP,None | 0000",
        "0 | InitiatorName=iqn.i;TargetName=iqn.t;InitialR2T=No | 0200",
        "0 | InitiatorName=iqn.i;InitiatorName=iqn.j;TargetName=iqn.t | 0200",
        "0 | rubbish | 0200",
      })
  void who_asks_for_what_decides_the_status(int tsih, String text, String expected) {
    LoginRequest pdu = request(0, 1, false, tsih, text.replace(';', '\0') + "\0");
    assertThat(status(machine.next(start(), new LoginEvent.Request(pdu)))).isEqualTo(expected);
  }

  @Test
  void a_full_node_takes_no_more_sessions() {
    LoginMachine full = new LoginMachine(new Node(true), TSIH, 32);
    assertThat(status(full.next(start(), event(1, 3, WHO)))).isEqualTo("0302");
  }

  @Test
  void a_newer_protocol_alone_is_not_supported() {
    LoginRequest newer =
        new LoginRequest(
            true,
            false,
            1,
            3,
            2,
            1,
            1,
            0,
            7,
            3,
            1000,
            0,
            Unpooled.copiedBuffer(WHO, StandardCharsets.UTF_8));
    assertThat(status(machine.next(start(), new LoginEvent.Request(newer)))).isEqualTo("0205");
  }

  @Test
  void what_identifies_a_login_stays_the_same_in_all_its_requests() {
    LoginState state = in(Stage.SECURITY);
    List<LoginRequest> others = new ArrayList<>();
    others.add(other(2, 0, 7, 3, 1000));
    others.add(other(1, 4, 7, 3, 1000));
    others.add(other(1, 0, 8, 3, 1000));
    others.add(other(1, 0, 7, 4, 1000));
    others.add(other(1, 0, 7, 3, 1001));
    for (LoginRequest pdu : others) {
      assertThat(status(machine.next(state, new LoginEvent.Request(pdu)))).isEqualTo("0200");
    }
    LoginEvent same = new LoginEvent.Request(other(1, 0, 7, 3, 1000));
    assertThat(status(machine.next(state, same))).isEqualTo("0000");
  }

  private static LoginRequest other(long isid, int tsih, int tag, int cid, int cmdSN) {
    return new LoginRequest(
        true, false, 0, 1, 0, 0, isid, tsih, tag, cid, cmdSN, 0, Unpooled.EMPTY_BUFFER);
  }

  @Test
  void the_first_answer_names_the_portal_group_and_the_first_operational_one_the_segment_length() {
    LoginMachine.Step security = machine.next(start(), event(0, 1, WHO + "AuthMethod=None\0"));
    assertThat(text(security)).isEqualTo("AuthMethod=None TargetPortalGroupTag=1");
    LoginMachine.Step operational =
        machine.next(security.state(), event(1, 3, "ErrorRecoveryLevel=2\0"));
    assertThat(text(operational))
        .isEqualTo("ErrorRecoveryLevel=0 MaxRecvDataSegmentLength=1048576");
    LoginResult result = ((LoginAction.Establish) operational.actions().getFirst()).result();
    assertThat(result.nextCmdSN()).isEqualTo(1000);
    assertThat(result.nextStatSN()).isEqualTo(12);
    assertThat(result.parameters().receiveSegmentLength()).isEqualTo(1 << 20);
    assertThat(result.parameters().sendSegmentLength()).isEqualTo(8192);
    assertThat(sent(operational).numbers().maxCmdSN()).isEqualTo(1031);
  }

  @Test
  void without_an_operational_stage_the_segment_length_is_the_standards() {
    LoginMachine.Step step = machine.next(start(), event(0, 3, WHO));
    LoginResult result = ((LoginAction.Establish) step.actions().getFirst()).result();
    assertThat(result.parameters().receiveSegmentLength()).isEqualTo(8192);
  }

  @Test
  void text_may_come_in_pieces_and_is_answered_when_it_is_whole() {
    LoginState state = start();
    for (String piece : List.of("Initiator", "Name=iqn.i\0Target", "Name=iq")) {
      LoginMachine.Step step =
          machine.next(state, new LoginEvent.Request(request(1, -1, true, 0, piece)));
      assertThat(text(step)).isEmpty();
      assertThat(sent(step).transit()).isFalse();
      state = step.state();
    }
    LoginMachine.Step last = machine.next(state, event(1, 3, "n.t\0"));
    assertThat(last.state().stage()).isEqualTo(Stage.FULL_FEATURE);
  }

  @Test
  void a_request_that_continues_and_transits_contradicts_itself() {
    LoginEvent both = new LoginEvent.Request(request(1, 3, true, 0, WHO));
    assertThat(status(machine.next(start(), both))).isEqualTo("0200");
  }

  @Test
  void text_without_end_is_refused() {
    LoginState state = start();
    LoginMachine.Step step = new LoginMachine.Step(state, List.of());
    String piece = "X-" + "a".repeat(8000);
    for (int i = 0; i < 10 && step.state().stage() != Stage.ENDED; i++) {
      LoginEvent more = new LoginEvent.Request(request(1, -1, true, 0, piece));
      step = machine.next(step.state(), more);
    }
    assertThat(status(step)).isEqualTo("0302");
  }

  @Test
  void requests_without_end_are_refused() {
    LoginMachine.Step step = new LoginMachine.Step(in(Stage.OPERATIONAL), List.of());
    int requests = 1;
    while (step.state().stage() != Stage.ENDED) {
      step = machine.next(step.state(), event(1, -1, ""));
      requests++;
    }
    assertThat(requests).isEqualTo(LoginMachine.MAX_REQUESTS + 1);
  }

  @Test
  void an_answer_too_long_for_one_pdu_goes_on_in_the_next_and_the_stage_waits_for_its_end() {
    StringBuilder keys = new StringBuilder(WHO);
    for (int i = 0; i < 1200; i++) {
      keys.append("X-").append(i).append("=\0");
    }
    LoginMachine.Step step =
        machine.next(start(), new LoginEvent.Request(request(1, 3, false, 0, keys.toString())));
    StringBuilder said = new StringBuilder();
    int responses = 1;
    while (sent(step).continues()) {
      assertThat(sent(step).transit()).isFalse();
      assertThat(sent(step).data().readableBytes()).isEqualTo(8192);
      said.append(sent(step).data().toString(StandardCharsets.UTF_8));
      step = machine.next(step.state(), event(1, 3, ""));
      responses++;
    }
    said.append(sent(step).data().toString(StandardCharsets.UTF_8));
    assertThat(responses).isEqualTo(3);
    assertThat(TextPairs.parse(said.toString()).orElseThrow()).hasSize(1202);
    assertThat(step.state().stage()).isEqualTo(Stage.FULL_FEATURE);
  }
}
