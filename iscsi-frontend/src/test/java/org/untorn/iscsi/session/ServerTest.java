package org.untorn.iscsi.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.untorn.iscsi.IscsiOptions;
import org.untorn.iscsi.IscsiServer;
import org.untorn.iscsi.Limits;
import org.untorn.iscsi.initiator.Command;
import org.untorn.iscsi.initiator.InitiatorException;
import org.untorn.iscsi.initiator.InitiatorSession;
import org.untorn.iscsi.initiator.LoginOptions;
import org.untorn.iscsi.initiator.RawConnection;
import org.untorn.iscsi.login.AccessControl;
import org.untorn.iscsi.login.TextKey;
import org.untorn.iscsi.login.TextPairs.Pair;
import org.untorn.iscsi.pdu.AsyncMessage;
import org.untorn.iscsi.pdu.LoginRequest;
import org.untorn.iscsi.pdu.LoginResponse;
import org.untorn.iscsi.pdu.Received;

/** The server as a whole: several targets and sessions, limits, the raw side of our initiator. */
class ServerTest {

  private static final String ONE = "iqn.2026-11.org.untorn:one";
  private static final String TWO = "iqn.2026-11.org.untorn:two";
  private static final Duration SOON = Duration.ofSeconds(10);

  private final List<AutoCloseable> opened = new ArrayList<>();
  private final MemoryTarget one = new MemoryTarget(64);
  private final MemoryTarget two = new MemoryTarget(64);

  private static IscsiOptions options() {
    return IscsiOptions.on(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  }

  private IscsiServer start(IscsiOptions options) {
    IscsiServer server = IscsiServer.start(options, Map.of(ONE, one, TWO, two));
    opened.add(server);
    return server;
  }

  private RawConnection open(IscsiServer server) {
    RawConnection connection = RawConnection.open(server.address());
    opened.add(connection);
    return connection;
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable resource : opened.reversed()) {
      resource.close();
    }
  }

  @Test
  void each_target_has_its_own_sessions_and_data() {
    IscsiServer server = start(options());
    byte[] block = new byte[512];
    block[0] = 1;
    try (InitiatorSession first = InitiatorSession.login(server.address(), LoginOptions.to(ONE));
        InitiatorSession second = InitiatorSession.login(server.address(), LoginOptions.to(TWO))) {
      first.execute(Command.write(0, MemoryTarget.cdb(MemoryTarget.WRITE_10, 0, 1), block));
      byte[] read = MemoryTarget.cdb(MemoryTarget.READ_10, 0, 1);
      assertThat(first.execute(Command.read(0, read, 512)).dataIn()).isEqualTo(block);
      assertThat(second.execute(Command.read(0, read, 512)).dataIn()).isEqualTo(new byte[512]);
      assertThat(server.sessions()).extracting(SessionInfo::targetName).contains(ONE, TWO);
      SessionInfo info =
          server.sessions().stream()
              .filter(s -> s.targetName().equals(ONE))
              .findFirst()
              .orElseThrow();
      assertThat(info.tsih()).isEqualTo(first.tsih());
      assertThat(info.counters().commands()).isEqualTo(2);
      assertThat(info.counters().bytesOut()).isEqualTo(512);
      assertThat(info.counters().bytesIn()).isEqualTo(512);
      assertThat(info.negotiated()).containsEntry(TextKey.MAX_OUTSTANDING_R2T, "8");
      assertThat(first.value(TextKey.MAX_OUTSTANDING_R2T)).isEqualTo("8");
    }
  }

  @Test
  void an_unknown_target_is_not_found() {
    IscsiServer server = start(options());
    assertThatThrownBy(
            () -> InitiatorSession.login(server.address(), LoginOptions.to("iqn.nobody")))
        .isInstanceOf(InitiatorException.class)
        .hasMessageContaining("0203");
  }

  @Test
  void send_targets_says_what_it_was_configured_to_say() {
    IscsiServer configured =
        start(options().with(new TargetAddresses.Configured(List.of("disk.example:3260"))));
    assertThat(InitiatorSession.discover(configured.address()))
        .containsExactly(
            new Pair("TargetName", ONE),
            new Pair("TargetAddress", "disk.example:3260,1"),
            new Pair("TargetName", TWO),
            new Pair("TargetAddress", "disk.example:3260,1"));
    IscsiServer omitted = start(options().with(new TargetAddresses.Omitted()));
    assertThat(InitiatorSession.discover(omitted.address()))
        .containsExactly(new Pair("TargetName", ONE), new Pair("TargetName", TWO));
  }

