package org.untorn.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.untorn.daemon.config.AccessConfig;
import org.untorn.daemon.config.DaemonConfig;
import org.untorn.daemon.config.Endpoint;
import org.untorn.daemon.config.LunConfig;
import org.untorn.daemon.config.Parsed;
import org.untorn.daemon.config.PortalConfig;
import org.untorn.daemon.config.Size;
import org.untorn.daemon.config.Storage;
import org.untorn.daemon.config.TargetConfig;
import org.untorn.iscsi.initiator.Command;
import org.untorn.iscsi.initiator.InitiatorSession;
import org.untorn.iscsi.initiator.LoginOptions;
import org.untorn.iscsi.session.NetworkPortal;
import org.untorn.vpd.AtomicProfile;
import org.untorn.vpd.Designator;
import org.untorn.vpd.DeviceIdentification;
import org.untorn.vpd.VpdPage;

/** A daemon with two portals, and {@code untorn portal}. */
class PortalCommandTest {

  private static final String TARGET = "iqn.2026-11.org.untorn:test";
  private static final Endpoint ANYWHERE = new Endpoint("127.0.0.1", 0);

  private static final Command TEST_UNIT_READY = Command.of(0, new byte[6]);

  private Optional<Daemon> daemon = Optional.empty();

  @BeforeEach
  void start() throws IOException {
    LunConfig lun =
        new LunConfig(
            0, "disk", Optional.of(new Size(1 << 20)), 512, 4096, AtomicProfile.DEFAULT.limits());
    Parsed<DaemonConfig> config =
        DaemonConfig.of(
            List.of(PortalConfig.Settings.at(ANYWHERE), PortalConfig.Settings.at(ANYWHERE)),
            Optional.empty(),
            Optional.of(ANYWHERE),
            Optional.of(new Storage.Memory()),
            Optional.empty(),
            AccessConfig.OPEN,
            List.of(new TargetConfig(TARGET, List.of(lun))));
    daemon = Optional.of(Daemon.start(((Parsed.Value<DaemonConfig>) config).value()));
  }

  @AfterEach
  void close() {
    daemon.ifPresent(Daemon::close);
  }

  private ReadyReport ready() {
    return daemon.orElseThrow().ready();
  }

  private InetSocketAddress address(int index) {
    return ready().portals().get(index).address();
  }

  private ProgramRun run(String... arguments) {
    return ProgramRun.at(daemon.orElseThrow(), arguments);
  }

  private InitiatorSession login(int index) {
    return InitiatorSession.login(address(index), LoginOptions.to(TARGET));
  }

  private String line(int number, String rest) {
    return "%3d  127.0.0.1:%d,%d  %s"
        .formatted(number, address(number - 1).getPort(), number, rest);
  }

  @Test
  void the_ready_line_tells_all_portals() throws IOException {
    JsonNode line = new ObjectMapper().readTree(ready().json());
    assertThat(ready().portals()).extracting(NetworkPortal::portalGroupTag).containsExactly(1, 2);
    String first = "127.0.0.1:" + address(0).getPort();
    String second = "127.0.0.1:" + address(1).getPort();
    assertThat(line.path("portal").asText()).isEqualTo(first);
    assertThat(line.path("portals"))
        .hasToString(
            "[{\"portal\":\"%s\",\"tag\":1},{\"portal\":\"%s\",\"tag\":2}]"
                .formatted(first, second));
    assertThat(ready().text()).contains("-p " + first + " --login", "-p " + second + " --login");
  }

  @Test
  void portals_are_listed_closed_and_opened() {
    try (InitiatorSession kept = login(0);
        InitiatorSession lost = login(1)) {
      assertThat(lost.ping(new byte[] {1})).hasSize(1);
      assertThat(run("portal").out())
          .isEqualTo(
              line(1, "open, 1 connections").strip() + "\n" + line(2, "open, 1 connections"));
      assertThat(run("portal", "close", "2").out()).contains("closed, ", ", 1 cut");
      assertThatThrownBy(() -> lost.ping(new byte[] {1})).isInstanceOf(RuntimeException.class);
      assertThatThrownBy(() -> login(1)).isInstanceOf(RuntimeException.class);
      assertThat(kept.ping(new byte[] {1})).hasSize(1);
      assertThat(run("portal", "list", "--json").out()).contains("\"tag\":2,\"open\":false,");
      assertThat(run("portal", "open", "2").out()).contains("2  127.0.0.1:").contains("open, 0");
    }
    try (InitiatorSession again = login(1)) {
      assertThat(again.ping(new byte[] {1})).hasSize(1);
    }
  }

