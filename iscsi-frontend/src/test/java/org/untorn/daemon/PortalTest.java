package org.untorn.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;

class PortalTest {

  @Test
  void a_url_names_the_portal_the_target_and_the_unit() throws UnknownHostException {
    assertThat(portal("127.0.0.1").url("iqn.2026-11.org.untorn:disk0", 3))
        .isEqualTo("iscsi://127.0.0.1:3260/iqn.2026-11.org.untorn:disk0/3");
    assertThat(portal("::1").url("iqn.2026-11.org.untorn:disk0", 0))
        .isEqualTo("iscsi://[0:0:0:0:0:0:0:1]:3260/iqn.2026-11.org.untorn:disk0/0");
  }

  @Test
  void only_loopback_addresses_are_loopback() throws UnknownHostException {
    assertThat(portal("127.0.0.1").isLoopback()).isTrue();
    assertThat(portal("::1").isLoopback()).isTrue();
    assertThat(portal("0.0.0.0").isLoopback()).isFalse();
    assertThat(portal("192.0.2.1").isLoopback()).isFalse();
  }

  @Test
  void a_portal_on_every_address_is_reached_by_one_that_can_be_connected_to()
      throws UnknownHostException {
    assertThat(portal("0.0.0.0").reachable().host()).isNotEqualTo("0.0.0.0");
    assertThat(portal("0.0.0.0").reachable().port()).isEqualTo(3260);
  }

  private static Portal portal(String address) throws UnknownHostException {
    return new Portal(new InetSocketAddress(InetAddress.getByName(address), 3260));
  }
}
