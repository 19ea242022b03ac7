package org.untorn.iscsi.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.untorn.iscsi.pdu.LoginResponse;
import org.untorn.iscsi.pdu.LogoutRequest;
import org.untorn.iscsi.session.KeepAlive.Verdict;

/** Initiators that say nothing, or take nothing. */
class SilenceTest {

  private static void pass(Harness harness, int seconds) {
    harness.channel.advanceTimeBy(seconds, TimeUnit.SECONDS);
    harness.channel.runScheduledPendingTasks();
    harness.collect();
  }

  /** Lets nothing out, as a peer does that does not read. */
  private static final class Plug extends ChannelOutboundHandlerAdapter {
    @Override
    public void flush(ChannelHandlerContext ctx) {}
  }

  @Test
  void a_last_pdu_that_is_not_taken_does_not_keep_the_connection() {
    try (Harness harness = Harness.loggedIn()) {
      harness.channel.pipeline().addFirst(new Plug());
      harness.send(new LogoutRequest(false, 0, 1, 5, harness.nextCmdSN(), 0));
      pass(harness, 9);
      assertThat(harness.channel.isActive()).isTrue();
      pass(harness, 2);
      assertThat(harness.channel.isActive()).isFalse();
    }
  }

  @Test
  void a_discovery_session_that_says_nothing_ends_without_a_ping() {
    try (Harness harness = new Harness()) {
      harness.send(
          Harness.loginRequest(true, 1, 3, "InitiatorName=iqn.i\0SessionType=Discovery\0"));
      assertThat(harness.expect(LoginResponse.class).statusClass()).isZero();
      pass(harness, 31);
      harness.expectNothing();
      assertThat(harness.channel.isActive()).isTrue();
      pass(harness, 31);
      harness.expectNothing();
      assertThat(harness.channel.isActive()).isFalse();
    }
  }

  @Test
  void an_initiator_that_takes_data_slowly_is_alive_and_one_that_takes_none_is_not() {
    KeepAlive clock = new KeepAlive(Duration.ofNanos(30), Duration.ofNanos(10), 0);
    clock.outbound(1000, 30);
    assertThat(clock.check(30)).isEqualTo(Verdict.PING);
    clock.outbound(999, 40);
    assertThat(clock.check(40)).isEqualTo(Verdict.WAIT);
    assertThat(clock.nextCheck(40)).isEqualTo(30);
    clock.outbound(999, 70);
    assertThat(clock.check(70)).isEqualTo(Verdict.PING);
    clock.outbound(1200, 80);
    assertThat(clock.check(80)).isEqualTo(Verdict.GIVE_UP);
  }
}
