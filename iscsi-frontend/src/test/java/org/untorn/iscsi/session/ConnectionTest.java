package org.untorn.iscsi.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.untorn.iscsi.session.MemoryTarget.HELD;
import static org.untorn.iscsi.session.MemoryTarget.READ_10;
import static org.untorn.iscsi.session.MemoryTarget.cdb;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.untorn.iscsi.login.LocalParameters;
import org.untorn.iscsi.pdu.AsyncMessage;
import org.untorn.iscsi.pdu.DataIn;
import org.untorn.iscsi.pdu.LoginResponse;
import org.untorn.iscsi.pdu.LogoutRequest;
import org.untorn.iscsi.pdu.LogoutResponse;
import org.untorn.iscsi.pdu.NopIn;
import org.untorn.iscsi.pdu.NopOut;
import org.untorn.iscsi.pdu.Pdu;
import org.untorn.iscsi.pdu.Reject;
import org.untorn.iscsi.pdu.ScsiResponse;
import org.untorn.iscsi.pdu.TextRequest;
import org.untorn.iscsi.pdu.TextResponse;
import org.untorn.iscsi.pdu.Wire;

/** A connection from its acceptance to its end: login, silence, full buffers, discovery. */
class ConnectionTest {

  private static final ConnectionOptions PINGING =
      new ConnectionOptions(
          LocalParameters.DEFAULT,
          4,
          Duration.ofSeconds(15),
          Duration.ofSeconds(30),
          Duration.ofSeconds(10));

  private static Harness pinging() {
    return new Harness(PINGING, new DataBudget(1 << 20, 1 << 20));
  }

  private static void pass(Harness harness, int seconds) {
    harness.channel.advanceTimeBy(seconds, TimeUnit.SECONDS);
    harness.channel.runScheduledPendingTasks();
    harness.collect();
  }

  @Test
  void a_login_that_takes_too_long_is_closed() {
    try (Harness harness = pinging()) {
      harness.send(
          Harness.loginRequest(false, 1, 0, "InitiatorName=iqn.slow\0TargetName=" + Harness.NAME));
      assertThat(harness.expect(LoginResponse.class).statusClass()).isZero();
      pass(harness, 14);
      assertThat(harness.channel.isActive()).isTrue();
      pass(harness, 2);
      assertThat(harness.channel.isActive()).isFalse();
    }
  }

  @Test
  void what_is_no_login_is_closed_at_once_before_the_login_and_refused_in_it() {
    try (Harness harness = pinging()) {
      harness.send(harness.command(1, cdb(READ_10, 0, 1), 512, true, false));
      harness.expectNothing();
      assertThat(harness.channel.isActive()).isFalse();
    }
    try (Harness harness = pinging()) {
      harness.send(
          Harness.loginRequest(false, 1, 0, "InitiatorName=iqn.i\0TargetName=" + Harness.NAME));
      harness.expect(LoginResponse.class);
      harness.send(harness.command(1, cdb(READ_10, 0, 1), 512, true, false));
      LoginResponse refusal = harness.expect(LoginResponse.class);
      assertThat(refusal.statusClass()).isEqualTo(2);
      assertThat(refusal.statusDetail()).isEqualTo(0x0B);
      assertThat(harness.channel.isActive()).isFalse();
    }
  }

  @Test
  void before_the_login_no_data_segment_beyond_8192_bytes_is_taken() {
    try (Harness harness = pinging()) {
      ByteBuf login = Wire.encode(false, false, List.of(Harness.loginRequest(true, 1, 3, "a=b")));
      login.setMedium(5, 8193);
      harness.sendBytes(login);
      harness.expectNothing();
      assertThat(harness.channel.isActive()).isFalse();
    }
  }

