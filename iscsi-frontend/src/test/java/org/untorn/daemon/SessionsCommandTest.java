package org.untorn.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.untorn.daemon.config.AccessConfig;
import org.untorn.daemon.config.Advertised;
import org.untorn.daemon.config.DaemonConfig;
import org.untorn.daemon.config.Endpoint;
import org.untorn.daemon.config.LunConfig;
import org.untorn.daemon.config.Size;
import org.untorn.daemon.config.Storage;
import org.untorn.daemon.config.TargetConfig;
import org.untorn.iscsi.initiator.InitiatorSession;
import org.untorn.iscsi.initiator.LoginOptions;
import org.untorn.vpd.AtomicProfile;

/** Who is logged in, as it is listed and dropped from the command line. */
class SessionsCommandTest {

  private static final String TARGET = "iqn.2026-11.org.untorn:test";
  private static final Endpoint ANYWHERE = new Endpoint("127.0.0.1", 0);

  @TempDir private Path directory = Path.of("");
  private Optional<Daemon> daemon = Optional.empty();

  @BeforeEach
  void start() throws IOException {
    LunConfig lun =
        new LunConfig(
            0, "served", Optional.of(new Size(1 << 20)), 512, 4096, AtomicProfile.DEFAULT.limits());
    daemon =
        Optional.of(
            Daemon.start(
                new DaemonConfig(
                    ANYWHERE,
                    new Advertised.Reached(),
                    ANYWHERE,
                    new Storage.Directory(directory),
                    Optional.empty(),
                    AccessConfig.OPEN,
                    List.of(new TargetConfig(TARGET, List.of(lun))))));
  }

  @AfterEach
  void close() {
    daemon.ifPresent(Daemon::close);
  }

  private ProgramRun run(String... arguments) {
    return ProgramRun.of(arguments);
  }

  private InitiatorSession login() {
    return InitiatorSession.login(
        daemon.orElseThrow().ready().portal().bound(), LoginOptions.to(TARGET));
  }

  @Test
  void sessions_are_listed_with_who_whence_and_what_was_negotiated() {
    assertThat(run("sessions", "--dir", directory.toString()).out())
        .isEqualTo("Nobody is logged in.");
    try (InitiatorSession session = login()) {
      ProgramRun listed = run("sessions", "--keys", "--dir", directory.toString());
      assertThat(listed.err()).isEmpty();
      assertThat(listed.out())
          .startsWith(session.tsih() + "  iqn.2026-11.org.untorn:initiator")
          .contains(
              TARGET + " by 127.0.0.1:",
              ",1 from 127.0.0.1:",
              "since 0:00:",
              "commands/s",
              "InitialR2T=No");
      assertThat(run("sessions", "--json", "--dir", directory.toString()).out())
          .startsWith("{\"sessions\":[{\"tsih\":" + session.tsih() + ",")
          .contains("\"commandsPerSecond\":", "\"MaxBurstLength\":\"4194304\"");
    }
  }

  @Test
  void a_dropped_session_is_gone_and_its_initiator_may_log_in_again() {
    try (InitiatorSession session = login()) {
      String tsih = Integer.toString(session.tsih());
      assertThat(run("session", "drop", tsih, "--dir", directory.toString()))
          .isEqualTo(new ProgramRun(0, "dropped session " + tsih, ""));
    }
    try (InitiatorSession again = login()) {
      assertThat(again.ping(new byte[] {1})).hasSize(1);
    }
  }

  @Test
  void what_cannot_be_done_is_said_in_one_line() {
    assertThat(run("session", "drop", "65000", "--dir", directory.toString()))
        .isEqualTo(
            new ProgramRun(
                2, "", "untorn: there is no session 65000; 'untorn sessions' lists them"));
    assertThat(run("sessions", "--dir", directory.resolve("none").toString()).err())
        .startsWith("untorn: no daemon serves from");
    assertThat(run("sessions", "--control", "127.0.0.1:1").err())
        .startsWith("untorn: no daemon listens at http://127.0.0.1:1");
  }
}
