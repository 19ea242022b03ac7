package org.untorn.core;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.List;
import java.util.Optional;
import org.untorn.backstore.BlockOperation;
import org.untorn.backstore.Durability;
import org.untorn.core.Command.Trait;

/**
 * WRITE AND VERIFY (SBC-4): a write to stable storage, then the same blocks are read back, and with
 * BYTCHK 01b compared with what was written.
 */
record WriteAndVerifyCommand(Disk disk, BlockCdb cdb) implements Command.Handler {

  static List<Command> rows(Disk disk) {
    return List.of(
        row(disk, "WRITE AND VERIFY(10)", 0x2E, BlockCdb.ten(BlockCdb.TRANSFER_LENGTH)),
        row(disk, "WRITE AND VERIFY(12)", 0xAE, BlockCdb.twelve(BlockCdb.TRANSFER_LENGTH)),
        row(disk, "WRITE AND VERIFY(16)", 0x8E, BlockCdb.sixteen(BlockCdb.TRANSFER_LENGTH)),
        row(disk, "WRITE AND VERIFY(32)", 0x000C, BlockCdb.thirtyTwo(BlockCdb.TRANSFER_LENGTH)));
  }

  private static Command row(Disk disk, String name, int code, BlockCdb cdb) {
    return cdb.row(name, code)
        .fields(cdb.evaluated(BlockCdb.WRPROTECT, BlockCdb.DPO, VerifyCommand.BYTCHK))
        .expects(cdb.expectedTags())
        .ignores(cdb.group())
        .addresses(cdb)
        .dataOut()
        .traits(Trait.MEDIUM_ACCESS, Trait.CHANGES_MEDIUM)
        .handledBy(new WriteAndVerifyCommand(disk, cdb));
  }

  @Override
  public void execute(CommandTask task) {
    Optional<SenseData> wrong =
        Disk.oneOf(
                task,
                cdb.at(VerifyCommand.BYTCHK),
                VerifyCommand.NO_COMPARISON,
                VerifyCommand.COMPARE_ALL)
            .or(() -> disk.checkWrite(task, cdb, BlockCdb.WRPROTECT));
    if (wrong.isPresent()) {
      task.refuse(wrong.get());
      return;
    }
    task.receiveDataOut(disk.bytes(cdb.blocks(task)), dataOut -> write(task, dataOut));
  }

  private void write(CommandTask task, ByteBuf dataOut) {
    int length = disk.wholeBlocks(dataOut.readableBytes());
    if (length == 0) {
      dataOut.release();
      task.complete(Outcome.GOOD);
      return;
    }
    Optional<ByteBuf> readBack = task.allocate(length);
    if (readBack.isPresent()) {
      write(task, dataOut, length, readBack.get());
    } else {
      dataOut.release();
      task.complete(new Outcome.Busy());
    }
  }

  private void write(CommandTask task, ByteBuf dataOut, int length, ByteBuf readBack) {
    if (disk.refusesShrunk(task, cdb, dataOut, readBack)) {
      return;
    }
    disk.store()
        .submit(
            new BlockOperation.Write(
                cdb.lba(task), Disk.buffers(dataOut, length), Durability.STABLE),
            outcome -> {
              Optional<SenseData> failure = Failures.of(outcome);
              if (failure.isPresent()) {
                dataOut.release();
                readBack.release();
                task.refuse(failure.get());
              } else {
                task.execute(() -> verify(task, dataOut, length, readBack));
              }
            });
  }

  private void verify(CommandTask task, ByteBuf written, int length, ByteBuf readBack) {
    if (disk.refusesShrunk(task, cdb, written, readBack)) {
      return;
    }
    Comparison comparison =
        new Comparison(disk, cdb.lba(task), length / disk.geometry().blockLength());
    if (task.isSet(cdb.at(VerifyCommand.BYTCHK))) {
      comparison.finish(task, written.writerIndex(written.readerIndex() + length), readBack);
    } else {
      written.release();
      comparison.finish(task, Unpooled.EMPTY_BUFFER, readBack);
    }
  }
}
