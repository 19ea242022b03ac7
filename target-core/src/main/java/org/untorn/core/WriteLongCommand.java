package org.untorn.core;

import java.util.List;
import java.util.Optional;
import org.untorn.core.Command.Trait;
import org.untorn.vpd.Field;

/**
 * WRITE LONG (SBC-4) with WR_UNCOR: marks a block as bad, or with PBLOCK all of its physical block;
 * reading one ends in 03h/11h/14h until it is written ({@link MarkedBlocks}). COR_DIS makes no
 * difference: nothing tries to correct anything. Without WR_UNCOR it would write a block with its
 * error correction code, and there is none.
 */
record WriteLongCommand(Disk disk, Field lba, Field byteTransferLength) implements Command.Handler {

  private static final Field COR_DIS = Field.bit("COR_DIS", 1, 7);
  private static final Field WR_UNCOR = Field.bit("WR_UNCOR", 1, 6);
  private static final Field PBLOCK = Field.bit("PBLOCK", 1, 5);
  private static final int SERVICE_ACTION = 0x11;

  static List<Command> rows(Disk disk) {
    return List.of(
        new WriteLongCommand(disk, lba(4), length(7))
            .row(Command.row("WRITE LONG(10)", "SBC-4", 0x3F, 10)),
        new WriteLongCommand(disk, lba(8), length(12))
            .row(Command.row("WRITE LONG(16)", "SBC-4", 0x9F, SERVICE_ACTION, 16)));
  }

  private static Field lba(int bytes) {
    return Field.bytes("LOGICAL BLOCK ADDRESS", 2, bytes);
  }

  private static Field length(int offset) {
    return Field.bytes("BYTE TRANSFER LENGTH", offset, 2);
  }

  private Command row(Command.Builder row) {
    return row.fields(COR_DIS, WR_UNCOR, PBLOCK, lba, byteTransferLength)
        .traits(Trait.MEDIUM_ACCESS, Trait.CHANGES_MEDIUM)
        .handledBy(this);
  }

  @Override
  public void execute(CommandTask task) {
    long block = task.get(lba);
    Optional<SenseData> wrong =
        disk.writeProtection(task)
            .or(() -> Disk.oneOf(task, WR_UNCOR, 1))
            .or(() -> Disk.mustBeZero(task, byteTransferLength))
            .or(
                () ->
                    disk.geometry().contains(block, 1)
                        ? Optional.empty()
                        : Optional.of(Failures.outOfRange(FieldPointer.inCdb(lba))));
    if (wrong.isPresent()) {
      task.refuse(wrong.get());
      return;
    }
    long physical = task.isSet(PBLOCK) ? 1L << disk.profile().physicalBlockExponent() : 1;
    long first = block / physical * physical;
    long count = Math.min(physical, disk.geometry().blocks() - first);
    if (disk.medium().marked().mark(first, count)) {
      task.complete(Outcome.GOOD);
    } else {
      task.refuse(ReassignBlocksCommand.NO_SPARE);
    }
  }
}