  @Test
  void an_ipv6_address_is_told_in_brackets() throws Exception {
    InetAddress v6 =
        InetAddress.getByAddress(new byte[] {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1});
    InetSocketAddress address = new InetSocketAddress(v6, 3260);
    assertThat(
            new TargetAddresses.OfConnection()
                .tell(address, List.of(new NetworkPortal(address, 2))))
        .containsExactly("[0:0:0:0:0:0:0:1]:3260,2");
  }

  @Test
  void connections_in_their_login_are_bounded() {
    IscsiOptions few =
        new IscsiOptions(
            options().portals(),
            ConnectionOptions.DEFAULT,
            new TargetAddresses.OfConnection(),
            AccessControl.open(),
            new Limits(10, 2, Duration.ofSeconds(15), 0, 128, 1 << 20, 1 << 20),
            1,
            Duration.ZERO);
    IscsiServer server = start(few);
    RawConnection first = open(server);
    RawConnection second = open(server);
    RawConnection third = open(server);
    assertThat(third.awaitClosed(SOON)).isTrue();
    assertThat(first.awaitClosed(Duration.ZERO)).isFalse();
    second.close();
    assertThat(server.connections()).isLessThanOrEqualTo(2);
  }

  @Test
  void a_login_that_does_not_go_on_is_closed() {
    ConnectionOptions hasty =
        new ConnectionOptions(
            ConnectionOptions.DEFAULT.parameters(),
            8,
            Duration.ofMillis(50),
            Duration.ZERO,
            Duration.ZERO);
    assertThat(open(start(options().with(hasty))).awaitClosed(SOON)).isTrue();
  }

  @Test
  void raw_bytes_that_are_no_login_end_the_connection() {
    RawConnection connection = open(start(options()));
    connection.send(new byte[48]);
    assertThat(connection.awaitClosed(SOON)).isTrue();
  }

  @Test
  void a_refusal_reaches_the_initiator_before_the_connection_ends() {
    RawConnection connection = open(start(options()));
    connection.send(
        new LoginRequest(
            true,
            false,
            1,
            3,
            0,
            0,
            1,
            0,
            1,
            0,
            1,
            0,
            Unpooled.wrappedBuffer("SessionType=Normal\0".getBytes(StandardCharsets.UTF_8))));
    Received received = connection.receive(SOON).orElseThrow();
    assertThat(received).isInstanceOf(LoginResponse.class);
    assertThat(((LoginResponse) received).statusDetail()).isEqualTo(7);
    received.release();
    assertThat(connection.awaitClosed(SOON)).isTrue();
  }

  @Test
  void pings_text_management_and_logout_are_answered() {
    IscsiServer server = start(options());
    try (InitiatorSession session =
        InitiatorSession.login(server.address(), LoginOptions.to(ONE))) {
      byte[] data = new byte[5000];
      data[4999] = 9;
      assertThat(session.ping(data)).isEqualTo(data);
      assertThat(session.text("SendTargets=\0")).contains(new Pair("TargetName", ONE));
      assertThat(session.manage(5, 0, -1, 0)).isZero();
      assertThat(session.manage(5, 7L << 48, -1, 0)).isEqualTo(2);
      assertThat(session.logout()).isZero();
    }
  }

  @Test
  void a_server_that_is_closed_tells_its_initiators() {
    IscsiServer server = start(options());
    RawConnection connection = open(server);
    connection.send(
        Harness.loginRequest(true, 1, 3, "InitiatorName=iqn.i\0TargetName=" + ONE + "\0"));
    connection.receive(SOON).orElseThrow().release();
    server.close();
    Received last = connection.receive(SOON).orElseThrow();
    assertThat(last).isInstanceOf(AsyncMessage.class);
    assertThat(connection.awaitClosed(SOON)).isTrue();
    assertThat(one.events).hasSize(2);
  }

  @Test
  void a_server_that_cannot_listen_leaves_no_thread() throws Exception {
    IscsiServer first = start(options());
    Set<Thread> before = Thread.getAllStackTraces().keySet();
    assertThatThrownBy(() -> IscsiServer.start(IscsiOptions.on(first.address()), Map.of()))
        .isInstanceOf(IOException.class);
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (!before.contains(thread) && thread.getName().startsWith("iscsi")) {
        assertThat(thread.join(SOON)).as(thread.getName()).isTrue();
      }
    }
  }
}
