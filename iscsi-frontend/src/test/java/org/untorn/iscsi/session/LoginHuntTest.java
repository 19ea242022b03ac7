package org.untorn.iscsi.session;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.slf4j.LoggerFactory;
import org.untorn.iscsi.auth.Authentication;
import org.untorn.iscsi.auth.ChapAlgorithm;
import org.untorn.iscsi.auth.Credential;
import org.untorn.iscsi.auth.Secret;
import org.untorn.iscsi.login.Access;
import org.untorn.iscsi.login.AccessControl;
import org.untorn.iscsi.pdu.LoginRequest;
import org.untorn.iscsi.pdu.LoginResponse;
import org.untorn.iscsi.pdu.TargetPdu;

/**
 * A login under inputs that Jazzer finds by the coverage they gain, and under all that it ever
 * found something with. A target that wants CHAP: whoever does not know the secret stays outside,
 * whatever is said, and leaves nothing behind. Form of an input: {@link LoginScript}.
 */
class LoginHuntTest {

  private static final AccessControl GUARDED =
      new AccessControl() {
        @Override
        public Access toTarget(String targetName, Initiator initiator) {
          return chap();
        }

        @Override
        public Access toDiscovery(Initiator initiator) {
          return chap();
        }
      };

  private static Access chap() {
    return Access.Granted.to(
        new Authentication.Chap(
            Map.of("db", secret("correct-horse-battery")),
            Optional.of(new Credential("disk0", secret("the-secret-of-the-target"))),
            EnumSet.allOf(ChapAlgorithm.class)));
  }

  private static Secret secret(String text) {
    return Secret.of(text.getBytes(StandardCharsets.UTF_8)).orElseThrow();
  }

  /** Each refusal is a line in the log: thousands of them are no news. */
  @BeforeAll
  static void say_only_what_is_a_bug() {
    ((Logger) LoggerFactory.getLogger(Connection.class)).setLevel(Level.ERROR);
  }

  @AfterAll
  static void say_everything() {
    ((Logger) LoggerFactory.getLogger(Connection.class)).setLevel(null);
  }

  @FuzzTest(maxDuration = "1m")
  void nobody_gets_in_who_does_not_know_the_secret(byte[] input) {
    try (Harness harness = new Harness(GUARDED)) {
      List<LoginRequest> script = LoginScript.requests(input);
      for (int i = 0; i < script.size() && harness.channel.isActive(); i++) {
        harness.send(script.get(i));
        harness.takeAll().forEach(LoginHuntTest::doesNotLetIn);
      }
    }
  }

  private static void doesNotLetIn(TargetPdu pdu) {
    if (pdu instanceof LoginResponse answer) {
      assertThat(answer.statusClass() == 0 && answer.transit() && answer.nextStage() == 3)
          .as("it let somebody in")
          .isFalse();
    }
    pdu.release();
  }
}
