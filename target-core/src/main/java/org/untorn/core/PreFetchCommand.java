package org.untorn.core;

import java.util.List;
import java.util.Optional;
import org.untorn.core.Command.Trait;
import org.untorn.core.Command.UnderReservation;
import org.untorn.vpd.Field;

/**
 * PRE-FETCH (SBC-4): asks for blocks to be brought into the cache. There is no read cache for them,
 * so none are brought, which is what GOOD says here (CONDITION MET would say that all fitted). No
 * PREFETCH LENGTH means all blocks from the LBA on.
 */
record PreFetchCommand(Disk disk, BlockCdb cdb) implements Command.Handler {

  /** The answer comes at once with it and without it. */
  private static final Field IMMED = Field.bit("IMMED", 1, 1);

  static List<Command> rows(Disk disk) {
    return List.of(
        row(disk, "PRE-FETCH(10)", 0x34, BlockCdb.ten(BlockCdb.PREFETCH_LENGTH)),
        row(disk, "PRE-FETCH(16)", 0x90, BlockCdb.sixteen(BlockCdb.PREFETCH_LENGTH)));
  }

  private static Command row(Disk disk, String name, int operationCode, BlockCdb cdb) {
    return Command.row(name, "SBC-4", operationCode, cdb.length())
        .fields(cdb.evaluated(IMMED))
        .ignores(cdb.group())
        .addresses(cdb)
        .traits(Trait.MEDIUM_ACCESS)
        .reservation(UnderReservation.ALLOWED_UNDER_WRITE_EXCLUSIVE)
        .handledBy(new PreFetchCommand(disk, cdb));
  }

  @Override
  public void execute(CommandTask task) {
    Optional<SenseData> wrong = disk.range(task, cdb);
    wrong.ifPresentOrElse(task::refuse, () -> task.complete(Outcome.GOOD));
  }
}
