package org.untorn.core;

import io.netty.buffer.ByteBuf;
import java.util.Optional;
import org.untorn.backstore.BlockOperation;
import org.untorn.vpd.Field;

/**
 * READ (SBC-4): the blocks as one root of the store has them. DPO needs nothing: there is no cache
 * whose retention it could advise. FUA needs nothing either: a read gives what the newest write
 * left, and with FUA, only what is on stable storage, so the store is flushed first.
 *
 * @param protect RDPROTECT; a CDB of 6 bytes has none
 * @param fua FUA; a CDB of 6 bytes has none
 */
record ReadCommand(Disk disk, BlockCdb cdb, Optional<Field> protect, Optional<Field> fua)
    implements Command.Handler {

  @Override
  public void execute(CommandTask task) {
    long maximum = disk.profile().limits().maximumTransferLength();
    Optional<SenseData> wrong = disk.check(task, cdb, protect, maximum);
    if (wrong.isPresent()) {
      task.refuse(wrong.get());
      return;
    }
    int length = disk.bytes(cdb.blocks(task));
    if (length == 0) {
      task.complete(Outcome.GOOD);
      return;
    }
    if (fua.isPresent() && task.isSet(fua.get())) {
      disk.store()
          .submit(
              new BlockOperation.Flush(),
              flushed ->
                  Failures.of(flushed).ifPresentOrElse(task::refuse, () -> read(task, length)));
    } else {
      read(task, length);
    }
  }

  private void read(CommandTask task, int length) {
    ByteBuf data = task.allocator().directBuffer(length, length).writerIndex(length);
    disk.store()
        .submit(
            new BlockOperation.Read(cdb.lba(task), data.nioBuffer()),
            outcome -> disk.finish(task, outcome, data));
  }
}
