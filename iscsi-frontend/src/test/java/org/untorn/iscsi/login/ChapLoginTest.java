package org.untorn.iscsi.login;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.untorn.iscsi.auth.Authentication;
import org.untorn.iscsi.auth.BinaryValue;
import org.untorn.iscsi.auth.Challenge;
import org.untorn.iscsi.auth.ChapAlgorithm;
import org.untorn.iscsi.auth.Credential;
import org.untorn.iscsi.auth.Secret;
import org.untorn.iscsi.login.LoginState.Stage;
import org.untorn.iscsi.pdu.LoginRequest;
import org.untorn.iscsi.pdu.LoginResponse;

/** Every step of CHAP, every wrong one, and what each is answered (RFC 7143 12.1.3, 9.2.1). */
class ChapLoginTest {

  private static final String WHO = "InitiatorName=iqn.i;TargetName=iqn.t;";
  private static final Secret SECRET = secret("correct-horse-battery");
  private static final Secret OWN = secret("the-secret-of-the-target");
  private static final Challenge CHALLENGE = Challenge.of(new Random(42));

  private final Node node = new Node();
  private LoginState state = LoginState.start(LocalParameters.DEFAULT, 1);
  private List<LoginAction> actions = List.of();

  private static Secret secret(String text) {
    return Secret.of(text.getBytes(StandardCharsets.UTF_8)).orElseThrow();
  }

  /** One target, which wants CHAP of everybody but iqn.denied. */
  private static final class Node implements Directory {
    private Authentication authentication =
        new Authentication.Chap(
            Map.of("db", SECRET),
            Optional.of(new Credential("disk0", OWN)),
            EnumSet.allOf(ChapAlgorithm.class));

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
      return initiator.name().equals("iqn.denied")
          ? new Access.Denied()
          : Access.Granted.to(targetName.isEmpty() ? new Authentication.None() : authentication);
    }

    @Override
    public Challenge freshChallenge() {
      return CHALLENGE;
    }

    @Override
    public boolean sessionExists(String initiator, long isid, String target, int tsih) {
      return false;
    }

