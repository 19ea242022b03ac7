package org.untorn.core;

import java.util.List;
import java.util.Optional;
import org.untorn.backstore.BlockOperation;
import org.untorn.core.Command.Trait;
import org.untorn.vpd.Field;

/**
 * SYNCHRONIZE CACHE (SBC-4): puts what was written on stable storage. The store knows no part of
 * itself to flush, so the whole is flushed whatever range is asked for; zero blocks ask for all
 * from the LBA on. With IMMED the answer does not wait for it.
 */
record SynchronizeCacheCommand(Disk disk, BlockCdb cdb) implements Command.Handler {

  /** Obsolete: it told a non-volatile cache, which there is not, from the medium. */
  private static final Field SYNC_NV = Field.bit("SYNC_NV", 1, 2);

  private static final Field IMMED = Field.bit("IMMED", 1, 1);

  static List<Command> rows(Disk disk) {
    return List.of(
        row(disk, "SYNCHRONIZE CACHE(10)", 0x35, BlockCdb.ten(BlockCdb.NUMBER_OF_LOGICAL_BLOCKS)),
        row(
            disk,
            "SYNCHRONIZE CACHE(16)",
            0x91,
            BlockCdb.sixteen(BlockCdb.NUMBER_OF_LOGICAL_BLOCKS)));
  }

  private static Command row(Disk disk, String name, int operationCode, BlockCdb cdb) {
    return Command.row(name, "SBC-4", operationCode, cdb.length())
        .fields(cdb.evaluated(IMMED))
        .ignores(List.of(SYNC_NV))
        .ignores(cdb.group())
        .addresses(cdb)
        .traits(Trait.MEDIUM_ACCESS)
        .handledBy(new SynchronizeCacheCommand(disk, cdb));
  }

  @Override
  public void execute(CommandTask task) {
    Optional<SenseData> wrong = disk.range(task, cdb);
    if (wrong.isPresent()) {
      task.refuse(wrong.get());
    } else if (task.isSet(IMMED)) {
      disk.store().submit(new BlockOperation.Flush(), outcome -> {});
      task.complete(Outcome.GOOD);
    } else {
      disk.flush(task, () -> task.complete(Outcome.GOOD));
    }
  }
}
