package org.untorn.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.untorn.daemon.config.ConfigFile;
import org.untorn.daemon.config.DaemonConfig;
import org.untorn.daemon.config.Endpoint;
import org.untorn.daemon.config.Parsed;
import org.untorn.daemon.config.PortalConfig;
import org.untorn.daemon.config.Storage;
import org.untorn.iscsi.initiator.Command;
import org.untorn.iscsi.initiator.CommandResult;
import org.untorn.iscsi.initiator.InitiatorException;
import org.untorn.iscsi.initiator.InitiatorSession;
import org.untorn.iscsi.initiator.LoginOptions;

/** What different initiators see of one daemon: targets, units, and the numbers of units. */
class MaskingTest {

  private static final String ONE = "iqn.2026-11.org.example:one";
  private static final String TWO = "iqn.2026-11.org.example:two";
  private static final String CONFIG =
      """
      targets:
        - name: iqn.2026-11.org.example:one
          luns: [{size: 1MiB}, {size: 2MiB}, {size: 3MiB}]
          access:
            - {initiator: "iqn.all", network: 127.0.0.0/8}
            - {initiator: "iqn.some*", luns: [0, 2]}
            - {initiator: "iqn.other", luns: {0: 2, 7: 1}}
            - {initiator: "iqn.nothing", luns: []}
            - {initiator: "iqn.abroad", network: 192.0.2.0/24}
        - name: iqn.2026-11.org.example:two
          luns: [{size: 1MiB}]
      """;

  @TempDir private Path directory = Path.of("");
  private Optional<Daemon> daemon = Optional.empty();

  @BeforeEach
  void start() throws IOException {
    Path file = Files.writeString(directory.resolve("untorn.yaml"), CONFIG);
    Endpoint anywhere = new Endpoint("127.0.0.1", 0);
    Parsed<DaemonConfig> config =
        ConfigFile.read(file)
            .then(
                read ->
                    DaemonConfig.of(
                        List.of(PortalConfig.Settings.at(anywhere)),
                        read.advertised(),
                        Optional.of(anywhere),
                        Optional.of(new Storage.Memory()),
                        read.capacity(),
                        read.access(),
                        read.targets()));
    assertThat(config).isInstanceOf(Parsed.Value.class);
    daemon = Optional.of(Daemon.start(((Parsed.Value<DaemonConfig>) config).value()));
  }

  @AfterEach
  void close() {
    daemon.ifPresent(Daemon::close);
  }

  private InetSocketAddress address() {
    return daemon.orElseThrow().ready().portal().bound();
  }

  private InitiatorSession login(String initiator, String target) {
    return InitiatorSession.login(address(), LoginOptions.to(target).from(initiator, 1));
  }

  private static ByteBuffer dataIn(InitiatorSession session, int lun, int length, int... cdb) {
    byte[] bytes = new byte[cdb.length];
    for (int i = 0; i < cdb.length; i++) {
      bytes[i] = (byte) cdb[i];
    }
    // a unit attention of the login comes first
    CommandResult result = session.execute(Command.read(lun, bytes, length));
    for (int tries = 0; tries < 3 && result.status() != 0; tries++) {
      result = session.execute(Command.read(lun, bytes, length));
    }
    return result.status() == 0 ? ByteBuffer.wrap(result.dataIn()) : ByteBuffer.allocate(0);
  }

  /** REPORT LUNS, and what READ CAPACITY(10) says of each: "0:1MiB". */
  private static List<String> units(InitiatorSession session) {
    ByteBuffer luns = dataIn(session, 0, 256, 0xa0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0);
    List<String> units = new ArrayList<>();
    for (int at = 8; at < 8 + luns.getInt(0); at += 8) {
      int lun = luns.getShort(at) & 0x3fff;
      ByteBuffer capacity = dataIn(session, lun, 8, 0x25, 0, 0, 0, 0, 0, 0, 0, 0, 0);
      long bytes = (capacity.getInt(0) + 1L) * capacity.getInt(4);
      units.add(lun + ":" + (bytes >> 20) + "MiB");
    }
    return units;
  }

  @Test
  void report_luns_and_addressing_show_an_initiator_what_it_may_use() {
    try (InitiatorSession all = login("iqn.all", ONE);
        InitiatorSession some = login("iqn.some-1", ONE);
        InitiatorSession other = login("IQN.OTHER", ONE);
        InitiatorSession nothing = login("iqn.nothing", ONE)) {
      assertThat(units(all)).containsExactly("0:1MiB", "1:2MiB", "2:3MiB");
      assertThat(units(some)).containsExactly("0:1MiB", "2:3MiB");
      assertThat(units(other)).containsExactly("0:3MiB", "7:2MiB");
      assertThat(units(nothing)).isEmpty();
      assertThat(dataIn(some, 1, 8, 0x25, 0, 0, 0, 0, 0, 0, 0, 0, 0).remaining()).isZero();
    }
  }

  @Test
  void a_unit_is_the_same_whoever_sees_it_under_whatever_number() {
    byte[] block = new byte[512];
    block[0] = 42;
    try (InitiatorSession some = login("iqn.some", ONE);
        InitiatorSession other = login("iqn.other", ONE)) {
      assertThat(units(some)).isNotEmpty();
      byte[] write = {0x2a, 0, 0, 0, 0, 9, 0, 0, 1, 0};
      assertThat(some.execute(Command.write(2, write, block)).status()).isZero();
      assertThat(dataIn(other, 0, 512, 0x28, 0, 0, 0, 0, 9, 0, 0, 1, 0).array()).isEqualTo(block);
    }
  }

  @Test
  void whom_no_rule_fits_is_refused_and_does_not_hear_of_the_target() {
    for (String stranger : List.of("iqn.stranger", "iqn.abroad")) {
      assertThatThrownBy(() -> login(stranger, ONE))
          .isInstanceOf(InitiatorException.class)
          .hasMessageContaining("0202");
    }
    assertThat(discovered("iqn.stranger")).containsExactly(TWO);
    assertThat(discovered("iqn.some-1")).containsExactly(ONE, TWO);
    login("iqn.stranger", TWO).close();
  }

  private List<String> discovered(String initiator) {
    LoginOptions discovery = LoginOptions.discovery().from(initiator, 1);
    try (InitiatorSession session = InitiatorSession.login(address(), discovery)) {
      return session.text("SendTargets=All\0").stream()
          .filter(pair -> pair.key().equals("TargetName"))
          .map(pair -> pair.value())
          .toList();
    }
  }
}
