package org.untorn.core;

import java.util.List;
import org.untorn.backstore.BlockOperation;
import org.untorn.core.Command.UnderReservation;
import org.untorn.vpd.Field;

/**
 * SEND DIAGNOSTIC (SPC-5): the default self-test, which asks the store whether it still answers. No
 * longer tests are offered, and no diagnostic page but the list of them.
 */
record SendDiagnosticCommand(Disk disk) implements Command.Handler {

  private static final Field SELF_TEST_CODE = new Field("SELF-TEST CODE", 1, 7, 3);
  private static final Field PF = Field.bit("PF", 1, 4);
  private static final Field SELFTEST = Field.bit("SELFTEST", 1, 2);

  /** They allow a test to disturb other commands, which this one does not. */
  private static final Field DEVOFFL = Field.bit("DEVOFFL", 1, 1);

  private static final Field UNITOFFL = Field.bit("UNITOFFL", 1, 0);
  private static final Field PARAMETER_LIST_LENGTH = Field.bytes("PARAMETER LIST LENGTH", 3, 2);

  /** The header of a diagnostic page, which is all that the list of them has when it is sent. */
  private static final int PAGE_HEADER = 4;

  private static final Field PAGE_CODE = Field.bytes("PAGE CODE", 0, 1);

  Command row() {
    return Command.row("SEND DIAGNOSTIC", "SPC-5", 0x1D, 6)
        .fields(SELF_TEST_CODE, PF, SELFTEST, PARAMETER_LIST_LENGTH)
        .ignores(List.of(DEVOFFL, UNITOFFL))
        .dataOut()
        .reservation(UnderReservation.CONFLICT)
        .reach(Reach.STANDBY)
        .handledBy(this);
  }

  @Override
  public void execute(CommandTask task) {
    if (task.isSet(SELF_TEST_CODE)) {
      task.refuse(SELF_TEST_CODE);
    } else if (task.isSet(SELFTEST) && task.isSet(PARAMETER_LIST_LENGTH)) {
      task.refuse(PARAMETER_LIST_LENGTH);
    } else if (task.isSet(SELFTEST)) {
      disk.store()
          .submit(new BlockOperation.Status(0, 1, 1), outcome -> disk.finish(task, outcome));
    } else {
      ParameterList.receive(task, task.getInt(PARAMETER_LIST_LENGTH), list -> page(task, list));
    }
  }

  private static void page(CommandTask task, byte[] list) {
    if (list.length == 0) {
      task.complete(Outcome.GOOD);
    } else if (!task.isSet(PF)) {
      task.refuse(PF);
    } else if (list.length < PAGE_HEADER) {
      task.refuse(ParameterList.LENGTH_ERROR);
    } else if (PAGE_CODE.isSet(list)) {
      task.refuse(
          SenseData.invalidFieldInParameterList(FieldPointer.inParameterList(0, PAGE_CODE)));
    } else {
      task.complete(Outcome.GOOD);
    }
  }
}
