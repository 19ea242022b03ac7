package org.untorn.core;

import org.untorn.core.Command.UnderReservation;
import org.untorn.vpd.Field;

/**
 * RECEIVE DIAGNOSTIC RESULTS (SPC-5): the list of diagnostic pages, on which only itself is.
 *
 * <pre>
 *  byte 0     PAGE CODE (00h)
 *  byte 2-3   PAGE LENGTH
 *  byte 4     the code of the only page: 00h
 * </pre>
 */
final class ReceiveDiagnosticResultsCommand implements Command.Handler {

  private static final Field PCV = Field.bit("PCV", 1, 0);
  private static final Field PAGE_CODE = Field.bytes("PAGE CODE", 2, 1);
  private static final Field ALLOCATION_LENGTH = Field.bytes("ALLOCATION LENGTH", 3, 2);

  private static final byte[] SUPPORTED_PAGES = {0, 0, 0, 1, 0};

  Command row() {
    return Command.row("RECEIVE DIAGNOSTIC RESULTS", "SPC-5", 0x1C, 6)
        .fields(PCV, PAGE_CODE, ALLOCATION_LENGTH)
        .dataIn()
        .reservation(UnderReservation.ALLOWED_UNDER_WRITE_EXCLUSIVE)
        .reach(Reach.STANDBY)
        .handledBy(this);
  }

  @Override
  public void execute(CommandTask task) {
    if (task.isSet(PAGE_CODE)) {
      task.refuse(PAGE_CODE);
    } else {
      task.answer(SUPPORTED_PAGES, ALLOCATION_LENGTH);
    }
  }
}
