package org.untorn.iscsi.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.untorn.iscsi.pdu.NopOut;
import org.untorn.iscsi.pdu.Request;

class CommandWindowTest {

  private static Request request(int cmdSN) {
    return new NopOut(false, 0, cmdSN, -1, cmdSN, 0, Unpooled.EMPTY_BUFFER);
  }

  /** Also where the numbers wrap, and where their sign does. */
  @ParameterizedTest
  @ValueSource(ints = {1, -5, Integer.MAX_VALUE - 5})
  void any_order_of_arrival_is_delivered_in_order(int first) {
    Random random = new Random(first);
    for (int run = 0; run < 200; run++) {
      CommandWindow window = new CommandWindow(first, 12);
      List<Request> arrivals = new ArrayList<>();
      for (int i = 0; i < 12; i++) {
        arrivals.add(request(first + i));
      }
      Collections.shuffle(arrivals, random);
      List<Integer> delivered = new ArrayList<>();
      for (Request arrival : arrivals) {
        assertThat(window.takes(arrival.cmdSN())).isTrue();
        window.add(arrival);
        assertThat(window.takes(arrival.cmdSN())).isFalse();
        for (var next = window.poll(); next.isPresent(); next = window.poll()) {
          delivered.add(next.get().cmdSN() - first);
        }
      }
      assertThat(delivered).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
      assertThat(window.expCmdSN()).isEqualTo(first + 12);
      assertThat(window.maxCmdSN()).isEqualTo(first + 12 + 11);
    }
  }

  @Test
  void what_is_outside_is_ignored_on_both_sides() {
    CommandWindow window = new CommandWindow(100, 4);
    assertThat(window.takes(99)).isFalse();
    assertThat(window.takes(104)).isFalse();
    assertThat(window.takes(103)).isTrue();
  }

  @Test
  void the_limit_stands_still_under_load_and_never_moves_back() {
    CommandWindow window = new CommandWindow(1, 2);
    for (int i = 1; i <= 2; i++) {
      window.add(request(i));
      assertThat(window.poll()).isPresent();
      window.started();
    }
    assertThat(window.maxCmdSN()).isEqualTo(2);
    assertThat(window.takes(3)).isFalse();
    window.ended();
    assertThat(window.maxCmdSN()).isEqualTo(3);
    window.ended();
    assertThat(window.maxCmdSN()).isEqualTo(4);
  }

  @Test
  void a_number_that_is_skipped_counts_as_received_once() {
    CommandWindow window = new CommandWindow(1, 8);
    window.add(request(2));
    assertThat(window.skip(2, 5)).isFalse();
    assertThat(window.skip(7, 5)).isFalse();
    assertThat(window.skip(1, 5)).isTrue();
    assertThat(window.skip(1, 5)).isFalse();
    assertThat(window.takes(1)).isFalse();
    assertThat(window.poll().map(Request::cmdSN)).contains(2);
    assertThat(window.expCmdSN()).isEqualTo(3);
  }

  @Test
  void what_is_taken_back_is_not_delivered_and_holds_up_nothing() {
    CommandWindow window = new CommandWindow(1, 8);
    for (int i = 1; i <= 3; i++) {
      window.add(request(i));
    }
    assertThat(window.remove(request -> request.cmdSN() == 2)).hasSize(1);
    assertThat(window.poll().map(Request::cmdSN)).contains(1);
    assertThat(window.poll().map(Request::cmdSN)).contains(3);
    assertThat(window.poll()).isEmpty();
  }
}
