package org.untorn.conformance.fault;

import java.nio.ByteBuffer;
import org.untorn.iscsi.initiator.Command;
import org.untorn.iscsi.initiator.CommandResult;
import org.untorn.iscsi.initiator.InitiatorException;
import org.untorn.iscsi.initiator.InitiatorSession;
import org.untorn.iscsi.initiator.LoginOptions;
import org.untorn.testkit.Ready;

/**
 * The units of a target, as one initiator has them. A command throws {@link InitiatorException}
 * where the connection ends under it.
 */
final class DiskSession implements AutoCloseable {

  static final int BLOCK = 512;

  private static final int READ_16 = 0x88;
  private static final int WRITE_16 = 0x8A;
  private static final int SYNCHRONIZE_CACHE_16 = 0x91;
  private static final int WRITE_ATOMIC_16 = 0x9C;
  private static final int FUA = 0x08;
  private static final int ATTENTIONS = 8;

  private final InitiatorSession session;

  private DiskSession(InitiatorSession session) {
    this.session = session;
  }

  /**
   * Logs in.
   *
   * @param name tells this initiator from others
   */
  static DiskSession login(Ready target, String name) {
    return new DiskSession(
        InitiatorSession.login(
            target.address(),
            LoginOptions.to(target.target())
                .from("iqn.2026-11.org.untorn:" + name, 0x80_0000_000001L)));
  }

  /** Hears what a unit has to say before it takes commands. */
  DiskSession ready(int lun) {
    CommandResult result = session.execute(Command.of(lun, new byte[6]));
    for (int i = 0; i < ATTENTIONS && result.senseCode().startsWith("06"); i++) {
      result = session.execute(Command.of(lun, new byte[6]));
    }
    if (!result.isGood()) {
      close();
      throw new IllegalStateException("lun " + lun + " is not ready: " + result.senseCode());
    }
    return this;
  }

  CommandResult write(int lun, long lba, byte[] data, boolean fua) {
    byte[] cdb = cdb(WRITE_16, lba, fua);
    ByteBuffer.wrap(cdb).putInt(10, data.length / BLOCK);
    return session.execute(Command.write(lun, cdb, data));
  }

  CommandResult writeAtomic(int lun, long lba, byte[] data, int boundary, boolean fua) {
    byte[] cdb = cdb(WRITE_ATOMIC_16, lba, fua);
    ByteBuffer.wrap(cdb).putShort(10, (short) boundary).putShort(12, (short) (data.length / BLOCK));
    return session.execute(Command.write(lun, cdb, data));
  }

  CommandResult flush(int lun) {
    return session.execute(Command.of(lun, cdb(SYNCHRONIZE_CACHE_16, 0, false)));
  }

  CommandResult read(int lun, long lba, int blocks) {
    byte[] cdb = cdb(READ_16, lba, false);
    ByteBuffer.wrap(cdb).putInt(10, blocks);
    return session.execute(Command.read(lun, cdb, blocks * BLOCK));
  }

  private static byte[] cdb(int operationCode, long lba, boolean fua) {
    byte[] cdb = new byte[16];
    cdb[0] = (byte) operationCode;
    cdb[1] = (byte) (fua ? FUA : 0);
    ByteBuffer.wrap(cdb).putLong(2, lba);
    return cdb;
  }

  @Override
  public void close() {
    session.close();
  }
}
