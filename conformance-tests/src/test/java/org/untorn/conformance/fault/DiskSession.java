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

  private static final int VARIABLE_LENGTH = 0x7F;
  private static final int READ_32 = 0x0009;
  private static final int WRITE_32 = 0x000B;
  private static final int WRITE_ATOMIC_32 = 0x000F;

  private final InitiatorSession session;
  private final boolean longCdbs;

  private DiskSession(InitiatorSession session, boolean longCdbs) {
    this.session = session;
    this.longCdbs = longCdbs;
  }

  /**
   * Logs in.
   *
   * @param name tells this initiator from others
   */
  static DiskSession login(Ready target, String name) {
    return login(target, name, false);
  }

  /**
   * The same.
   *
   * @param longCdbs whether it reads and writes by commands of 32 bytes, and not of 16
   */
  static DiskSession login(Ready target, String name, boolean longCdbs) {
    return new DiskSession(
        InitiatorSession.login(
            target.address(),
            LoginOptions.to(target.target())
                .from("iqn.2026-11.org.untorn:" + name, 0x80_0000_000001L)),
        longCdbs);
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
    byte[] cdb =
        longCdbs
            ? longCdb(WRITE_32, lba, 0, data.length / BLOCK, fua)
            : cdb(WRITE_16, lba, fua, data.length / BLOCK);
    return session.execute(Command.write(lun, cdb, data));
  }

  CommandResult writeAtomic(int lun, long lba, byte[] data, int boundary, boolean fua) {
    int blocks = data.length / BLOCK;
    byte[] cdb =
        longCdbs
            ? longCdb(WRITE_ATOMIC_32, lba, boundary, blocks, fua)
            : cdb(WRITE_ATOMIC_16, lba, fua, boundary << 16 | blocks);
    return session.execute(Command.write(lun, cdb, data));
  }

  CommandResult flush(int lun) {
    return session.execute(Command.of(lun, cdb(SYNCHRONIZE_CACHE_16, 0, false, 0)));
  }

  CommandResult read(int lun, long lba, int blocks) {
    byte[] cdb =
        longCdbs ? longCdb(READ_32, lba, 0, blocks, false) : cdb(READ_16, lba, false, blocks);
    return session.execute(Command.read(lun, cdb, blocks * BLOCK));
  }

  /** A CDB of 16 bytes; the length of WRITE ATOMIC has its boundary in the upper half. */
  private static byte[] cdb(int operationCode, long lba, boolean fua, int length) {
    byte[] cdb = new byte[16];
    cdb[0] = (byte) operationCode;
    cdb[1] = (byte) (fua ? FUA : 0);
    ByteBuffer.wrap(cdb).putLong(2, lba).putInt(10, length);
    return cdb;
  }

  /** A CDB of 32 bytes (SBC-4 5.49); of the tags, which nobody sets here, it expects nothing. */
  private static byte[] longCdb(int action, long lba, int boundary, int blocks, boolean fua) {
    byte[] cdb = new byte[32];
    cdb[0] = VARIABLE_LENGTH;
    cdb[7] = (byte) (cdb.length - 8);
    cdb[10] = (byte) (fua ? FUA : 0);
    ByteBuffer.wrap(cdb)
        .putShort(4, (short) boundary)
        .putShort(8, (short) action)
        .putLong(12, lba)
        .putInt(20, -1)
        .putInt(28, blocks);
    return cdb;
  }

  @Override
  public void close() {
    session.close();
  }
}
