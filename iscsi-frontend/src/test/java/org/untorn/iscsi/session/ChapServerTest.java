package org.untorn.iscsi.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;
import org.untorn.iscsi.IscsiOptions;
import org.untorn.iscsi.IscsiServer;
import org.untorn.iscsi.Limits;
import org.untorn.iscsi.auth.Authentication;
import org.untorn.iscsi.auth.ChapAlgorithm;
import org.untorn.iscsi.auth.Credential;
import org.untorn.iscsi.auth.Secret;
import org.untorn.iscsi.initiator.ChapProof;
import org.untorn.iscsi.initiator.InitiatorException;
import org.untorn.iscsi.initiator.InitiatorSession;
import org.untorn.iscsi.initiator.LoginOptions;
import org.untorn.iscsi.initiator.RawConnection;
import org.untorn.iscsi.login.Access;
import org.untorn.iscsi.login.AccessControl;

/** CHAP over a socket, with our initiator on the other side. */
class ChapServerTest {

  private static final String TARGET = "iqn.2026-11.org.untorn:guarded";
  private static final Credential USER = credential("db", "correct-horse-battery");
  private static final Credential OWN = credential("disk0", "the-secret-of-the-target");
  private static final Credential SCANNER = credential("scanner", "only-to-look-around");

  private final ListAppender<ILoggingEvent> log = new ListAppender<>();
  private IscsiServer server = start();

  private static Credential credential(String name, String secret) {
    return new Credential(name, Secret.of(secret.getBytes(StandardCharsets.UTF_8)).orElseThrow());
  }

  private static IscsiServer start() {
    AccessControl guarded =
        new AccessControl() {
          @Override
          public Access toTarget(String targetName, Initiator initiator) {
            return Access.Granted.to(
                new Authentication.Chap(
                    Map.of(USER.name(), USER.secret()),
                    Optional.of(OWN),
                    EnumSet.allOf(ChapAlgorithm.class)));
          }

          @Override
          public Access toDiscovery(Initiator initiator) {
            return Access.Granted.to(
                Authentication.Chap.of(Map.of(SCANNER.name(), SCANNER.secret())));
          }
        };
    InetSocketAddress anywhere = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    return IscsiServer.start(
        IscsiOptions.on(anywhere).with(guarded), Map.of(TARGET, new MemoryTarget(64)));
  }

  private static Logger logger() {
    return (Logger) LoggerFactory.getLogger(Connection.class);
  }

  @BeforeEach
  void listen() {
    log.start();
    logger().addAppender(log);
  }

  @AfterEach
  void close() {
    logger().detachAppender(log);
    server.close();
  }

  @ParameterizedTest
  @EnumSource(ChapAlgorithm.class)
  void both_sides_prove_who_they_are_by_every_algorithm(ChapAlgorithm algorithm) {
    ChapProof proof = ChapProof.of(USER).by(algorithm).mutual(OWN);
    try (InitiatorSession session =
        InitiatorSession.login(server.address(), LoginOptions.to(TARGET).with(proof))) {
      assertThat(session.ping(new byte[] {1})).hasSize(1);
    }
  }

  @Test
  void a_wrong_secret_is_refused_and_one_line_says_who_and_whence() {
    Credential wrong = credential("db", "a-secret-that-is-wrong");
    LoginOptions options = LoginOptions.to(TARGET).with(ChapProof.of(wrong));
    assertThatThrownBy(() -> InitiatorSession.login(server.address(), options))
        .isInstanceOf(InitiatorException.class)
        .hasMessageContaining("0201");
    assertThatThrownBy(() -> InitiatorSession.login(server.address(), LoginOptions.to(TARGET)))
        .hasMessageContaining("0201");
    assertThat(log.list).hasSize(2);
    assertThat(log.list.getFirst().getFormattedMessage())
        .contains("/127.0.0.1:", options.initiatorName(), "'db' gave a wrong response")
        .doesNotContain("a-secret-that-is-wrong", "correct-horse");
  }

  @Test
  void a_target_that_is_another_is_found_out() {
    ChapProof proof = ChapProof.of(USER).mutual(credential("disk0", "what-another-would-know"));
    assertThatThrownBy(
            () -> InitiatorSession.login(server.address(), LoginOptions.to(TARGET).with(proof)))
        .hasMessageContaining("could not prove");
  }

  @Test
  void who_is_wrong_too_often_is_not_listened_to_while_its_sessions_go_on() {
    LoginOptions right = LoginOptions.to(TARGET).with(ChapProof.of(USER));
    LoginOptions wrong =
        LoginOptions.to(TARGET).with(ChapProof.of(credential("db", "a-secret-that-is-wrong")));
    try (InitiatorSession session = InitiatorSession.login(server.address(), right)) {
      for (int i = 0; i < Limits.DEFAULT.wrongLogins(); i++) {
        assertThatThrownBy(() -> InitiatorSession.login(server.address(), wrong))
            .hasMessageContaining("0201");
      }
      try (RawConnection barred = RawConnection.open(server.address())) {
        assertThat(barred.awaitClosed(Duration.ofSeconds(10))).isTrue();
      }
      assertThat(session.ping(new byte[] {1})).hasSize(1);
    }
  }

  @Test
  void discovery_asks_for_a_user_of_its_own() {
    assertThatThrownBy(() -> InitiatorSession.discover(server.address()))
        .hasMessageContaining("0201");
    LoginOptions scanner = LoginOptions.discovery().with(ChapProof.of(SCANNER));
    try (InitiatorSession session = InitiatorSession.login(server.address(), scanner)) {
      assertThat(session.text("SendTargets=All\0").getFirst().value()).isEqualTo(TARGET);
    }
    LoginOptions user = LoginOptions.discovery().with(ChapProof.of(USER));
    assertThatThrownBy(() -> InitiatorSession.login(server.address(), user))
        .hasMessageContaining("0201");
    LoginOptions in = LoginOptions.to(TARGET).with(ChapProof.of(SCANNER));
    assertThatThrownBy(() -> InitiatorSession.login(server.address(), in))
        .hasMessageContaining("0201");
  }
}
