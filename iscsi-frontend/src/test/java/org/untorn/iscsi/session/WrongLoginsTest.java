package org.untorn.iscsi.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class WrongLoginsTest {

  private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5);
  private final WrongLogins three = new WrongLogins(3, now::get);

  private static InetAddress at(String address) {
    return InetAddress.ofLiteral(address);
  }

  private void wrong(String address, int times) {
    for (int i = 0; i < times; i++) {
      three.add(at(address));
    }
  }

  @Test
  void an_address_is_barred_when_it_was_wrong_too_often_and_no_other_is() {
    wrong("192.0.2.1", 2);
    assertThat(three.bars(at("192.0.2.1"))).isFalse();
    wrong("192.0.2.1", 1);
    assertThat(three.bars(at("192.0.2.1"))).isTrue();
    assertThat(three.bars(at("192.0.2.2"))).isFalse();
  }

  @Test
  void a_minute_after_the_first_it_may_try_again() {
    wrong("192.0.2.1", 3);
    now.addAndGet(TimeUnit.SECONDS.toNanos(59));
    assertThat(three.bars(at("192.0.2.1"))).isTrue();
    now.addAndGet(TimeUnit.SECONDS.toNanos(1));
    assertThat(three.bars(at("192.0.2.1"))).isFalse();
    wrong("192.0.2.1", 2);
    assertThat(three.bars(at("192.0.2.1"))).isFalse();
  }

  @Test
  void an_ipv6_network_is_one_address() {
    wrong("2001:db8::1", 2);
    wrong("2001:db8::ffff:2", 1);
    assertThat(three.bars(at("2001:db8::3"))).isTrue();
    assertThat(three.bars(at("2001:db8:0:1::3"))).isFalse();
  }

  @Test
  void no_number_of_addresses_fills_the_memory_and_the_latest_are_known() {
    wrong("10.0.0.0", 3);
    for (int i = 1; i < 10_000; i++) {
      wrong("10.0." + (i >> 8) + "." + (i & 255), 1);
    }
    wrong("10.0.39.15", 2);
    assertThat(three.bars(at("10.0.39.15"))).isTrue();
    assertThat(three.bars(at("10.0.0.0"))).isFalse();
  }

  @Test
  void a_limit_of_none_bars_nobody() {
    WrongLogins none = new WrongLogins(0, now::get);
    none.add(at("192.0.2.1"));
    assertThat(none.bars(at("192.0.2.1"))).isFalse();
  }
}
