package org.untorn.daemon;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.untorn.daemon.config.AccessConfig;
import org.untorn.daemon.config.Advertised;
import org.untorn.daemon.config.DaemonConfig;
import org.untorn.daemon.config.Endpoint;
import org.untorn.daemon.config.FaultConfig;
import org.untorn.daemon.config.LunConfig;
import org.untorn.daemon.config.Size;
import org.untorn.daemon.config.Storage;
import org.untorn.daemon.config.TargetConfig;
import org.untorn.daemon.history.Histories;
import org.untorn.iscsi.initiator.Command;
import org.untorn.iscsi.initiator.InitiatorSession;
import org.untorn.iscsi.initiator.LoginOptions;
import org.untorn.vpd.AtomicProfile;

/** A daemon with one disk of 1 MiB in memory, an initiator for it, and the command line. */
final class OneDisk implements AutoCloseable {

  private static final String TARGET = "iqn.2026-11.org.untorn:test";
  private static final Endpoint ANYWHERE = new Endpoint("127.0.0.1", 0);

  private final Daemon daemon;

  OneDisk(FaultConfig faults) throws IOException {
    this(faults, Histories.none());
  }

  /** One that may remember what is asked of it. */
  OneDisk(FaultConfig faults, Histories histories) throws IOException {
    LunConfig lun =
        new LunConfig(
            0, "disk", Optional.of(new Size(1 << 20)), 512, 4096, AtomicProfile.DEFAULT.limits());
    daemon =
        Daemon.start(
            new DaemonConfig(
                    ANYWHERE,
                    new Advertised.Reached(),
                    ANYWHERE,
                    new Storage.Memory(),
                    Optional.empty(),
                    AccessConfig.OPEN,
                    List.of(new TargetConfig(TARGET, List.of(lun))))
                .with(faults),
            UnaryOperator.identity(),
            histories);
  }

  Daemon daemon() {
    return daemon;
  }

  /** The rows of the disk's command table. */
  List<org.untorn.core.Command> rows() {
    return daemon.ready().luns().getFirst().disk().unit().commands().rows();
  }

  /** A new session, which has heard its unit attention. */
  InitiatorSession login() {
    return login(LoginOptions.to(TARGET));
  }

  /** The same of another initiator. */
  InitiatorSession login(String initiator) {
    return login(LoginOptions.to(TARGET).from(initiator, 1));
  }

  /** The same with a key offered otherwise. */
  InitiatorSession loginWith(String key, String value) {
    return login(LoginOptions.to(TARGET).with(key, value));
  }

  private InitiatorSession login(LoginOptions options) {
    InitiatorSession session = InitiatorSession.login(daemon.ready().portal().bound(), options);
    session.execute(Command.of(0, cdb(0x00, 6, 0, 0)));
    return session;
  }

  /** Runs the program with a pointer at this daemon. */
  ProgramRun run(String... arguments) {
    return ProgramRun.at(daemon, arguments);
  }

  static Command read(int lba, int blocks) {
    return Command.read(0, cdb(0x28, 10, lba, blocks), blocks * 512);
  }

  static Command write(int lba, int blocks, int tag) {
    return Command.write(0, cdb(0x2A, 10, lba, blocks), data(blocks, tag));
  }

  static Command writeFua(int lba, int blocks, int tag) {
    byte[] cdb = cdb(0x2A, 10, lba, blocks);
    cdb[1] = 0x08;
    return Command.write(0, cdb, data(blocks, tag));
  }

  /** WRITE ATOMIC(16). */
  static Command writeAtomic(int lba, int blocks, int boundary, int tag) {
    byte[] cdb = new byte[16];
    cdb[0] = (byte) 0x9C;
    cdb[8] = (byte) (lba >> 8);
    cdb[9] = (byte) lba;
    cdb[11] = (byte) boundary;
    cdb[13] = (byte) blocks;
    return Command.write(0, cdb, data(blocks, tag));
  }

  static byte[] data(int blocks, int tag) {
    byte[] data = new byte[blocks * 512];
    Arrays.fill(data, (byte) tag);
    return data;
  }

  /** A CDB of 6 bytes without fields, or of 10 bytes. */
  static byte[] cdb(int opcode, int length, int lba, int blocks) {
    byte[] cdb = new byte[length];
    cdb[0] = (byte) opcode;
    if (length == 10) {
      cdb[4] = (byte) (lba >> 8);
      cdb[5] = (byte) lba;
      cdb[8] = (byte) blocks;
    }
    return cdb;
  }

  @Override
  public void close() {
    daemon.close();
  }
}