    @Override
    public boolean isFull() {
      return false;
    }
  }

  /** Sends a text in the security stage, wanting to go on, and gives the answer or the status. */
  private String say(String text) {
    return say(0, 1, text);
  }

  private String say(int from, int to, String text) {
    LoginRequest pdu =
        new LoginRequest(
            to >= 0,
            false,
            from,
            Math.max(to, 0),
            0,
            0,
            1,
            0,
            7,
            3,
            1000,
            0,
            Unpooled.copiedBuffer(text.replace(';', '\0'), StandardCharsets.UTF_8));
    LoginMachine.Step step =
        new LoginMachine(node, 321, 32).next(state, new LoginEvent.Request(pdu));
    state = step.state();
    actions = step.actions();
    LoginResponse response =
        switch (actions.getFirst()) {
          case LoginAction.Send(LoginResponse sent) -> sent;
          case LoginAction.Establish(LoginResult _, LoginResponse sent) -> sent;
          case LoginAction.Close _ -> throw new AssertionError("nothing was sent");
        };
    int status = response.statusClass() << 8 | response.statusDetail();
    return status == 0
        ? response.data().toString(StandardCharsets.UTF_8).replace('\0', ' ').strip()
        : "%04x".formatted(status);
  }

  private String why() {
    return ((LoginAction.Close) actions.getLast()).why();
  }

  private static String response(ChapAlgorithm algorithm, Secret secret) {
    return BinaryValue.format(
        algorithm.response(CHALLENGE.identifier(), secret, CHALLENGE.bytes(algorithm)));
  }

  /** Up to the challenge. */
  private void challenged(ChapAlgorithm algorithm) {
    assertThat(say(WHO + "AuthMethod=CHAP,None;"))
        .isEqualTo("AuthMethod=CHAP TargetPortalGroupTag=1");
    assertThat(state.stage()).isEqualTo(Stage.SECURITY);
    assertThat(say("CHAP_A=" + algorithm.number() + ";"))
        .isEqualTo(
            "CHAP_A=%d CHAP_I=%d CHAP_C=%s"
                .formatted(
                    algorithm.number(),
                    CHALLENGE.identifier(),
                    BinaryValue.format(CHALLENGE.bytes(algorithm))));
    assertThat(state.stage()).isEqualTo(Stage.SECURITY);
  }

  @ParameterizedTest
  @EnumSource(ChapAlgorithm.class)
  void who_knows_the_secret_goes_on(ChapAlgorithm algorithm) {
    challenged(algorithm);
    assertThat(say("CHAP_N=db;CHAP_R=" + response(algorithm, SECRET) + ";")).isEmpty();
    assertThat(state.stage()).isEqualTo(Stage.OPERATIONAL);
    assertThat(say(1, 3, "")).contains("MaxRecvDataSegmentLength");
    assertThat(state.stage()).isEqualTo(Stage.FULL_FEATURE);
    assertThat(state.negotiation().results().toString()).doesNotContain("CHAP_");
  }

  @ParameterizedTest
  @EnumSource(ChapAlgorithm.class)
  void the_target_proves_itself_to_who_has_proven_itself(ChapAlgorithm algorithm) {
    challenged(algorithm);
    String said =
        say(
            "CHAP_N=db;CHAP_R="
                + response(algorithm, SECRET)
                + ";CHAP_I=0x11;CHAP_C=0b"
                + Base64.getEncoder().encodeToString(new byte[] {1, 2, 3})
                + ";");
    byte[] expected = algorithm.response(0x11, OWN, new byte[] {1, 2, 3});
    assertThat(said).isEqualTo("CHAP_N=disk0 CHAP_R=" + BinaryValue.format(expected));
    assertThat(state.stage()).isEqualTo(Stage.OPERATIONAL);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "8,7,6,5 | CHAP_A=8",
        "5,8 | CHAP_A=5",
        "1,99,0x7 | CHAP_A=7",
        "X-own,5 | CHAP_A=5",
        "56 | 0201",
        "5x | 0201",
        "'' | 0201",
        "4 | 0201",
      })
  void the_first_algorithm_that_is_accepted_is_taken(String offer, String expected) {
    say(WHO + "AuthMethod=CHAP;");
    assertThat(say("CHAP_A=" + offer + ";")).startsWith(expected);
  }

  @Test
  void an_algorithm_that_was_switched_off_is_not_taken() {
    node.authentication =
        new Authentication.Chap(
            Map.of("db", SECRET), Optional.empty(), EnumSet.of(ChapAlgorithm.SHA3_256));
    say(WHO + "AuthMethod=CHAP;");
    assertThat(say("CHAP_A=5,6,7;")).isEqualTo("0201");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "CHAP_N=db;CHAP_R=WRONG; | 0201 | wrong response",
        "CHAP_N=DB;CHAP_R=RIGHT; | 0201 | 'DB' is not one",
        "CHAP_N=0x6462;CHAP_R=RIGHT; | 0201 | is not one",
        "CHAP_N=root;CHAP_R=RIGHT; | 0201 | 'root' is not one",
        "CHAP_N=db;CHAP_R=0x00; | 0201 | wrong response",
        "CHAP_N=db; | 0207 | CHAP_R is missing",
        "CHAP_R=RIGHT; | 0207 | CHAP_N is missing",
        "CHAP_N=db;CHAP_R=RIGHT;CHAP_I=1; | 0207 | CHAP_C is missing",
        "CHAP_N=db;CHAP_R=RIGHT;CHAP_C=0x01; | 0207 | CHAP_I is missing",
        "'' | 0207 | missing",
        "CHAP_N=;CHAP_R=RIGHT; | 0200 | CHAP_N has no legal value",
        "CHAP_N=db;CHAP_R=xyz; | 0200 | CHAP_R has no legal value",
        "CHAP_N=db;CHAP_R=LONG; | 0200 | CHAP_R has no legal value",
        "CHAP_N=db;CHAP_R=RIGHT;CHAP_I=256;CHAP_C=0x01; | 0200 | CHAP_I has no legal value",
        "CHAP_N=db;CHAP_R=RIGHT;CHAP_I=1;CHAP_C=LONG; | 0200 | CHAP_C has no legal value",
        "CHAP_N=db;CHAP_R=RIGHT;CHAP_I=1;CHAP_C=SAME; | 0201 | own challenge back",
        "CHAP_N=db;CHAP_R=WRONG;CHAP_I=1;CHAP_C=0x01; | 0201 | wrong response",
        "CHAP_N=db;CHAP_N=db;CHAP_R=RIGHT; | 0200 | CHAP_N came twice",
        "CHAP_A=5;CHAP_N=db;CHAP_R=RIGHT; | 0200 | CHAP_A came after",
        "AuthMethod=None; | 0200 | AuthMethod came twice",
        "CHAP_N=db;CHAP_R=RIGHT;InitialR2T=No; | 0200 | does not belong",
        "SessionType=Discovery; | 0200 | after the first text",
      })
  void a_wrong_answer_to_the_challenge_is_refused_and_the_log_says_why(
      String text, String status, String why) {
    challenged(ChapAlgorithm.SHA256);
    String right = response(ChapAlgorithm.SHA256, SECRET);
    String said =
        text.replace("RIGHT", right)
            .replace("WRONG", response(ChapAlgorithm.SHA256, OWN))
            .replace("LONG", "0x" + "00".repeat(1025))
            .replace("SAME", BinaryValue.format(CHALLENGE.bytes(ChapAlgorithm.SHA256)));
    assertThat(say(said)).isEqualTo(status);
    assertThat(state.stage()).isEqualTo(Stage.ENDED);
    assertThat(why())
        .startsWith("iqn.i may not log in")
        .contains(why, status)
        .doesNotContain("correct-horse", right, "the-secret")
        .doesNotContain("\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0 | 1 | AuthMethod=None; | 0201",
        "0 | 1 | '' | 0201",
        "0 | 3 | '' | 0201",
        "1 | 3 | '' | 0201",
        "1 | -1 | '' | 0201",
        "0 | 1 | AuthMethod=SRP,KRB5; | 0201",
        "0 | 1 | AuthMethod=CHAP;CHAP_A=5; | 0200",
        "0 | 1 | CHAP_A=5; | 0200",
        "1 | 3 | CHAP_N=db; | 0201",
      })
  void nobody_gets_past_chap_by_not_talking_of_it(int from, int to, String text, String status) {
    assertThat(say(from, to, WHO + text)).isEqualTo(status);
  }

  @Test
  void who_takes_its_time_is_waited_for() {
    assertThat(say(0, -1, WHO)).isEqualTo("TargetPortalGroupTag=1");
    assertThat(say(0, -1, "AuthMethod=CHAP;")).isEqualTo("AuthMethod=CHAP");
    assertThat(say(0, -1, "")).isEmpty();
    assertThat(say(0, -1, "CHAP_A=5;")).startsWith("CHAP_A=5");
    String proof = "CHAP_N=db;CHAP_R=" + response(ChapAlgorithm.MD5, SECRET) + ";";
    assertThat(say(0, -1, proof)).isEmpty();
    assertThat(state.stage()).isEqualTo(Stage.SECURITY);
    assertThat(say(0, -1, "CHAP_A=5;")).isEqualTo("0200");
  }

  @Test
  void a_target_without_a_secret_of_its_own_cannot_prove_itself() {
    node.authentication = Authentication.Chap.of(Map.of("db", SECRET));
    challenged(ChapAlgorithm.MD5);
    String proof = "CHAP_N=db;CHAP_R=" + response(ChapAlgorithm.MD5, SECRET);
    assertThat(say(proof + ";CHAP_I=1;CHAP_C=0x01;")).isEqualTo("0201");
    assertThat(why()).contains("wants the target to prove itself");
  }

  @Test
  void who_is_not_let_in_is_told_so_before_anything_is_proven() {
    assertThat(say("InitiatorName=iqn.denied;TargetName=iqn.t;AuthMethod=CHAP;")).isEqualTo("0202");
  }

  @Test
  void a_discovery_session_has_rules_of_its_own_and_cannot_become_another() {
    String discovery = "InitiatorName=iqn.i;SessionType=Discovery;";
    assertThat(say(0, -1, discovery + "AuthMethod=CHAP,None;")).isEqualTo("AuthMethod=None");
    assertThat(say(0, 1, "SessionType=Normal;")).isEqualTo("0200");
    state = LoginState.start(LocalParameters.DEFAULT, 1);
    assertThat(say(0, -1, discovery)).isEmpty();
    assertThat(say(0, 1, "TargetName=iqn.t;")).isEqualTo("0200");
  }

  @Test
  void what_an_initiator_calls_itself_cannot_write_lines_into_the_log() {
    assertThat(say("InitiatorName=iqn.evil\nERROR all is lost\u001b[2J;TargetName=iqn.t;"))
        .isEqualTo("0201");
    assertThat(why()).startsWith("iqn.evil?ERROR all is lost?[2J may not").doesNotContain("\n");
  }
}
