package org.untorn.iscsi.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.untorn.iscsi.pdu.Wire;

/** Session reinstatement when initiators are in a hurry (RFC 7143 6.3.5). */
class ReinstatementTest {

  private static Connection login(Harness harness, EmbeddedChannel channel) {
    Connection connection =
        Connection.accept(
                channel,
                new PortalGroup(harness.registry, 1, ConnectionOptions.DEFAULT, harness.budget))
            .orElseThrow();
    String text = "InitiatorName=" + Harness.INITIATOR + "\0TargetName=" + Harness.NAME + "\0";
    channel.writeInbound(
        Wire.encode(false, false, List.of(Harness.loginRequest(true, 1, 3, text))));
    return connection;
  }

  @Test
  void a_third_login_waits_for_the_first_session_too() {
    try (Harness harness = Harness.loggedIn()) {
      EmbeddedChannel second = new EmbeddedChannel();
      EmbeddedChannel third = new EmbeddedChannel();
      login(harness, second);
      Connection newest = login(harness, third);
      second.runPendingTasks();
      assertThat(second.isActive()).isFalse();
      third.runPendingTasks();
      assertThat(newest.info()).isEmpty();
      harness.collect();
      third.runPendingTasks();
      assertThat(newest.info()).isPresent();
      assertThat(
              harness.target.events.stream().map(event -> event.substring(0, event.indexOf(' '))))
          .containsExactly("established", "lost", "established");
      third.finishAndReleaseAll();
      second.finishAndReleaseAll();
    }
  }

  @Test
  void a_third_login_waits_for_the_first_session_though_the_second_is_gone() {
    try (Harness harness = Harness.loggedIn()) {
      EmbeddedChannel second = new EmbeddedChannel();
      EmbeddedChannel third = new EmbeddedChannel();
      login(harness, second);
      second.finishAndReleaseAll();
      Connection newest = login(harness, third);
      third.runPendingTasks();
      assertThat(newest.info()).isEmpty();
      harness.collect();
      third.runPendingTasks();
      assertThat(newest.info()).isPresent();
      third.finishAndReleaseAll();
    }
  }
}
