package org.untorn.core;

import io.netty.buffer.ByteBuf;
import java.util.List;
import java.util.Optional;
import org.untorn.backstore.BlockOperation;
import org.untorn.core.Command.Trait;
import org.untorn.core.Command.UnderReservation;
import org.untorn.vpd.Field;

/**
 * READ (SBC-4): the blocks as one root of the store has them. DPO needs nothing: there is no read
 * cache whose retention it could advise. FUA asks for what is on the medium, so the store is
 * flushed first.
 */
record ReadCommand(Disk disk, BlockCdb cdb) implements Command.Handler {

  /** Rebuild assist is not supported, so its control is ignored. */
  private static final Field RARC = Field.bit("RARC", 1, 2);

  static List<Command> rows(Disk disk) {
    return List.of(
        row(disk, "READ(6)", 0x08, BlockCdb.six()),
        row(disk, "READ(10)", 0x28, BlockCdb.ten(BlockCdb.TRANSFER_LENGTH)),
        row(disk, "READ(12)", 0xA8, BlockCdb.twelve(BlockCdb.TRANSFER_LENGTH)),
        row(disk, "READ(16)", 0x88, BlockCdb.sixteen(BlockCdb.TRANSFER_LENGTH)),
        row(disk, "READ(32)", 0x0009, BlockCdb.thirtyTwo(BlockCdb.TRANSFER_LENGTH)));
  }

  private static Command row(Disk disk, String name, int code, BlockCdb cdb) {
    return cdb.row(name, code)
        .fields(cdb.evaluated(BlockCdb.RDPROTECT, BlockCdb.DPO, BlockCdb.FUA))
        .ignores(cdb.option(RARC).stream().toList())
        .ignores(cdb.durationLimit())
        .expects(cdb.expectedTags())
        .ignores(cdb.group())
        .addresses(cdb)
        .dataIn()
        .traits(Trait.MEDIUM_ACCESS)
        .reservation(UnderReservation.ALLOWED_UNDER_WRITE_EXCLUSIVE)
        .handledBy(new ReadCommand(disk, cdb));
  }

  @Override
  public void execute(CommandTask task) {
    long maximum = disk.profile().limits().maximumTransferLength();
    Optional<SenseData> wrong =
        Disk.protection(task, cdb.option(BlockCdb.RDPROTECT))
            .or(() -> disk.range(task, cdb))
            .or(() -> Disk.length(cdb.blocks(task), maximum, cdb.blocks()));
    if (wrong.isPresent()) {
      task.refuse(wrong.get());
    } else if (cdb.blocks(task) == 0) {
      task.complete(Outcome.GOOD);
    } else {
      task.allocate(disk.bytes(cdb.blocks(task)))
          .ifPresentOrElse(data -> read(task, data), () -> task.complete(new Outcome.Busy()));
    }
  }

  /** With FUA what is read is on stable storage first. */
  private void read(CommandTask task, ByteBuf data) {
    if (cdb.option(BlockCdb.FUA).filter(task::isSet).isPresent()) {
      disk.store()
          .submit(
              new BlockOperation.Flush(),
              outcome -> {
                if (Failures.of(outcome).isPresent()) {
                  disk.finish(task, outcome, data);
                } else {
                  task.execute(() -> submit(task, data));
                }
              });
    } else {
      submit(task, data);
    }
  }

  private void submit(CommandTask task, ByteBuf data) {
    if (disk.refusesShrunk(task, cdb, data)) {
      return;
    }
    disk.store()
        .submit(
            new BlockOperation.Read(cdb.lba(task), data.nioBuffer()),
            outcome -> disk.finish(task, outcome, data));
  }
}
