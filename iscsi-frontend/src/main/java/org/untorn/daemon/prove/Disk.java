package org.untorn.daemon.prove;

import java.nio.ByteBuffer;
import org.untorn.iscsi.initiator.Command;
import org.untorn.iscsi.initiator.CommandResult;
import org.untorn.iscsi.initiator.InitiatorException;
import org.untorn.iscsi.initiator.InitiatorSession;
import org.untorn.iscsi.initiator.LoginOptions;

/**
 * LUN 0 of a target, as an initiator has it, one command at a time. A command throws {@link
 * InitiatorException} where the connection ends under it.
 */
final class Disk implements AutoCloseable {

  private static final int CDB_LENGTH = 16;
  private static final int READ_16 = 0x88;
  private static final int WRITE_16 = 0x8A;
  private static final int SYNCHRONIZE_CACHE_16 = 0x91;
  private static final int WRITE_ATOMIC_16 = 0x9C;
  private static final int FUA = 0x08;
  private static final int ATTENTIONS = 8;

  private final InitiatorSession session;
  private final int blockLength;

  private Disk(InitiatorSession session, int blockLength) {
    this.session = session;
    this.blockLength = blockLength;
  }

  /** Logs in, and hears what the unit has to say before it takes commands (POWER ON). */
  static Disk connect(Rig rig, int blockLength) {
    Disk disk =
        new Disk(InitiatorSession.login(rig.address(), LoginOptions.to(rig.target())), blockLength);
    Command testUnitReady = Command.of(0, new byte[6]);
    CommandResult result = disk.session.execute(testUnitReady);
    for (int i = 0; i < ATTENTIONS && result.senseCode().startsWith("06"); i++) {
      result = disk.session.execute(testUnitReady);
    }
    if (!result.isGood()) {
      disk.close();
      throw new IllegalStateException("the unit does not become ready: " + result.senseCode());
    }
    return disk;
  }

  CommandResult write(long lba, byte[] data, boolean fua) {
    byte[] cdb = cdb(WRITE_16, lba, fua);
    ByteBuffer.wrap(cdb).putInt(10, data.length / blockLength);
    return session.execute(Command.write(0, cdb, data));
  }

  CommandResult writeAtomic(long lba, byte[] data, int boundary, boolean fua) {
    byte[] cdb = cdb(WRITE_ATOMIC_16, lba, fua);
    ByteBuffer.wrap(cdb)
        .putShort(10, (short) boundary)
        .putShort(12, (short) (data.length / blockLength));
    return session.execute(Command.write(0, cdb, data));
  }

  CommandResult synchronizeCache() {
    return session.execute(Command.of(0, cdb(SYNCHRONIZE_CACHE_16, 0, false)));
  }

  CommandResult read(long lba, int blocks) {
    byte[] cdb = cdb(READ_16, lba, false);
    ByteBuffer.wrap(cdb).putInt(10, blocks);
    return session.execute(Command.read(0, cdb, blocks * blockLength));
  }

  private static byte[] cdb(int operationCode, long lba, boolean fua) {
    byte[] cdb = new byte[CDB_LENGTH];
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
