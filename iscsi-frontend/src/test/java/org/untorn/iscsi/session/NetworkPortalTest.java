package org.untorn.iscsi.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What SendTargets says of each portal to those who came by another. */
class NetworkPortalTest {

  private static InetSocketAddress at(String address, int port) throws UnknownHostException {
    return new InetSocketAddress(InetAddress.getByName(address), port);
  }

  private static List<String> told(String reached, NetworkPortal... portals)
      throws UnknownHostException {
    return new TargetAddresses.OfConnection().tell(at(reached, 3260), List.of(portals));
  }

  @Test
  void a_portal_at_an_address_is_told_by_that_address() throws UnknownHostException {
    assertThat(
            told(
                "192.0.2.1",
                new NetworkPortal(at("192.0.2.1", 3260), 1),
                new NetworkPortal(at("198.51.100.7", 3261), 2),
                new NetworkPortal(at("2001:db8::1", 3260), 65535)))
        .containsExactly(
            "192.0.2.1:3260,1", "198.51.100.7:3261,2", "[2001:db8:0:0:0:0:0:1]:3260,65535");
  }

  @Test
  void a_portal_on_all_addresses_is_told_by_the_one_that_the_initiator_reached()
      throws UnknownHostException {
    NetworkPortal all = new NetworkPortal(at("0.0.0.0", 3261), 2);
    NetworkPortal allOfBoth = new NetworkPortal(at("::", 3262), 3);
    assertThat(told("192.0.2.1", all, allOfBoth))
        .containsExactly("192.0.2.1:3261,2", "192.0.2.1:3262,3");
    assertThat(told("2001:db8::1", all, allOfBoth))
        .as("nothing listens to IPv6 on 0.0.0.0")
        .containsExactly("[2001:db8:0:0:0:0:0:1]:3262,3");
  }

  @Test
  void loopback_is_told_only_to_those_who_came_by_it() throws UnknownHostException {
    NetworkPortal local = new NetworkPortal(at("127.0.0.1", 3260), 1);
    NetworkPortal other = new NetworkPortal(at("192.0.2.1", 3260), 2);
    assertThat(told("192.0.2.1", local, other)).containsExactly("192.0.2.1:3260,2");
    assertThat(told("127.0.0.1", local, other))
        .containsExactly("127.0.0.1:3260,1", "192.0.2.1:3260,2");
    assertThat(told("::1", local)).containsExactly("127.0.0.1:3260,1");
  }

  @Test
  void two_portals_of_one_group_that_come_to_the_same_address_are_told_once()
      throws UnknownHostException {
    assertThat(
            told(
                "192.0.2.1",
                new NetworkPortal(at("0.0.0.0", 3260), 1),
                new NetworkPortal(at("192.0.2.1", 3260), 1)))
        .containsExactly("192.0.2.1:3260,1");
  }
}
