package org.untorn.core;

import java.util.List;
import org.untorn.core.Command.Trait;
import org.untorn.core.Command.UnderReservation;
import org.untorn.vpd.Field;

/**
 * READ DEFECT DATA (SBC-4): the lists of defects that a disk was made with, and that grew since.
 * There are none, so both lists are empty in every format.
 *
 * <pre>
 *          (10)                                    (12)
 *  0       reserved                                reserved
 *  1       PLISTV | GLISTV | DEFECT LIST FORMAT    the same
 *  2-3     DEFECT LIST LENGTH                      GENERATION CODE (zero: not supported)
 *  4-7     -                                       DEFECT LIST LENGTH
 * </pre>
 *
 * @param options the byte of the CDB with REQ_PLIST, REQ_GLIST and DEFECT LIST FORMAT
 * @param answerLength bytes of the answer, which is only a header
 */
record ReadDefectDataCommand(int options, Field allocationLength, int answerLength)
    implements Command.Handler {

  /** 110b is vendor specific, 111b reserved; neither is offered. */
  private static final int LAST_FORMAT = 0b101;

  private static final Field PLISTV = Field.bit("PLISTV", 1, 4);
  private static final Field GLISTV = Field.bit("GLISTV", 1, 3);
  private static final Field ANSWERED_FORMAT = new Field("DEFECT LIST FORMAT", 1, 2, 3);

  /** ADDRESS DESCRIPTOR INDEX: where in a list to begin, of which none has a beginning. */
  private static final Field INDEX = Field.bytes("ADDRESS DESCRIPTOR INDEX", 2, 4);

  static List<Command> rows() {
    ReadDefectDataCommand ten =
        new ReadDefectDataCommand(2, Field.bytes("ALLOCATION LENGTH", 7, 2), 4);
    ReadDefectDataCommand twelve =
        new ReadDefectDataCommand(1, Field.bytes("ALLOCATION LENGTH", 6, 4), 8);
    return List.of(
        ten.row("READ DEFECT DATA(10)", 0x37, 10).handledBy(ten),
        twelve.row("READ DEFECT DATA(12)", 0xB7, 12).ignores(List.of(INDEX)).handledBy(twelve));
  }

  private Command.Builder row(String name, int operationCode, int length) {
    return Command.row(name, "SBC-4", operationCode, length)
        .fields(requestPrimary(), requestGrown(), format(), allocationLength)
        .dataIn()
        .traits(Trait.MEDIUM_ACCESS)
        .reservation(UnderReservation.ALLOWED_UNDER_WRITE_EXCLUSIVE);
  }

  private Field requestPrimary() {
    return Field.bit("REQ_PLIST", options, 4);
  }

  private Field requestGrown() {
    return Field.bit("REQ_GLIST", options, 3);
  }

  private Field format() {
    return new Field("DEFECT LIST FORMAT", options, 2, 3);
  }

  @Override
  public void execute(CommandTask task) {
    if (task.getInt(format()) > LAST_FORMAT) {
      task.refuse(format());
      return;
    }
    byte[] answer = new byte[answerLength];
    PLISTV.put(answer, task.get(requestPrimary()));
    GLISTV.put(answer, task.get(requestGrown()));
    ANSWERED_FORMAT.put(answer, task.get(format()));
    task.answer(answer, allocationLength);
  }
}
