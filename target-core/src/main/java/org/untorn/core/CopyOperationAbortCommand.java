package org.untorn.core;

import java.util.Optional;
import org.untorn.vpd.Field;

/**
 * COPY OPERATION ABORT (SPC-5 6.3): ends a third-party copy of the same nexus that runs. It ends
 * itself when that has ended; the command that asked for the copy, if it still waits, ends in COPY
 * ABORTED.
 */
record CopyOperationAbortCommand(Disk disk) implements Command.Handler {

  private static final int SERVICE_ACTION = 0x1C;
  private static final Field LIST_IDENTIFIER = Field.bytes("LIST IDENTIFIER", 2, 4);

  Command row() {
    return Command.row(
            "COPY OPERATION ABORT", "SPC-5", ExtendedCopyCommand.OPERATION_CODE, SERVICE_ACTION, 16)
        .fields(LIST_IDENTIFIER)
        .handledBy(this);
  }

  @Override
  public void execute(CommandTask task) {
    Optional<CopyOperation> operation =
        disk.copies()
            .find(task.nexus(), task.get(LIST_IDENTIFIER))
            .filter(CopyOperation::isRunning);
    if (operation.isEmpty()) {
      task.refuse(LIST_IDENTIFIER);
      return;
    }
    operation.get().abort();
    var _ = operation.get().ended().thenRun(() -> task.complete(Outcome.GOOD));
  }
}
