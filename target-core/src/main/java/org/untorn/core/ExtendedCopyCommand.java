package org.untorn.core;

import java.util.List;
import java.util.Optional;
import org.untorn.core.Command.Trait;
import org.untorn.vpd.Field;

/**
 * EXTENDED COPY(LID1) and EXTENDED COPY(LID4) (SPC-5 6.4 and 6.5): copies blocks inside a logical
 * unit, and from one to another that the initiator sees. The parameter list is {@link CopyList}'s.
 */
record ExtendedCopyCommand(Disk disk, boolean lid4) implements Command.Handler {

  static final int OPERATION_CODE = 0x83;
  private static final int LID1 = 0x00;
  private static final int LID4 = 0x01;

  static final Field PARAMETER_LIST_LENGTH = Field.bytes("PARAMETER LIST LENGTH", 10, 4);

  static List<Command> rows(Disk disk) {
    return List.of(
        row("EXTENDED COPY(LID1)", LID1, new ExtendedCopyCommand(disk, false)),
        row("EXTENDED COPY(LID4)", LID4, new ExtendedCopyCommand(disk, true)));
  }

  private static Command row(String name, int serviceAction, ExtendedCopyCommand handler) {
    return Command.row(name, "SPC-5", OPERATION_CODE, serviceAction, 16)
        .fields(PARAMETER_LIST_LENGTH)
        .dataOut()
        .traits(Trait.MEDIUM_ACCESS)
        .handledBy(handler);
  }

  /** The disk behind a logical unit, if it takes part in copies: if it has this command. */
  static Optional<Disk> disk(LogicalUnit unit) {
    return unit.commands().rows(OPERATION_CODE).stream()
        .map(Command::handler)
        .filter(ExtendedCopyCommand.class::isInstance)
        .map(handler -> ((ExtendedCopyCommand) handler).disk())
        .findFirst();
  }

  @Override
  public void execute(CommandTask task) {
    long length = task.get(PARAMETER_LIST_LENGTH);
    if (length > CopyList.LONGEST) {
      task.refuse(ParameterList.LENGTH_ERROR);
    } else {
      ParameterList.receive(task, (int) length, list -> copy(task, list));
    }
  }

  private void copy(CommandTask task, byte[] list) {
    if (list.length == 0) {
      task.complete(Outcome.GOOD);
      return;
    }
    switch (CopyList.parse(list, lid4)) {
      case CopyList.Parsed.Wrong(SenseData why) -> task.refuse(why);
      case CopyList.Parsed.Good(CopyList parsed) -> {
        CopyOperation operation =
            CopyOperations.operation(
                task,
                lid4 ? LID4 : LID1,
                parsed.listIdentifier(),
                parsed.named(),
                parsed.immediate());
        disk.copies()
            .start(
                task,
                operation,
                new CopySegments(disk, task.nexus(), task.inventory(), parsed),
                disk);
      }
    }
  }
}