  @Test
  void a_silent_initiator_is_pinged_and_lives_if_it_answers() {
    try (Harness harness = pinging()) {
      harness.login();
      pass(harness, 29);
      harness.expectNothing();
      pass(harness, 2);
      NopIn ping = harness.expect(NopIn.class);
      assertThat(ping.initiatorTaskTag()).isEqualTo(Pdu.RESERVED_TAG);
      assertThat(ping.numbers().statSN()).isEqualTo(2);
      harness.send(
          new NopOut(
              true, 0, Pdu.RESERVED_TAG, ping.targetTransferTag(), 1, 0, Unpooled.EMPTY_BUFFER));
      pass(harness, 15);
      assertThat(harness.channel.isActive()).isTrue();
      pass(harness, 20);
      assertThat(harness.expect(NopIn.class).numbers().statSN()).isEqualTo(2);
    }
  }

  @Test
  void an_initiator_that_does_not_answer_loses_its_session() {
    try (Harness harness = pinging()) {
      harness.login();
      harness.send(harness.command(1, cdb(HELD, 0, 0), 0, false, false));
      pass(harness, 31);
      harness.expect(NopIn.class);
      pass(harness, 11);
      assertThat(harness.channel.isActive()).isFalse();
      assertThat(harness.target.events.getLast()).startsWith("lost");
    }
  }

  @Test
  void while_the_outbound_side_is_full_nothing_is_read_and_no_command_started() {
    try (Harness harness = new Harness(ConnectionOptions.DEFAULT, new DataBudget(1, 1))) {
      harness.login("MaxRecvDataSegmentLength=65536");
      harness.channel.config().setWriteBufferWaterMark(new WriteBufferWaterMark(1024, 2048));
      Pdu[] reads = new Pdu[20];
      for (int i = 0; i < reads.length; i++) {
        reads[i] = harness.command(i, cdb(READ_10, 0, 8), 4096, true, false);
      }
      int[] started = {0};
      harness.channel.pipeline().addFirst(new CountingFlushes(harness, started));
      harness.send(reads);
      assertThat(started[0]).isEqualTo(1);
      for (int i = 0; i < reads.length; i++) {
        assertThat(harness.expect(DataIn.class).initiatorTaskTag()).isEqualTo(i);
      }
      assertThat(harness.channel.config().isAutoRead()).isTrue();
    }
  }

  /** Notes how many commands had been started at the first flush. */
  private static final class CountingFlushes extends ChannelOutboundHandlerAdapter {
    private final Harness harness;
    private final int[] started;
    private boolean seen;

    CountingFlushes(Harness harness, int[] started) {
      this.harness = harness;
      this.started = started;
    }

    @Override
    public void flush(ChannelHandlerContext ctx) {
      if (!seen) {
        seen = true;
        started[0] = (int) harness.registry.sessions().getFirst().counters().commands();
      }
      ctx.flush();
    }
  }

  @Test
  void an_end_that_is_announced_comes_with_an_asynchronous_message() {
    try (Harness harness = Harness.loggedIn()) {
      harness.connection.announceAndDrop();
      harness.collect();
      AsyncMessage message = harness.expect(AsyncMessage.class);
      assertThat(message.asyncEvent()).isEqualTo(AsyncMessage.ALL_CONNECTIONS_WILL_BE_DROPPED);
      assertThat(harness.channel.isActive()).isFalse();
    }
  }

  @Test
  void a_discovery_session_takes_text_and_logout_and_nothing_else() {
    try (Harness harness = pinging()) {
      harness.send(
          Harness.loginRequest(true, 1, 3, "InitiatorName=iqn.i\0SessionType=Discovery\0"));
      assertThat(harness.expect(LoginResponse.class).statusClass()).isZero();
      assertThat(harness.target.events).isEmpty();
      harness.send(harness.command(1, cdb(READ_10, 0, 1), 512, true, false));
      assertThat(harness.expect(Reject.class).reason()).isEqualTo(Reject.Reason.PROTOCOL_ERROR);
      assertThat(text(harness, 1, "SendTargets=All\0"))
          .isEqualTo("TargetName=" + Harness.NAME + "\0");
      assertThat(text(harness, 2, "SendTargets=" + Harness.NAME + "\0"))
          .isEqualTo("TargetName=" + Harness.NAME + "\0");
      assertThat(text(harness, 3, "SendTargets=\0")).isEqualTo("SendTargets=Reject\0");
      harness.send(new LogoutRequest(false, 0, 9, 0, 4, 0));
      assertThat(harness.expect(LogoutResponse.class).response()).isZero();
      assertThat(harness.channel.isActive()).isFalse();
    }
  }

