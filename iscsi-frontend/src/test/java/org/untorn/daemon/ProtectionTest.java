package org.untorn.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.untorn.daemon.config.AccessConfig;
import org.untorn.daemon.config.Advertised;
import org.untorn.daemon.config.DaemonConfig;
import org.untorn.daemon.config.Endpoint;
import org.untorn.daemon.config.FaultConfig;
import org.untorn.daemon.config.LunConfig;
import org.untorn.daemon.config.MediumConfig;
import org.untorn.daemon.config.Size;
import org.untorn.daemon.config.Storage;
import org.untorn.daemon.config.TargetConfig;
import org.untorn.daemon.history.Histories;
import org.untorn.iscsi.initiator.Command;
import org.untorn.iscsi.initiator.CommandResult;
import org.untorn.iscsi.initiator.InitiatorSession;
import org.untorn.iscsi.initiator.LoginOptions;
import org.untorn.vpd.AtomicProfile;

/** A disk with protection information, over the wire, in a pool, and while it is broken. */
class ProtectionTest {

  private static final String TARGET = "iqn.2026-11.org.untorn:test";
  private static final Endpoint ANYWHERE = new Endpoint("127.0.0.1", 0);

  @TempDir private Path directory = Path.of("");

  private static LunConfig lun(String volume, Integer... protection) {
    return new LunConfig(
        0,
        volume,
        Optional.of(new Size(1 << 20)),
        512,
        4096,
        AtomicProfile.DEFAULT.limits(),
        Arrays.stream(protection).findFirst(),
        MediumConfig.FIXED);
  }

  private Daemon start(LunConfig lun, FaultConfig faults) throws IOException {
    return Daemon.start(
        new DaemonConfig(
                ANYWHERE,
                new Advertised.Reached(),
                ANYWHERE,
                new Storage.Directory(directory.resolve("pool")),
                Optional.empty(),
                AccessConfig.OPEN,
                List.of(new TargetConfig(TARGET, List.of(lun))))
            .with(faults),
        UnaryOperator.identity(),
        Histories.none());
  }

  private Daemon start(LunConfig lun) throws IOException {
    return start(lun, FaultConfig.NONE);
  }

  private static InitiatorSession login(Daemon daemon) {
    InitiatorSession session =
        InitiatorSession.login(daemon.ready().portal().bound(), LoginOptions.to(TARGET));
    session.execute(Command.of(0, new byte[6]));
    return session;
  }

  private ProgramRun volume(String... arguments) {
    String[] all = Arrays.copyOf(arguments, arguments.length + 2);
    all[arguments.length] = "--dir";
    all[arguments.length + 1] = directory.resolve("pool").toString();
    String[] whole = new String[all.length + 1];
    whole[0] = "volume";
    System.arraycopy(all, 0, whole, 1, all.length);
    return ProgramRun.of(whole);
  }

  private static byte[] hex(String bytes) {
    return HexFormat.of().parseHex(bytes.replace(" ", ""));
  }

  /** 480 zeros, then 00h to 1Fh: its CRC is 0224h (SBC-4 4.21.4.4). */
  private static byte[] golden(String tuple) {
    ByteBuffer block = ByteBuffer.allocate(520);
    for (int i = 0; i < 32; i++) {
      block.put(480 + i, (byte) i);
    }
    return block.put(512, hex(tuple)).array();
  }

  private static CommandResult write(InitiatorSession session, String cdb, byte[] data) {
    return session.execute(Command.write(0, hex(cdb), data));
  }

  private static byte[] read(InitiatorSession session, String cdb, int expected) {
    CommandResult result = session.execute(Command.read(0, hex(cdb), expected));
    assertThat(result.senseCode()).isEqualTo("none");
    return result.dataIn();
  }

  @Test
  void what_goes_over_the_wire_is_data_and_tuple_and_survives_all_that_becomes_of_its_volume()
      throws IOException {
    byte[] block = golden("0224 CAFE 00000007");
    try (Daemon daemon = start(lun("disk", 1));
        InitiatorSession session = login(daemon)) {
      assertThat(daemon.ready().text())
          .contains("1MiB in blocks of 512 bytes with protection information of type 1;");
      assertThat(write(session, "8A28 0000000000000007 00000001 0000", block).isGood()).isTrue();
      assertThat(read(session, "8820 0000000000000007 00000001 0000", 520)).isEqualTo(block);
      assertThat(read(session, "8800 0000000000000007 00000001 0000", 512))
          .isEqualTo(Arrays.copyOf(block, 512));
      assertThat(read(session, "9E10 0000000000000000 00000020 0000", 32))
          .startsWith(hex("00000000000007FF 00000200 0103"));
      CommandResult wrong =
          write(session, "8A20 0000000000000008 00000001 0000", golden("0225 CAFE 00000008"));
      assertThat(wrong.senseCode()).isEqualTo("0B/10/01");
      assertThat(volume("snapshot", "disk", "monday").exitCode()).isZero();
      assertThat(volume("clone", "monday", "copy").exitCode()).isZero();
      assertThat(volume("resize", "copy", "2MiB").out())
          .isEqualTo(
              "resized copy, a volume of 2MiB in blocks of 512 bytes with protection information of"
                  + " type 1, 512B of it data");
      assertThat(volume("list").out()).contains("copy    volume    2MiB  512B  512+8/1  -");
      assertThat(volume("list", "--json").out()).contains("\"blockSize\":512,\"protection\":1");
    }
    try (Daemon daemon = start(lun("copy"));
        InitiatorSession session = login(daemon)) {
      assertThat(read(session, "8820 0000000000000007 00000001 0000", 520)).isEqualTo(block);
      assertThat(read(session, "8820 0000000000000FFF 00000001 0000", 520))
          .endsWith(hex("FFFFFFFFFFFFFFFF"));
      byte[] unmap = hex("0016 0010 00000000 0000000000000007 00000001 00000000");
      assertThat(write(session, "4200 00000000 00 0018 00", unmap).isGood()).isTrue();
      assertThat(read(session, "8820 0000000000000007 00000001 0000", 520))
          .isEqualTo(ByteBuffer.allocate(520).putLong(512, -1).array());
    }
  }

