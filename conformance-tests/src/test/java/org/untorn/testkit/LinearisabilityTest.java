package org.untorn.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.untorn.testkit.Linearisability.Call;
import org.untorn.testkit.Linearisability.Kind;

class LinearisabilityTest {

  private static Call write(long value, long from, long to) {
    return new Call(1, Kind.WRITE, value, from, to);
  }

  private static Call read(long value, long from, long to) {
    return new Call(2, Kind.READ, value, from, to);
  }

  private static boolean isLinearisable(Call... calls) {
    return Linearisability.violation(0, List.of(calls)).isEmpty();
  }

  @Test
  void what_follows_each_other_is_read_as_it_was_written() {
    assertThat(isLinearisable()).isTrue();
    assertThat(isLinearisable(read(0, 1, 2), write(1, 3, 4), read(1, 5, 6))).isTrue();
    assertThat(isLinearisable(write(1, 3, 4), read(0, 1, 2))).isTrue();
  }

  @Test
  void a_read_that_overlaps_a_write_may_bring_either() {
    assertThat(isLinearisable(write(1, 1, 9), read(0, 2, 3), read(1, 4, 5))).isTrue();
    assertThat(isLinearisable(write(1, 1, 9), read(1, 2, 3), read(0, 4, 5)))
        .as("once it was seen it stays")
        .isFalse();
  }

  @Test
  void a_read_of_what_was_overwritten_is_told() {
    Call stale = read(1, 5, 6);

    assertThat(Linearisability.violation(0, List.of(write(1, 1, 2), write(2, 3, 4), stale)))
        .contains(stale);
    assertThat(stale).hasToString("read of 1 by client 2 (5 to 6)");
  }

  @Test
  void a_read_of_what_nobody_wrote_or_will_write_is_told() {
    assertThat(isLinearisable(read(7, 1, 2))).isFalse();
    assertThat(isLinearisable(read(7, 1, 2), write(7, 3, 4))).isFalse();
  }

  @Test
  void two_writes_that_overlap_have_one_order_for_all_readers() {
    Call[] writes = {write(1, 1, 4), write(2, 2, 5)};

    assertThat(isLinearisable(writes[0], writes[1], read(1, 6, 7), read(1, 8, 9))).isTrue();
    assertThat(isLinearisable(writes[0], writes[1], read(2, 6, 7), read(2, 8, 9))).isTrue();
    assertThat(isLinearisable(writes[0], writes[1], read(1, 6, 7), read(2, 8, 9))).isFalse();
  }

  @Test
  void a_write_without_an_answer_may_have_happened_at_any_time_or_not_at_all() {
    Call lost = write(1, 1, Linearisability.NEVER);

    assertThat(isLinearisable(lost, read(0, 2, 3), read(1, 4, 5))).isTrue();
    assertThat(isLinearisable(lost, read(0, 2, 3), read(0, 4, 5))).isTrue();
    assertThat(isLinearisable(lost, read(1, 2, 3), read(0, 4, 5))).isFalse();
  }

  /** Against a search through all orders, on histories that hardly hold. */
  @Test
  void it_says_the_same_as_a_search_through_all_orders() {
    int[] found = new int[2];
    for (int seed = 0; seed < 20_000; seed++) {
      List<Call> calls = history(new Random(seed));
      boolean expected = anyOrder(0, new ArrayList<>(calls));
      assertThat(Linearisability.violation(0, calls).isEmpty())
          .as("seed %d: %s", seed, calls)
          .isEqualTo(expected);
      found[expected ? 1 : 0]++;
    }
    assertThat(found[0]).isGreaterThan(2000);
    assertThat(found[1]).isGreaterThan(2000);
  }

  private static List<Call> history(Random random) {
    List<Call> calls = new ArrayList<>();
    int count = 2 + random.nextInt(5);
    for (int i = 0; i < count; i++) {
      long from = random.nextInt(12);
      boolean isWrite = random.nextBoolean();
      boolean unanswered = isWrite && random.nextInt(6) == 0;
      calls.add(
          new Call(
              i,
              isWrite ? Kind.WRITE : Kind.READ,
              random.nextInt(3),
              from,
              unanswered ? Linearisability.NEVER : from + random.nextInt(8)));
    }
    return calls;
  }

  /** Whether some call that need not wait for another can be the next, and the rest can follow. */
  private static boolean anyOrder(long value, List<Call> left) {
    if (left.stream().allMatch(call -> call.returned() == Linearisability.NEVER)) {
      return true;
    }
    for (int i = 0; i < left.size(); i++) {
      Call next = left.get(i);
      boolean mayBe = left.stream().noneMatch(other -> other.returned() < next.invoked());
      if (mayBe && (next.kind() == Kind.WRITE || next.value() == value)) {
        List<Call> rest = new ArrayList<>(left);
        rest.remove(i);
        if (anyOrder(next.value(), rest)) {
          return true;
        }
      }
    }
    return false;
  }

  @Test
  @Timeout(20)
  void thousands_of_calls_of_eight_clients_are_no_trouble() {
    Random random = new Random(1);
    List<Call> calls = new ArrayList<>();
    long[] free = new long[8];
    long value = 0;
    for (int i = 1; i <= 4000; i++) {
      int client = random.nextInt(8);
      long moment = 10L * i;
      long from = Math.max(free[client], moment - random.nextInt(30));
      long to = Math.max(from, moment) + random.nextInt(30);
      free[client] = to + 1;
      boolean isWrite = from <= moment && random.nextBoolean();
      value = isWrite ? i : value;
      if (from <= moment) {
        calls.add(new Call(client, isWrite ? Kind.WRITE : Kind.READ, value, from, to));
      }
    }

    assertThat(calls).hasSizeGreaterThan(3000);
    assertThat(Linearisability.violation(0, calls)).isEmpty();
    Call last = new Call(9, Kind.READ, 1, 1_000_000, 1_000_001);
    List<Call> broken = new ArrayList<>(calls);
    broken.add(last);
    assertThat(Linearisability.violation(0, broken)).contains(last);
  }
}
