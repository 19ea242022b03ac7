package org.untorn.iscsi.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.untorn.iscsi.session.MemoryTarget.HELD;
import static org.untorn.iscsi.session.MemoryTarget.READ_10;
import static org.untorn.iscsi.session.MemoryTarget.cdb;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.untorn.iscsi.fault.WireFault;
import org.untorn.iscsi.fault.WireFaults;
import org.untorn.iscsi.pdu.DataIn;
import org.untorn.iscsi.pdu.LogoutRequest;
import org.untorn.iscsi.pdu.LogoutResponse;
import org.untorn.iscsi.pdu.ScsiResponse;

/** A connection whose PDUs are delayed or stalled. */
class FaultyWireTest {

  /** A session in which each PDU of a kind has a fault. */
  private static Harness loggedIn(String kind, WireFault fault) {
    Harness harness = Harness.loggedIn();
    WireFaults.install(
        harness.channel.pipeline(),
        harness.channel.pipeline().context(harness.connection).name(),
        pdu -> pdu.kind().equals(kind) ? Optional.of(fault) : Optional.empty());
    return harness;
  }

  private static void pass(Harness harness, long millis) {
    harness.channel.advanceTimeBy(millis, TimeUnit.MILLISECONDS);
    harness.channel.runScheduledPendingTasks();
    harness.collect();
  }

  @Test
  void a_later_answer_to_what_stood_behind_a_delayed_pdu_is_sent() {
    boolean[] first = {true};
    try (Harness harness = Harness.loggedIn()) {
      WireFaults.install(
          harness.channel.pipeline(),
          harness.channel.pipeline().context(harness.connection).name(),
          _ -> {
            boolean delayed = first[0];
            first[0] = false;
            return delayed
                ? Optional.of(new WireFault.Delay(Duration.ofMillis(300)))
                : Optional.empty();
          });
      harness.send(harness.command(1, cdb(READ_10, 0, 1), 512, true, false));
      harness.send(harness.command(2, cdb(HELD, 0, 0), 0, false, false));
      harness.expectNothing();
      pass(harness, 300);
      harness.expect(DataIn.class).release();
      harness.target.letGo(0);
      harness.collect();
      assertThat(harness.expect(ScsiResponse.class).initiatorTaskTag()).isEqualTo(2);
    }
  }

  @Test
  void the_last_pdu_of_a_connection_may_be_delayed_and_arrives() {
    try (Harness harness =
        loggedIn("logout-response", new WireFault.Delay(Duration.ofMillis(200)))) {
      harness.send(new LogoutRequest(true, 0, 9, 0, harness.nextCmdSN(), 0));
      pass(harness, 199);
      harness.expectNothing();
      assertThat(harness.channel.isActive()).isTrue();
      pass(harness, 1);
      assertThat(harness.expect(LogoutResponse.class).response()).isZero();
      assertThat(harness.channel.isActive()).isFalse();
    }
  }

  @Test
  void a_connection_that_stalls_at_its_last_pdu_stays_until_the_target_gives_it_up() {
    try (Harness harness = loggedIn("logout-response", new WireFault.Stall())) {
      harness.send(new LogoutRequest(true, 0, 9, 0, harness.nextCmdSN(), 0));
      pass(harness, 9_999);
      harness.expectNothing();
      assertThat(harness.channel.isActive()).isTrue();
      pass(harness, 1);
      harness.expectNothing();
      assertThat(harness.channel.isActive()).isFalse();
    }
  }
}