  @Test
  void a_volume_keeps_the_type_that_it_was_made_with() throws IOException {
    assertThat(volume("create", "disk", "--size", "1MiB", "--protection", "3").out())
        .isEqualTo(
            "created disk, a volume of 1MiB in blocks of 512 bytes with protection information of"
                + " type 3, 0B of it data");
    assertThatThrownBy(() -> start(lun("disk", 1)))
        .hasMessage(
            "volume disk in %s has protection information of type 3 (0: none), not of type 1: leave --protection out, or choose another volume"
                .formatted(directory.resolve("pool")));
    assertThat(volume("create", "other", "--size", "1MiB", "--protection", "4"))
        .isEqualTo(
            new ProgramRun(
                2,
                "",
                "untorn: protection information of type 4: 0 (none), 1, 2 and 3 are supported"));
    assertThat(volume("create", "plain", "--size", "1MiB").exitCode()).isZero();
    assertThat(volume("snapshot", "plain", "before").exitCode()).isZero();
    assertThat(volume("rollback", "disk", "before").err())
        .isEqualTo(
            "untorn: before is no snapshot of disk: its blocks have another type of protection"
                + " information");
  }

  @Test
  void an_export_holds_the_data_alone() throws IOException {
    try (Daemon daemon = start(lun("disk", 1));
        InitiatorSession session = login(daemon)) {
      write(session, "2A20 00000007 00 0001 00", golden("0224 CAFE 00000007"));
    }
    Path image = directory.resolve("disk.img");
    assertThat(volume("export", "disk", image.toString()).exitCode()).isZero();
    byte[] bytes = Files.readAllBytes(image);
    assertThat(bytes).hasSize(1 << 20);
    assertThat(Arrays.copyOfRange(bytes, 7 * 512, 8 * 512))
        .isEqualTo(Arrays.copyOf(golden("0000 0000 00000000"), 512));
    assertThat(Arrays.copyOfRange(bytes, 8 * 512, bytes.length)).containsOnly(0);
    assertThat(volume("import", "again", image.toString()).out())
        .startsWith("imported again, a volume of 1MiB in blocks of 512 bytes, 512B of it data");
  }

  @Test
  void a_bit_that_rots_is_found_by_the_guard() throws IOException {
    try (Daemon daemon = start(lun("disk", 1), FaultConfig.NONE.withRules());
        InitiatorSession session = login(daemon)) {
      write(session, "2A20 00000032 00 0001 00", golden("0224 CAFE 00000032"));
      assertThat(ProgramRun.at(daemon, "fault", "add", "lba=50 bit-rot").exitCode()).isZero();
      CommandResult rotten = session.execute(Command.read(0, hex("2800 00000032 00 0001 00"), 512));
      assertThat(rotten.senseCode()).isEqualTo("0B/10/01");
    }
  }

  /** Plain writes tear by blocks; a tuple goes with its data whatever the cut leaves of them. */
  @Test
  void no_power_cut_parts_a_tuple_from_its_data() throws Exception {
    int blocks = 64;
    int survivors = 0;
    for (int seed = 1; seed <= 8; seed++) {
      LunConfig lun = lun("disk" + seed, 1);
      try (Daemon daemon = start(lun, FaultConfig.power(seed))) {
        try (InitiatorSession session = login(daemon)) {
          for (int round = 1; round <= 3; round++) {
            assertThat(write(session, "2A00 00000000 00 0040 00", data(blocks, round)).isGood())
                .isTrue();
          }
          assertThat(ProgramRun.at(daemon, "power", "cut").exitCode()).isZero();
        }
        assertThat(ProgramRun.at(daemon, "power", "on").exitCode()).isZero();
        try (InitiatorSession session = login(daemon)) {
          session.execute(Command.of(0, new byte[6]));
          byte[] left = read(session, "2820 00000000 00 0040 00", blocks * 520);
          for (int i = 0; i < blocks; i++) {
            int round = left[i * 520];
            byte[] data = Arrays.copyOfRange(left, i * 520, i * 520 + 512);
            byte[] tuple = Arrays.copyOfRange(left, i * 520 + 512, (i + 1) * 520);
            assertThat(data).isEqualTo(Arrays.copyOf(data(1, round), 512));
            boolean unwritten = Arrays.equals(tuple, hex("FFFFFFFFFFFFFFFF"));
            assertThat(unwritten).as("seed %d, block %d", seed, i).isEqualTo(round == 0);
            survivors += unwritten ? 0 : 1;
          }
        }
      }
    }
    assertThat(survivors).as("the cuts tore").isBetween(1, 8 * blocks - 1);
  }

  /** Blocks whose guards are right for no other round: a read with 001b checks them. */
  private static byte[] data(int blocks, int round) {
    byte[] data = new byte[blocks * 512];
    Arrays.fill(data, (byte) round);
    return data;
  }
}
