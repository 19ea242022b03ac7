package org.untorn.core;

import io.netty.buffer.ByteBuf;
import java.util.Optional;
import org.untorn.backstore.BlockOperation;
import org.untorn.backstore.Durability;
import org.untorn.vpd.Field;

/**
 * WRITE (SBC-4). Where the initiator offers fewer bytes than the CDB asks for, the whole blocks
 * that it offers are written and the transport reports the residual.
 *
 * @param protect WRPROTECT; a CDB of 6 bytes has none
 * @param fua FUA; a CDB of 6 bytes has none
 */
record WriteCommand(Disk disk, BlockCdb cdb, Optional<Field> protect, Optional<Field> fua)
    implements Command.Handler {

  @Override
  public void execute(CommandTask task) {
    long maximum = disk.profile().limits().maximumTransferLength();
    Optional<SenseData> wrong = disk.check(task, cdb, protect, maximum);
    if (wrong.isPresent()) {
      task.refuse(wrong.get());
      return;
    }
    Durability durability = disk.durability(fua.filter(task::isSet).isPresent());
    task.receiveDataOut(disk.bytes(cdb.blocks(task)), dataOut -> write(task, dataOut, durability));
  }

  private void write(CommandTask task, ByteBuf dataOut, Durability durability) {
    int wholeBlocks = dataOut.readableBytes() / disk.geometry().blockLength();
    if (wholeBlocks == 0) {
      dataOut.release();
      task.complete(Outcome.GOOD);
      return;
    }
    disk.store()
        .submit(
            new BlockOperation.Write(
                cdb.lba(task), Disk.buffers(dataOut, disk.bytes(wholeBlocks)), durability),
            outcome -> {
              dataOut.release();
              disk.finish(task, outcome);
            });
  }
}
