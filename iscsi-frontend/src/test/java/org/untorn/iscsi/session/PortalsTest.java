package org.untorn.iscsi.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.untorn.iscsi.IscsiOptions;
import org.untorn.iscsi.IscsiServer;
import org.untorn.iscsi.Listener;
import org.untorn.iscsi.initiator.InitiatorSession;
import org.untorn.iscsi.initiator.LoginOptions;
import org.untorn.iscsi.initiator.RawConnection;
import org.untorn.iscsi.login.TextPairs.Pair;

/** A server with several portals: two groups, one of them with two addresses. */
class PortalsTest {

  private static final String TARGET = "iqn.2026-11.org.untorn:disk0";
  private static final Duration SOON = Duration.ofSeconds(10);

  private final IscsiServer server =
      IscsiServer.start(
          IscsiOptions.on(List.of(portal(1), portal(2), portal(2))),
          Map.of(TARGET, new MemoryTarget(64)));

  private static NetworkPortal portal(int tag) {
    return new NetworkPortal(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), tag);
  }

  @AfterEach
  void close() {
    server.close();
  }

  private Listener listener(int index) {
    return server.listeners().get(index);
  }

  private InetSocketAddress address(int index) {
    return listener(index).portal().address();
  }

  private InitiatorSession login(int index) {
    return InitiatorSession.login(address(index), LoginOptions.to(TARGET));
  }

  private Pair told(int index, int tag) {
    return new Pair("TargetAddress", "127.0.0.1:%d,%d".formatted(address(index).getPort(), tag));
  }

  @Test
  void send_targets_tells_all_portals_with_their_groups_through_each_of_them() {
    assertThat(List.of(address(0), address(1), address(2))).doesNotHaveDuplicates();
    for (int i = 0; i < 3; i++) {
      assertThat(InitiatorSession.discover(address(i)))
          .containsExactly(new Pair("TargetName", TARGET), told(0, 1), told(1, 2), told(2, 2));
    }
  }

  @Test
  void a_normal_session_is_told_the_same_of_its_own_target() {
    try (InitiatorSession session = login(1)) {
      assertThat(session.text("SendTargets=\0"))
          .containsExactly(new Pair("TargetName", TARGET), told(0, 1), told(1, 2), told(2, 2));
    }
  }

  @Test
  void one_initiator_port_has_a_session_with_each_group() {
    try (InitiatorSession one = login(0);
        InitiatorSession two = login(1)) {
      assertThat(one.ping(new byte[] {1})).hasSize(1);
      assertThat(two.ping(new byte[] {1})).hasSize(1);
      assertThat(server.sessions())
          .extracting(SessionInfo::portalGroupTag)
          .containsExactlyInAnyOrder(1, 2);
      assertThat(one.tsih()).isNotEqualTo(two.tsih());
    }
  }

  @Test
  void a_login_through_another_address_of_the_group_reinstates_the_session() {
    try (InitiatorSession old = login(1);
        InitiatorSession next = login(2)) {
      assertThat(next.ping(new byte[] {1})).hasSize(1);
      assertThat(server.sessions()).extracting(SessionInfo::tsih).containsExactly(next.tsih());
      assertThatThrownBy(() -> old.ping(new byte[] {1})).isInstanceOf(RuntimeException.class);
    }
  }

  /** A connection is there for its initiator a moment before it is for the target. */
  private void awaitConnections(int listener, int expected) {
    long end = System.nanoTime() + SOON.toNanos();
    while (server.connections(listener(listener)) != expected && System.nanoTime() - end < 0) {
      Thread.onSpinWait();
    }
    assertThat(server.connections(listener(listener))).isEqualTo(expected);
  }

  @Test
  void a_portal_that_is_closed_cuts_its_own_connections_takes_no_others_and_is_not_told() {
    try (InitiatorSession kept = login(0);
        RawConnection cut = RawConnection.open(address(1));
        InitiatorSession lost = login(1)) {
      assertThat(lost.ping(new byte[] {1})).hasSize(1);
      awaitConnections(1, 2);
      assertThat(server.close(listener(1))).isEqualTo(2);
      assertThat(cut.awaitClosed(SOON)).isTrue();
      assertThatThrownBy(() -> lost.ping(new byte[] {1})).isInstanceOf(RuntimeException.class);
      assertThat(listener(1).isOpen()).isFalse();
      assertThatThrownBy(() -> login(1)).isInstanceOf(RuntimeException.class);
      assertThat(kept.ping(new byte[] {1})).hasSize(1);
      assertThat(InitiatorSession.discover(address(0)))
          .containsExactly(new Pair("TargetName", TARGET), told(0, 1), told(2, 2));
      assertThat(server.close(listener(1))).as("twice").isZero();
    }
  }

  @Test
  void a_portal_that_is_opened_again_is_where_it_was() {
    InetSocketAddress before = address(1);
    server.close(listener(1));
    server.open(listener(1));
    server.open(listener(1));
    assertThat(address(1)).isEqualTo(before);
    try (InitiatorSession session = login(1)) {
      assertThat(session.ping(new byte[] {1})).hasSize(1);
      assertThat(server.connections(listener(1))).isEqualTo(1);
    }
  }
}
