package org.untorn.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
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
import org.untorn.iscsi.initiator.Command;
import org.untorn.iscsi.initiator.CommandResult;
import org.untorn.iscsi.initiator.InitiatorSession;
import org.untorn.iscsi.initiator.LoginOptions;
import org.untorn.vpd.AtomicProfile;

/** Persistent reservations with APTPL, over restarts of the daemon. */
class ReservationFilesTest {

  private static final String TARGET = "iqn.2026-11.org.untorn:test";
  private static final Endpoint ANYWHERE = new Endpoint("127.0.0.1", 0);
  private static final int CONFLICT = 0x18;

  @TempDir private Path directory = Path.of("");

  private Daemon start() throws IOException {
    LunConfig lun =
        new LunConfig(
            0, "disk", Optional.of(new Size(1 << 20)), 512, 4096, AtomicProfile.DEFAULT.limits());
    return Daemon.start(
        new DaemonConfig(
            ANYWHERE,
            new Advertised.Reached(),
            ANYWHERE,
            new Storage.Directory(directory),
            Optional.empty(),
            AccessConfig.OPEN,
            List.of(new TargetConfig(TARGET, List.of(lun)))));
  }

  private static InitiatorSession login(Daemon daemon, String initiator) {
    InitiatorSession session =
        InitiatorSession.login(
            daemon.ready().portal().bound(), LoginOptions.to(TARGET).from(initiator, 1));
    session.execute(Command.of(0, new byte[6]));
    return session;
  }

  private static CommandResult out(
      InitiatorSession session, int action, int type, int key, int actionKey, int flags) {
    byte[] cdb = {0x5F, (byte) action, (byte) type, 0, 0, 0, 0, 0, 24, 0};
    byte[] list = new byte[24];
    list[7] = (byte) key;
    list[15] = (byte) actionKey;
    list[20] = (byte) flags;
    return session.execute(Command.write(0, cdb, list));
  }

  private static int read(InitiatorSession session) {
    return session
        .execute(Command.read(0, new byte[] {0x28, 0, 0, 0, 0, 0, 0, 0, 1, 0}, 512))
        .status();
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> all = Files.list(directory)) {
      return all.filter(file -> file.getFileName().toString().startsWith("reservations-")).toList();
    }
  }

  @Test
  void a_reservation_with_aptpl_keeps_others_out_after_a_restart() throws IOException {
    try (Daemon daemon = start();
        InitiatorSession alice = login(daemon, "iqn.alice")) {
      assertThat(files()).isEmpty();
      assertThat(out(alice, 0, 0, 0, 0xA, 1).status()).isZero();
      assertThat(out(alice, 1, 3, 0xA, 0, 0).status()).isZero();
      assertThat(files()).singleElement().asString().matches(".*/reservations-[0-9a-f]{16}");
    }
    try (Daemon daemon = start();
        InitiatorSession alice = login(daemon, "iqn.alice");
        InitiatorSession bob = login(daemon, "iqn.bob")) {
      assertThat(read(bob)).isEqualTo(CONFLICT);
      assertThat(read(alice)).isZero();
      byte[] keys =
          alice
              .execute(Command.read(0, new byte[] {0x5E, 0, 0, 0, 0, 0, 0, 0, 64, 0}, 64))
              .dataIn();
      assertThat(HexFormat.of().formatHex(keys)).isEqualTo("0000000000000008000000000000000a");
      assertThat(out(alice, 3, 0, 0xA, 0, 0).status()).as("CLEAR").isZero();
    }
    try (Daemon daemon = start();
        InitiatorSession bob = login(daemon, "iqn.bob")) {
      assertThat(read(bob)).isZero();
    }
  }

  @Test
  void without_aptpl_a_restart_ends_it_and_no_file_is_made() throws IOException {
    try (Daemon daemon = start();
        InitiatorSession alice = login(daemon, "iqn.alice")) {
      assertThat(out(alice, 0, 0, 0, 0xA, 0).status()).isZero();
      assertThat(out(alice, 1, 3, 0xA, 0, 0).status()).isZero();
    }
    assertThat(files()).isEmpty();
    try (Daemon daemon = start();
        InitiatorSession bob = login(daemon, "iqn.bob")) {
      assertThat(read(bob)).isZero();
    }
  }

  @Test
  void a_damaged_file_is_not_taken_for_no_reservation() throws IOException {
    try (Daemon daemon = start();
        InitiatorSession alice = login(daemon, "iqn.alice")) {
      assertThat(out(alice, 0, 0, 0, 0xA, 1).status()).isZero();
    }
    Path file = files().getFirst();
    byte[] bytes = Files.readAllBytes(file);
    bytes[30] ^= 1;
    Files.write(file, bytes);
    assertThatThrownBy(this::start)
        .isInstanceOf(IOException.class)
        .hasMessage(
            "the persistent reservations in "
                + file
                + " cannot be read: the checksum does not fit; move the file away to begin without"
                + " them");
    Files.write(file, Arrays.copyOf(bytes, 5));
    assertThatThrownBy(this::start).hasMessageContaining("these are no saved reservations");
    Files.delete(file);
    start().close();
  }
}
