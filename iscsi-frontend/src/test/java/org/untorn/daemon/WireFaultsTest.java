package org.untorn.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.untorn.daemon.config.FaultConfig;
import org.untorn.iscsi.initiator.CommandResult;
import org.untorn.iscsi.initiator.InitiatorSession;

/** Fault rules on the wire. */
class WireFaultsTest {

  private static OneDisk disk(String... rules) throws IOException {
    return new OneDisk(FaultConfig.NONE.withRules(rules));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "pdu=scsi-response nth=2 reset-connection",
        "pdu=scsi-command nth=2 reset-connection",
        "pdu=scsi-response nth=2 truncate",
        "pdu=scsi-response nth=2 flip-bit"
      })
  void a_connection_that_breaks_can_be_made_anew(String rule) throws IOException {
    try (OneDisk disk = disk(rule)) {
      try (InitiatorSession session = disk.login()) {
        assertThatThrownBy(() -> session.execute(OneDisk.write(0, 1, 1))).isNotNull();
      }
      try (InitiatorSession session = disk.login()) {
        assertThat(session.execute(OneDisk.write(0, 1, 1)).isGood()).isTrue();
      }
      assertThat(disk.run("fault", "list").out()).contains("acted on 1 of");
    }
  }

  @Test
  void an_answer_may_be_withheld_and_the_others_come() throws IOException {
    try (OneDisk disk = disk("pdu=scsi-response nth=2 drop-pdu");
        InitiatorSession session = disk.login()) {
      CompletableFuture<CommandResult> lost = session.submit(OneDisk.write(0, 1, 1));
      assertThat(session.ping(new byte[] {1, 2, 3})).isEqualTo(new byte[] {1, 2, 3});
      assertThat(lost).isNotDone();
    }
  }

  @Test
  void a_delayed_pdu_arrives_and_those_behind_it_after_it() throws IOException {
    try (OneDisk disk = disk("pdu=scsi-command nth=2 delay-pdu 5ms");
        InitiatorSession session = disk.login()) {
      CompletableFuture<CommandResult> first = session.submit(OneDisk.write(0, 1, 1));
      assertThat(session.execute(OneDisk.read(0, 1)).dataIn()).containsOnly(1);
      assertThat(first.join().isGood()).isTrue();
    }
  }

  @Test
  void a_stalled_connection_says_nothing_any_more() throws IOException {
    try (OneDisk disk = disk("pdu=scsi-response nth=2 stall");
        InitiatorSession session = disk.login()) {
      CompletableFuture<CommandResult> never = session.submit(OneDisk.write(0, 1, 1));
      while (!disk.run("fault", "list").out().contains("acted on 1 of 2")) {
        Thread.onSpinWait();
      }
      assertThat(never).isNotDone();
    }
  }

  @Test
  void a_login_may_be_refused_with_any_status() throws IOException {
    try (OneDisk disk = disk("next=1 refuse-login 03/01")) {
      assertThatThrownBy(disk::login).hasMessageContaining("3");
      try (InitiatorSession session = disk.login()) {
        assertThat(session.execute(OneDisk.read(0, 1)).isGood()).isTrue();
      }
    }
  }
}