  private static String text(Harness harness, int cmdSN, String text) {
    harness.send(
        new TextRequest(
            false,
            true,
            false,
            0,
            3,
            Pdu.RESERVED_TAG,
            cmdSN,
            0,
            Unpooled.copiedBuffer(text, StandardCharsets.UTF_8)));
    return harness.expect(TextResponse.class).data().toString(StandardCharsets.UTF_8);
  }

  @Test
  void text_goes_on_in_further_pdus_both_ways() {
    try (Harness harness = Harness.loggedIn("MaxRecvDataSegmentLength=512")) {
      StringBuilder keys = new StringBuilder();
      for (int i = 0; i < 60; i++) {
        keys.append("X-").append(i).append("=1\0");
      }
      String all = keys.toString();
      harness.send(part(harness, Pdu.RESERVED_TAG, all.substring(0, 100), true));
      TextResponse more = harness.expect(TextResponse.class);
      assertThat(more.isFinal()).isFalse();
      assertThat(more.data().isReadable()).isFalse();
      harness.send(part(harness, more.targetTransferTag(), all.substring(100), false));
      StringBuilder said = new StringBuilder();
      TextResponse response = harness.expect(TextResponse.class);
      while (!response.isFinal()) {
        assertThat(response.continues()).isTrue();
        said.append(response.data().toString(StandardCharsets.UTF_8));
        harness.send(part(harness, response.targetTransferTag(), "", false));
        response = harness.expect(TextResponse.class);
      }
      said.append(response.data().toString(StandardCharsets.UTF_8));
      assertThat(said.toString()).isEqualTo(all.replace("=1\0", "=NotUnderstood\0"));
    }
  }

  private static TextRequest part(
      Harness harness, int transferTag, String text, boolean continues) {
    return new TextRequest(
        false,
        !continues,
        continues,
        0,
        3,
        transferTag,
        harness.nextCmdSN(),
        0,
        Unpooled.copiedBuffer(text, StandardCharsets.UTF_8));
  }

  @Test
  void a_login_with_a_known_port_ends_the_old_session_first() {
    try (Harness harness = Harness.loggedIn()) {
      harness.send(harness.command(1, cdb(HELD, 0, 0), 0, false, false));
      assertThat(harness.registry.sessions()).hasSize(1);
      harness.send(harness.command(2, cdb(MemoryTarget.TEST_UNIT_READY, 0, 0), 0, false, false));
      harness.expect(ScsiResponse.class);
      EmbeddedChannel second = new EmbeddedChannel();
      Connection newer =
          Connection.accept(
                  second,
                  new PortalGroup(harness.registry, 1, ConnectionOptions.DEFAULT, harness.budget))
              .orElseThrow();
      second.writeInbound(
          Wire.encode(
              false,
              false,
              List.of(
                  Harness.loginRequest(
                      true,
                      1,
                      3,
                      "InitiatorName="
                          + Harness.INITIATOR
                          + "\0TargetName="
                          + Harness.NAME
                          + "\0"))));
      assertThat(newer.info()).isEmpty();
      harness.collect();
      second.runPendingTasks();
      assertThat(newer.info()).isPresent();
      assertThat(harness.channel.isActive()).isFalse();
      assertThat(
              harness.target.events.stream().map(event -> event.substring(0, event.indexOf(' '))))
          .containsExactly("established", "lost", "established");
      second.finishAndReleaseAll();
      assertThat(harness.registry.sessions()).isEmpty();
    }
  }
}
