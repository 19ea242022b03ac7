package org.untorn.core;

import io.netty.buffer.ByteBuf;
import java.util.List;
import java.util.Optional;
import org.untorn.backstore.BlockOperation;
import org.untorn.backstore.Durability;
import org.untorn.core.Command.Trait;

/**
 * WRITE (SBC-4). Where the initiator offers fewer bytes than the CDB asks for, the whole blocks
 * that it offers are written and the transport reports the residual. DPO needs nothing: see {@link
 * ReadCommand}.
 */
record WriteCommand(Disk disk, BlockCdb cdb) implements Command.Handler {

  static List<Command> rows(Disk disk) {
    return List.of(
        row(disk, "WRITE(6)", 0x0A, BlockCdb.six()),
        row(disk, "WRITE(10)", 0x2A, BlockCdb.ten(BlockCdb.TRANSFER_LENGTH)),
        row(disk, "WRITE(12)", 0xAA, BlockCdb.twelve(BlockCdb.TRANSFER_LENGTH)),
        row(disk, "WRITE(16)", 0x8A, BlockCdb.sixteen(BlockCdb.TRANSFER_LENGTH)),
        row(disk, "WRITE(32)", 0x000B, BlockCdb.thirtyTwo(BlockCdb.TRANSFER_LENGTH)));
  }

  private static Command row(Disk disk, String name, int code, BlockCdb cdb) {
    return cdb.row(name, code)
        .fields(cdb.evaluated(BlockCdb.WRPROTECT, BlockCdb.DPO, BlockCdb.FUA))
        .ignores(cdb.durationLimit())
        .expects(cdb.expectedTags())
        .ignores(cdb.group())
        .addresses(cdb)
        .dataOut()
        .traits(Trait.MEDIUM_ACCESS, Trait.CHANGES_MEDIUM)
        .handledBy(new WriteCommand(disk, cdb));
  }

  @Override
  public void execute(CommandTask task) {
    Optional<SenseData> wrong = disk.checkWrite(task, cdb, BlockCdb.WRPROTECT);
    if (wrong.isPresent()) {
      task.refuse(wrong.get());
      return;
    }
    task.receiveDataOut(disk.bytes(cdb.blocks(task)), dataOut -> write(task, dataOut));
  }

  private void write(CommandTask task, ByteBuf dataOut) {
    if (disk.refusesShrunk(task, cdb, dataOut)) {
      return;
    }
    int length = disk.wholeBlocks(dataOut.readableBytes());
    if (length == 0) {
      dataOut.release();
      task.complete(Outcome.GOOD);
      return;
    }
    Durability durability =
        disk.durability(cdb.option(BlockCdb.FUA).filter(task::isSet).isPresent());
    disk.store()
        .submit(
            new BlockOperation.Write(cdb.lba(task), Disk.buffers(dataOut, length), durability),
            outcome -> {
              dataOut.release();
              disk.finish(task, outcome);
            });
  }
}
