package org.untorn.core;

import io.netty.buffer.ByteBuf;
import java.util.Optional;
import org.untorn.backstore.BlockOperation;
import org.untorn.core.Command.Trait;
import org.untorn.vpd.Field;

/**
 * COMPARE AND WRITE (SBC-4): writes blocks if they hold what the initiator says, in one step that
 * no other command sees half of. The Data-Out Buffer holds what is expected, then, as long, what is
 * to be written.
 *
 * <pre>
 *  byte 0       89h
 *  byte 1       WRPROTECT | DPO | FUA | reserved
 *  byte 2-9     LOGICAL BLOCK ADDRESS
 *  byte 10-12   reserved
 *  byte 13      NUMBER OF LOGICAL BLOCKS; none is no error
 *  byte 14      reserved | GROUP NUMBER
 *  byte 15      CONTROL
 * </pre>
 *
 * <p>No blocks, but data for some, is an initiator whose 256 blocks became 0 in a field of 8 bits.
 * It would take GOOD for written, so it is told, as LIO tells it; libiscsi's suite asks for that.
 *
 * <p>If a byte differs nothing is written, and the command ends in 0Eh/1Dh/00h with the byte's
 * offset.
 */
record CompareAndWriteCommand(Disk disk) implements Command.Handler {

  private static final BlockCdb CDB =
      BlockCdb.sixteen(BlockCdb.NUMBER_OF_LOGICAL_BLOCKS)
          .withBlocks(Field.bytes(BlockCdb.NUMBER_OF_LOGICAL_BLOCKS, 13, 1));

  Command row() {
    return Command.row("COMPARE AND WRITE", "SBC-4", 0x89, CDB.length())
        .fields(CDB.evaluated(BlockCdb.WRPROTECT, BlockCdb.DPO, BlockCdb.FUA))
        .ignores(CDB.group())
        .addresses(CDB)
        .dataOut()
        .traits(Trait.MEDIUM_ACCESS, Trait.CHANGES_MEDIUM)
        .handledBy(this);
  }

  @Override
  public void execute(CommandTask task) {
    long maximum = disk.profile().limits().maximumCompareAndWriteLength();
    Optional<SenseData> wrong =
        Disk.protection(task, Optional.of(BlockCdb.WRPROTECT))
            .or(() -> disk.writeProtection(task))
            .or(() -> disk.range(task, CDB))
            .or(() -> Disk.length(CDB.blocks(task), maximum, CDB.blocks()))
            .or(() -> dataOut(task));
    if (wrong.isPresent()) {
      task.refuse(wrong.get());
    } else if (CDB.blocks(task) == 0) {
      task.complete(Outcome.GOOD);
    } else {
      task.receiveDataOut(2 * length(task), both -> compare(task, both));
    }
  }

  /** The bytes that are compared, which are as many as are written. */
  private int length(CommandTask task) {
    return disk.bytes(CDB.blocks(task));
  }

  /** The Data-Out Buffer holds both instances exactly, and not one of each if none is asked for. */
  private Optional<SenseData> dataOut(CommandTask task) {
    if (CDB.blocks(task) == 0) {
      return Disk.length(task.dataOutBufferSize() / disk.bytes(2), 0, CDB.blocks());
    }
    return task.dataOutBufferSize() == 2L * length(task)
        ? Optional.empty()
        : Optional.of(Failures.WRONG_DATA_OUT_SIZE);
  }

  private void compare(CommandTask task, ByteBuf both) {
    if (disk.refusesShrunk(task, CDB, both)) {
      return;
    }
    if (task.shield().isPresent()) {
      ShieldedCompareAndWrite.begin(
          disk, task, task.shield().get(), CDB, task.isSet(BlockCdb.FUA), both);
      return;
    }
    int length = length(task);
    ByteBuf data = both.slice(both.readerIndex() + length, length);
    disk.store()
        .submit(
            new BlockOperation.CompareAndWrite(
                CDB.lba(task),
                both.nioBuffer(both.readerIndex(), length),
                Disk.buffers(data, length),
                disk.durability(task.isSet(BlockCdb.FUA))),
            outcome -> {
              both.release();
              disk.finish(task, outcome);
            });
  }
}
