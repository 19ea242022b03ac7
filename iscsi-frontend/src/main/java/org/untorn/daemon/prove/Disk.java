package org.untorn.daemon.prove;

import java.nio.ByteBuffer;
import org.untorn.iscsi.initiator.Command;
import org.untorn.iscsi.initiator.CommandResult;
import org.untorn.iscsi.initiator.InitiatorException;
import org.untorn.iscsi.initiator.InitiatorSession;
import org.untorn.iscsi.initiator.LoginOptions;

/**
 * The units of a target, as an initiator has them, one command at a time. Their blocks are counted
 * through: those of unit 1 follow those of unit 0, and no command crosses from one to the other. A
 * command throws {@link InitiatorException} where the connection ends under it.
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
  private final Experiment experiment;

  private Disk(InitiatorSession session, Experiment experiment) {
    this.session = session;
    this.experiment = experiment;
  }

  /** Logs in, and hears what the units have to say before they take commands (POWER ON). */
  static Disk connect(Rig rig, Experiment experiment) {
    Disk disk =
        new Disk(InitiatorSession.login(rig.address(), LoginOptions.to(rig.target())), experiment);
    for (int unit = 0; unit < experiment.units(); unit++) {
      disk.awaitReady(unit);
    }
    return disk;
  }

  private void awaitReady(int unit) {
    Command testUnitReady = Command.of(unit, new byte[6]);
    CommandResult result = session.execute(testUnitReady);
    for (int i = 0; i < ATTENTIONS && result.senseCode().startsWith("06"); i++) {
      result = session.execute(testUnitReady);
    }
    if (!result.isGood()) {
      close();
      throw new IllegalStateException("a unit does not become ready: " + result.senseCode());
    }
  }

  private int unit(long lba) {
    return (int) (lba / experiment.region());
  }

  CommandResult write(long lba, byte[] data, boolean fua) {
    byte[] cdb = cdb(WRITE_16, lba, fua);
    ByteBuffer.wrap(cdb).putInt(10, data.length / experiment.blockLength());
    return session.execute(Command.write(unit(lba), cdb, data));
  }

  CommandResult writeAtomic(long lba, byte[] data, int boundary, boolean fua) {
    byte[] cdb = cdb(WRITE_ATOMIC_16, lba, fua);
    ByteBuffer.wrap(cdb)
        .putShort(10, (short) boundary)
        .putShort(12, (short) (data.length / experiment.blockLength()));
    return session.execute(Command.write(unit(lba), cdb, data));
  }

  /** Of all units, one after the other, until one fails. */
  CommandResult synchronizeCache() {
    CommandResult result = session.execute(Command.of(0, cdb(SYNCHRONIZE_CACHE_16, 0, false)));
    for (int unit = 1; unit < experiment.units() && result.isGood(); unit++) {
      result = session.execute(Command.of(unit, cdb(SYNCHRONIZE_CACHE_16, 0, false)));
    }
    return result;
  }

  CommandResult read(long lba, int blocks) {
    byte[] cdb = cdb(READ_16, lba, false);
    ByteBuffer.wrap(cdb).putInt(10, blocks);
    return session.execute(Command.read(unit(lba), cdb, blocks * experiment.blockLength()));
  }

  private byte[] cdb(int operationCode, long lba, boolean fua) {
    byte[] cdb = new byte[CDB_LENGTH];
    cdb[0] = (byte) operationCode;
    cdb[1] = (byte) (fua ? FUA : 0);
    ByteBuffer.wrap(cdb).putLong(2, lba % experiment.region());
    return cdb;
  }

  @Override
  public void close() {
    session.close();
  }
}
