package org.untorn.core;

import io.netty.buffer.ByteBuf;
import java.util.Optional;
import org.untorn.backstore.BlockOperation;
import org.untorn.backstore.BlockOutcome;
import org.untorn.core.Command.Trait;

/**
 * ORWRITE(16) (SBC-4): sets in the blocks every bit that is set in the data, in one step towards
 * all other commands.
 *
 * <pre>
 *   read ──► or ──► compare with what was read, and write ──► done
 *     ▲                                │ another command wrote in between
 *     └────────────────────────────────┘
 * </pre>
 *
 * <p>It goes round again only if another command has succeeded meanwhile. Where the initiator
 * offers fewer bytes than the CDB asks for, the whole blocks that it offers are used, as by {@link
 * WriteCommand}.
 */
record OrWriteCommand(Disk disk) implements Command.Handler {

  private static final BlockCdb CDB = BlockCdb.sixteen(BlockCdb.TRANSFER_LENGTH);

  Command row() {
    return Command.row("ORWRITE(16)", "SBC-4", 0x8B, CDB.length())
        .fields(CDB.evaluated(BlockCdb.ORPROTECT, BlockCdb.DPO, BlockCdb.FUA))
        .ignores(CDB.group())
        .addresses(CDB)
        .dataOut()
        .traits(Trait.MEDIUM_ACCESS, Trait.CHANGES_MEDIUM)
        .handledBy(this);
  }

  /** What an attempt works on: each as long as the whole blocks of the data, and released once. */
  private record Buffers(ByteBuf data, ByteBuf found, ByteBuf merged) {

    void merge() {
      for (int at = 0; at < found.readableBytes(); at += Long.BYTES) {
        merged.setLong(at, found.getLong(at) | data.getLong(data.readerIndex() + at));
      }
    }

    void release() {
      data.release();
      found.release();
      merged.release();
    }
  }

  @Override
  public void execute(CommandTask task) {
    Optional<SenseData> wrong = disk.checkWrite(task, CDB, BlockCdb.ORPROTECT);
    if (wrong.isPresent()) {
      task.refuse(wrong.get());
      return;
    }
    task.receiveDataOut(disk.bytes(CDB.blocks(task)), data -> begin(task, data));
  }

  private void begin(CommandTask task, ByteBuf data) {
    int length = disk.wholeBlocks(data.readableBytes());
    if (length == 0) {
      data.release();
      task.complete(Outcome.GOOD);
      return;
    }
    Optional<ByteBuf> found = task.allocate(length);
    Optional<ByteBuf> merged = found.flatMap(_ -> task.allocate(length));
    if (merged.isPresent()) {
      attempt(task, new Buffers(data, found.orElseThrow(), merged.get()));
    } else {
      found.ifPresent(buffer -> buffer.release());
      data.release();
      task.complete(new Outcome.Busy());
    }
  }

  private void attempt(CommandTask task, Buffers buffers) {
    if (disk.refusesShrunk(task, CDB, buffers.data(), buffers.found(), buffers.merged())) {
      return;
    }
    disk.store()
        .submit(
            new BlockOperation.Read(CDB.lba(task), buffers.found().nioBuffer()),
            outcome -> {
              if (Failures.of(outcome).isPresent()) {
                end(task, buffers, outcome);
              } else {
                task.execute(() -> write(task, buffers));
              }
            });
  }

  private void write(CommandTask task, Buffers buffers) {
    if (disk.refusesShrunk(task, CDB, buffers.data(), buffers.found(), buffers.merged())) {
      return;
    }
    buffers.merge();
    disk.store()
        .submit(
            new BlockOperation.CompareAndWrite(
                CDB.lba(task),
                buffers.found().nioBuffer(),
                Disk.buffers(buffers.merged(), buffers.merged().readableBytes()),
                disk.durability(task.isSet(BlockCdb.FUA))),
            outcome -> {
              if (outcome instanceof BlockOutcome.Miscompare) {
                task.execute(() -> attempt(task, buffers));
              } else {
                end(task, buffers, outcome);
              }
            });
  }

  private void end(CommandTask task, Buffers buffers, BlockOutcome outcome) {
    buffers.release();
    disk.finish(task, outcome);
  }
}
