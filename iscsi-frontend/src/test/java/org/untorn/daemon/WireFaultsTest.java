package org.untorn.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.untorn.backstore.fault.CutPlan;
import org.untorn.backstore.fault.CutPoint;
import org.untorn.backstore.fault.PowerSupply;
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
    try (OneDisk disk = disk("op=write pdu=scsi-command next=1 delay-pdu 50ms");
        InitiatorSession session = disk.login()) {
      List<String> order = new CopyOnWriteArrayList<>();
      CompletableFuture<?> first =
          session.submit(OneDisk.write(0, 1, 1)).thenRun(() -> order.add("delayed"));
      CompletableFuture<?> second =
          session.submit(OneDisk.write(0, 1, 2)).thenRun(() -> order.add("behind"));
      CompletableFuture.allOf(first, second).join();
      assertThat(order).containsExactly("delayed", "behind");
      assertThat(session.execute(OneDisk.read(0, 1)).dataIn()).containsOnly(2);
      assertThat(disk.run("fault", "list").out()).contains("acted on 1 of");
    }
  }

  @Test
  void while_a_pdu_is_delayed_the_other_connections_go_on() throws IOException {
    try (OneDisk disk = disk("op=write pdu=scsi-command next=1 delay-pdu 60m");
        InitiatorSession session = disk.login();
        InitiatorSession other = disk.login("iqn.2026-11.org.untorn:other")) {
      CompletableFuture<CommandResult> delayed = session.submit(OneDisk.write(0, 1, 1));
      CompletableFuture<CommandResult> behind = session.submit(OneDisk.write(0, 1, 2));
      awaitFault(disk);
      assertThat(other.execute(OneDisk.read(0, 1)).dataIn()).containsOnly(0);
      assertThat(delayed).isNotDone();
      assertThat(behind).isNotDone();
    }
  }

  @Test
  void from_a_stall_on_a_connection_carries_nothing_either_way_and_the_others_go_on()
      throws IOException {
    try (OneDisk disk = disk("op=write pdu=scsi-response stall");
        InitiatorSession session = disk.login();
        InitiatorSession other = disk.login("iqn.2026-11.org.untorn:other")) {
      CompletableFuture<CommandResult> never = session.submit(OneDisk.write(0, 1, 1));
      awaitFault(disk);
      CompletableFuture<CommandResult> unheard = session.submit(OneDisk.write(0, 1, 2));
      for (int i = 0; i < 20; i++) {
        assertThat(other.execute(OneDisk.read(0, 1)).dataIn()).containsOnly(1);
      }
      assertThat(never).isNotDone();
      assertThat(unheard).isNotDone();
    }
  }

  /** Waits, for a minute at most, until a rule has acted. */
  private static void awaitFault(OneDisk disk) {
    long deadline = System.nanoTime() + Duration.ofMinutes(1).toNanos();
    while (!disk.run("fault", "list").out().contains("acted on 1 of")) {
      assertThat(System.nanoTime() - deadline).as("no rule has acted in a minute").isNegative();
      LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
    }
  }

  @Test
  void a_command_that_comes_twice_is_carried_out_once() throws IOException {
    try (OneDisk disk = disk("op=write pdu=scsi-command duplicate-pdu");
        InitiatorSession session = disk.login()) {
      assertThat(session.execute(OneDisk.write(0, 1, 1)).isGood()).isTrue();
      assertThat(session.execute(OneDisk.write(0, 1, 2)).isGood()).isTrue();
      assertThat(session.execute(OneDisk.read(0, 1)).dataIn()).containsOnly(2);
      assertThat(disk.run("fault", "list").out()).contains("acted on 2 of 2");
    }
  }

  @Test
  void a_rule_may_be_about_one_initiator_one_unit_and_one_command() throws IOException {
    try (OneDisk disk =
            disk("initiator=iqn.2026-11.org.untorn:o* lun=0 op=write pdu=scsi-response drop-pdu");
        InitiatorSession session = disk.login();
        InitiatorSession other = disk.login("iqn.2026-11.org.untorn:other")) {
      assertThat(disk.run("fault", "add", "lun=1 reset-connection").err()).isEmpty();
      CompletableFuture<CommandResult> lost = other.submit(OneDisk.write(0, 1, 1));
      assertThat(session.execute(OneDisk.write(1, 1, 1)).isGood()).isTrue();
      assertThat(other.execute(OneDisk.read(0, 1)).dataIn()).containsOnly(1);
      assertThat(lost).isNotDone();
      assertThat(disk.run("fault", "list").out())
          .contains(
              "(acted on 1 of 1)",
              "(acted on 0 of 0)",
              "rule 1: scsi-response op=2a lun=0 target=iqn.2026-11.org.untorn:test"
                  + " initiator=iqn.2026-11.org.untorn:other");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "HeaderDigest, pdu=scsi-response op=write corrupt-digest,      HEADER_DIGEST",
    "DataDigest,   pdu=data-in corrupt-digest,                     DATA_DIGEST",
    "DataDigest,   pdu=scsi-command op=write corrupt-digest data,  rejected a PDU"
  })
  void an_initiator_with_digests_finds_a_corrupt_one(String digest, String rule, String found)
      throws IOException {
    try (OneDisk disk = disk(rule);
        InitiatorSession session = disk.loginWith(digest, "CRC32C")) {
      assertThatThrownBy(
              () -> {
                session.execute(OneDisk.write(0, 1, 1));
                session.execute(OneDisk.read(0, 1));
              })
          .hasStackTraceContaining(found);
      assertThat(disk.run("fault", "list").out()).contains("(acted on 1 of 1)");
    }
  }

  @Test
  void a_function_may_be_refused_with_any_response_and_then_does_nothing() throws IOException {
    try (OneDisk disk =
            disk(
                "op=write hold",
                "op=abort-task next=1 refuse-function 05",
                "op=lun-reset next=1 refuse-function");
        InitiatorSession session = disk.login()) {
      CompletableFuture<CommandResult> held = session.submit(OneDisk.write(0, 1, 1));
      int tag = session.lastTag();
      assertThat(session.manage(1, 0, tag, 0)).isEqualTo(5);
      assertThat(session.manage(5, 0, 0, 0)).isEqualTo(255);
      assertThat(disk.run("fault", "release").exitCode()).isZero();
      assertThat(held.join().isGood()).isTrue();
      assertThat(session.execute(OneDisk.read(0, 1)).dataIn()).containsOnly(1);
      assertThat(session.manage(5, 0, 0, 0)).isZero();
    }
  }

  @Test
  void a_rule_may_cut_the_power_at_a_pdu() throws IOException {
    try (OneDisk disk =
        new OneDisk(FaultConfig.power(1).withRules("op=write pdu=data-out nth=2 cut-power"))) {
      try (InitiatorSession session = disk.loginWith("ImmediateData", "No")) {
        assertThat(session.execute(OneDisk.write(0, 1, 1)).isGood()).isTrue();
        assertThat(session.execute(OneDisk.read(0, 1)).dataIn()).containsOnly(1);
        assertThatThrownBy(() -> session.execute(OneDisk.write(8, 1, 2))).isNotNull();
      }
      var power = disk.daemon().power().orElseThrow();
      power.settled().join();
      assertThat(power.status().cuts()).hasSize(1);
      assertThat(power.status().writes()).as("the data of the second never came").isEqualTo(1);
    }
  }

  @Test
  void a_cut_by_a_rule_leaves_the_planned_cut_as_it_is() throws IOException {
    try (OneDisk disk =
        new OneDisk(FaultConfig.power(1).withRules("op=write pdu=scsi-command next=1 cut-power"))) {
      PowerSupply power = disk.daemon().power().orElseThrow();
      CutPlan plan =
          new CutPlan(new CutPoint.AtWrite(1000), Optional.of(Duration.ofMinutes(60)), true);
      power.plan(plan);
      try (InitiatorSession session = disk.login()) {
        assertThatThrownBy(() -> session.execute(OneDisk.write(0, 1, 1))).isNotNull();
      }
      power.settled().join();
      assertThat(power.status().cuts()).hasSize(1);
      assertThat(power.status().plan()).contains(plan);
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