  @Test
  void access_states_are_shown_and_set_and_initiators_hear_of_it() {
    String unit = TARGET + "/0";
    assertThat(run("portal", "access").out())
        .isEqualTo("1  active/optimized      " + unit + "\n    2  active/optimized      " + unit);
    try (InitiatorSession one = login(0);
        InitiatorSession two = login(1)) {
      expectSense(one, "06/29/00");
      expectSense(two, "06/29/00");
      assertThat(run("portal", "access", "2", "standby").out())
          .isEqualTo("2  standby               " + unit);
      expectSense(one, "06/2A/06");
      expectSense(two, "06/2A/06");
      assertThat(one.execute(TEST_UNIT_READY).status()).isZero();
      expectSense(two, "02/04/0B");
      assertThat(run("portal", "access", "2", "active/optimized", "--fails", "--json").out())
          .contains("\"state\":\"standby\"");
      expectSense(one, "06/2A/07");
      assertThat(
              run("portal", "access", "2", "active/optimized", "--target", TARGET, "--lun", "0")
                  .exitCode())
          .isZero();
      expectSense(two, "06/2A/07");
      expectSense(two, "06/2A/06");
      assertThat(two.execute(TEST_UNIT_READY).status()).isZero();
    }
    assertThat(run("portal", "access", "2", "asleep").err())
        .startsWith("untorn: 'asleep' is no access state; there are active/optimized, active/non-");
    assertThat(run("portal", "access", "2").err()).startsWith("untorn: '' is no access state");
    assertThat(run("portal", "access", "3", "standby").err())
        .isEqualTo("untorn: no such unit has a target port group 3; /groups shows all");
    assertThat(run("portal", "access", "2", "standby", "--lun", "7").exitCode()).isEqualTo(2);
    assertThat(run("portal", "access", "2", "standby", "--target", "iqn.other").exitCode())
        .isEqualTo(2);
  }

  private static void expectSense(InitiatorSession session, String expected) {
    assertThat(session.execute(TEST_UNIT_READY).senseCode()).isEqualTo(expected);
  }

  @Test
  void what_cannot_be_is_said_in_one_line() throws IOException {
    for (String number : List.of("3", "0", "99")) {
      assertThat(run("portal", "close", number))
          .isEqualTo(
              new ProgramRun(
                  2, "", "untorn: there is no portal " + number + "; 'untorn portal' lists them"));
    }
    run("portal", "close", "2");
    try (ServerSocket taken = new ServerSocket()) {
      taken.bind(address(1));
      assertThat(run("portal", "open", "2").err())
          .startsWith("untorn: cannot listen on 127.0.0.1:" + address(1).getPort());
      assertThat(run("portal").out()).contains("closed");
    }
  }

  @Test
  void the_unit_has_one_name_and_each_port_its_own() {
    DeviceIdentification first = identification(0);
    DeviceIdentification second = identification(1);
    assertThat(first.designators().subList(0, 2)).isEqualTo(second.designators().subList(0, 2));
    assertThat(first.designators())
        .contains(new Designator.RelativeTargetPort(1), new Designator.TargetPortGroup(1));
    assertThat(second.designators())
        .contains(new Designator.RelativeTargetPort(2), new Designator.TargetPortGroup(2))
        .doesNotContain(new Designator.RelativeTargetPort(1));
    assertThat(second.designators().toString()).contains(TARGET + ",t,0x0002");
  }

  private DeviceIdentification identification(int portal) {
    try (InitiatorSession session = login(portal)) {
      byte[] inquiry = {0x12, 1, (byte) 0x83, 4, 0, 0};
      byte[] page = session.execute(Command.read(0, inquiry, 1024)).dataIn();
      return (DeviceIdentification) VpdPage.decode(page).orElseThrow();
    }
  }
}
