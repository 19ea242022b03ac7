package org.untorn.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.untorn.core.Command.Trait;
import org.untorn.core.Command.UnderReservation;
import org.untorn.vpd.Field;

/**
 * READ DEFECT DATA (SBC-4): the lists of defects that a disk was made with, and that grew since. It
 * was made with none. Those that grew are blocks, which only the block formats can name; every
 * format can say that there are none.
 *
 * <pre>
 *          (10)                                    (12)
 *  0       reserved                                reserved
 *  1       PLISTV | GLISTV | DEFECT LIST FORMAT    the same
 *  2-3     DEFECT LIST LENGTH                      GENERATION CODE (zero: not supported)
 *  4-7     -                                       DEFECT LIST LENGTH
 *  then    the LBAs, of 4 or 8 bytes               the same, from ADDRESS DESCRIPTOR INDEX on
 * </pre>
 *
 * @param options the byte of the CDB with REQ_PLIST, REQ_GLIST and DEFECT LIST FORMAT
 * @param answerLength bytes of the header of the answer
 */
record ReadDefectDataCommand(
    GrownDefects defects, int options, Field allocationLength, int answerLength)
    implements Command.Handler {

  /** 110b is vendor specific, 111b reserved; neither is offered. */
  private static final int LAST_FORMAT = 0b101;

  private static final int SHORT_HEADER = 4;
  private static final Field PLISTV = Field.bit("PLISTV", 1, 4);
  private static final Field GLISTV = Field.bit("GLISTV", 1, 3);
  private static final Field ANSWERED_FORMAT = new Field("DEFECT LIST FORMAT", 1, 2, 3);

  /** Where in the list to begin; only the CDB of 12 bytes has it. */
  private static final Field INDEX = Field.bytes("ADDRESS DESCRIPTOR INDEX", 2, 4);

  static List<Command> rows(GrownDefects defects) {
    ReadDefectDataCommand ten =
        new ReadDefectDataCommand(defects, 2, Field.bytes("ALLOCATION LENGTH", 7, 2), 4);
    ReadDefectDataCommand twelve =
        new ReadDefectDataCommand(defects, 1, Field.bytes("ALLOCATION LENGTH", 6, 4), 8);
    return List.of(
        ten.row("READ DEFECT DATA(10)", 0x37, 10), twelve.row("READ DEFECT DATA(12)", 0xB7, 12));
  }

  private Command row(String name, int operationCode, int length) {
    List<Field> fields = new ArrayList<>(List.of(requestPrimary(), requestGrown(), format()));
    if (hasIndex()) {
      fields.add(INDEX);
    }
    fields.add(allocationLength);
    return Command.row(name, "SBC-4", operationCode, length)
        .fields(fields)
        .dataIn()
        .traits(Trait.MEDIUM_ACCESS)
        .reservation(UnderReservation.ALLOWED_UNDER_WRITE_EXCLUSIVE)
        .handledBy(this);
  }

  private boolean hasIndex() {
    return answerLength > SHORT_HEADER;
  }

  private Field listLength() {
    return hasIndex()
        ? Field.bytes("DEFECT LIST LENGTH", 4, 4)
        : Field.bytes("DEFECT LIST LENGTH", 2, 2);
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
    int format = task.getInt(format());
    List<Long> blocks = task.isSet(requestGrown()) ? defects.list() : List.of();
    Optional<DefectFormat> ofBlocks = DefectFormat.ofBlocks(format).filter(one -> one.fits(blocks));
    if (format > LAST_FORMAT || (!blocks.isEmpty() && ofBlocks.isEmpty())) {
      task.refuse(format());
      return;
    }
    long skipped = hasIndex() ? Math.min(task.get(INDEX), blocks.size()) : 0;
    List<Long> listed = blocks.subList((int) skipped, blocks.size());
    int size = ofBlocks.map(DefectFormat::length).orElse(0);
    byte[] answer = new byte[answerLength + listed.size() * size];
    listLength().put(answer, answer.length - answerLength);
    for (int i = 0; i < listed.size(); i++) {
      Field.bytes("LBA", answerLength + i * size, size).put(answer, listed.get(i));
    }
    PLISTV.put(answer, task.get(requestPrimary()));
    GLISTV.put(answer, task.get(requestGrown()));
    ANSWERED_FORMAT.put(answer, task.get(format()));
    task.answer(answer, allocationLength);
  }
}
