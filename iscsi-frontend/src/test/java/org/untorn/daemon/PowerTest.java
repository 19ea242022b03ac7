package org.untorn.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.untorn.backstore.fault.PowerSupply;
import org.untorn.daemon.config.AccessConfig;
import org.untorn.daemon.config.Advertised;
import org.untorn.daemon.config.DaemonConfig;
import org.untorn.daemon.config.Endpoint;
import org.untorn.daemon.config.FaultConfig;
import org.untorn.daemon.config.LunConfig;
import org.untorn.daemon.config.Size;
import org.untorn.daemon.config.Storage;
import org.untorn.daemon.config.TargetConfig;
import org.untorn.iscsi.initiator.Command;
import org.untorn.iscsi.initiator.CommandResult;
import org.untorn.iscsi.initiator.InitiatorException;
import org.untorn.iscsi.initiator.InitiatorSession;
import org.untorn.iscsi.initiator.LoginOptions;
import org.untorn.vpd.AtomicProfile;

/** The power of a device, cut while an initiator is logged in. */
class PowerTest {

  private static final String TARGET = "iqn.2026-11.org.untorn:test";
  private static final Endpoint ANYWHERE = new Endpoint("127.0.0.1", 0);

  private Optional<Daemon> daemon = Optional.empty();

  @AfterEach
  void close() {
    daemon.ifPresent(Daemon::close);
  }

  private Daemon start(FaultConfig faults) throws IOException {
    LunConfig lun =
        new LunConfig(
            0, "disk", Optional.of(new Size(1 << 20)), 512, 4096, AtomicProfile.DEFAULT.limits());
    Daemon started =
        Daemon.start(
            new DaemonConfig(
                    ANYWHERE,
                    new Advertised.Reached(),
                    ANYWHERE,
                    new Storage.Memory(),
                    Optional.empty(),
                    AccessConfig.OPEN,
                    List.of(new TargetConfig(TARGET, List.of(lun))))
                .with(faults));
    daemon = Optional.of(started);
    return started;
  }

  private InitiatorSession login() {
    return InitiatorSession.login(
        daemon.orElseThrow().ready().portal().bound(), LoginOptions.to(TARGET));
  }

  private ProgramRun run(String... arguments) {
    return ProgramRun.at(daemon.orElseThrow(), arguments);
  }

  /** WRITE(10), or with FUA. */
  private static Command write(int lba, int blocks, int tag, boolean fua) {
    byte[] cdb = new byte[10];
    cdb[0] = 0x2A;
    cdb[1] = (byte) (fua ? 0x08 : 0);
    cdb[5] = (byte) lba;
    cdb[8] = (byte) blocks;
    byte[] data = new byte[blocks * 512];
    Arrays.fill(data, (byte) tag);
    return Command.write(0, cdb, data);
  }

  private static CommandResult testUnitReady(InitiatorSession session) {
    return session.execute(Command.of(0, new byte[6]));
  }

  @Test
  void a_cut_drops_initiators_without_a_word_and_power_on_greets_them_with_a_unit_attention()
      throws Exception {
    PowerSupply power = start(FaultConfig.power(1)).power().orElseThrow();
    try (InitiatorSession session = login()) {
      assertThat(testUnitReady(session).senseCode()).isEqualTo("06/29/00");
      assertThat(session.execute(write(0, 8, 1, true)).isGood()).isTrue();
      assertThat(session.execute(write(8, 8, 2, false)).isGood()).isTrue();
      assertThat(run("power", "cut", "--at", "write 1 block 3").out()).contains("planned: cut at");
      CompletableFuture<CommandResult> hit = session.submit(write(0, 8, 3, true));
      assertThatThrownBy(() -> hit.orTimeout(30, TimeUnit.SECONDS).join())
          .isInstanceOf(CompletionException.class)
          .hasCauseInstanceOf(InitiatorException.class);
    }
    power.settled().orTimeout(30, TimeUnit.SECONDS).join();
    assertThatThrownBy(this::login).isInstanceOf(Exception.class);
    assertThat(run("power", "status").out())
        .startsWith("power off; 3 writes and 0 flushes so far, 0 writes at risk; seed 1")
        .contains("cut 1 (write 1 block 3)");
    assertThat(run("power", "on").out()).startsWith("power on");
    for (int i = 0; i < 2; i++) {
      try (InitiatorSession again = login()) {
        assertThat(testUnitReady(again).senseCode()).isEqualTo("06/29/01");
        assertThat(testUnitReady(again).isGood()).isTrue();
        byte[] read = new byte[10];
        read[0] = 0x28;
        read[8] = 8;
        CommandResult result = again.execute(Command.read(0, read, 8 * 512));
        byte[] data = result.dataIn();
        assertThat(Arrays.copyOf(data, 3 * 512)).containsOnly(3);
        assertThat(Arrays.copyOfRange(data, 3 * 512, 8 * 512)).containsOnly(1);
      }
    }
  }

  @Test
  void a_cut_now_tells_what_it_did_and_the_power_comes_back_by_itself() throws Exception {
    start(FaultConfig.power(2));
    try (InitiatorSession session = login()) {
      testUnitReady(session);
      session.execute(write(0, 8, 1, false));
      ProgramRun cut = run("power", "cut", "--back", "1ms", "--json");
      assertThat(cut.exitCode()).isZero();
      assertThat(cut.out()).contains("\"cuts\":[{\"number\":1,\"at\":\"now\",\"writes\":1,");
    }
    PowerSupply power = daemon.orElseThrow().power().orElseThrow();
    power.on().orTimeout(30, TimeUnit.SECONDS).join();
    try (InitiatorSession session = login()) {
      assertThat(testUnitReady(session).senseCode()).isEqualTo("06/29/01");
    }
  }

  @Test
  void the_power_fails_at_a_pdu_which_does_not_get_through() throws Exception {
    PowerSupply power = start(FaultConfig.power(3)).power().orElseThrow();
    try (InitiatorSession session = login()) {
      testUnitReady(session);
      assertThat(run("power", "cut", "--at", "pdu 4").out()).contains("planned: cut at pdu 4");
      assertThat(session.execute(write(0, 8, 1, true)).isGood()).isTrue();
      assertThatThrownBy(() -> session.execute(write(0, 8, 2, true)))
          .isInstanceOf(InitiatorException.class);
    }
    power.settled().orTimeout(30, TimeUnit.SECONDS).join();
    assertThat(power.status().writes()).as("the fourth PDU was an answer").isEqualTo(2);
    assertThat(run("power", "on").out()).contains("cut 1 (pdu 4)");
  }

  @Test
  void what_cannot_be_is_said_in_one_line() throws Exception {
    start(FaultConfig.power(1));
    assertThat(run("power", "cut", "--at", "tomorrow").err())
        .isEqualTo(
            "untorn: 'tomorrow' is no moment: say now, write N, write N block K, flush N, pdu N,"
                + " after 500ms, or chance 0.001");
    assertThat(run("power", "cut", "--at", "write 0").err()).contains("count from 1");
    assertThat(run("power", "cut", "--back", "soon").err()).contains("is no duration");
    assertThat(run("power", "cut", "--again").err()).contains("needs a moment other than now");
    daemon.orElseThrow().close();
    start(FaultConfig.NONE);
    assertThat(run("power", "cut").err())
        .isEqualTo("untorn: this daemon's power cannot be cut: start it with --power");
    assertThat(daemon.orElseThrow().power()).isEmpty();
  }
}
