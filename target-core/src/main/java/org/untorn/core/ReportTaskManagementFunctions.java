package org.untorn.core;

import org.untorn.core.Command.UnderReservation;
import org.untorn.vpd.Field;

/**
 * REPORT SUPPORTED TASK MANAGEMENT FUNCTIONS (SPC-5): those that {@link TargetDevice#manage}
 * carries out on a logical unit.
 *
 * <pre>
 *  byte 0   ATS | ATSS | CACAS | CTSS | LURS | QTS | obsolete | obsolete
 *  byte 1   reserved | QAES | QTSS | ITNRS
 *  byte 3   ADDITIONAL LENGTH: 0Ch if REPD asked for the extended data, which name no timeouts
 * </pre>
 */
final class ReportTaskManagementFunctions {

  private static final Field REPD = Field.bit("REPD", 2, 7);
  private static final Field ALLOCATION_LENGTH = Field.bytes("ALLOCATION LENGTH", 6, 4);

  private static final int BASIC_LENGTH = 4;
  private static final int EXTENDED_LENGTH = 16;
  private static final Field ABORT_TASK = Field.bit("ATS", 0, 7);
  private static final Field ABORT_TASK_SET = Field.bit("ATSS", 0, 6);
  private static final Field CLEAR_TASK_SET = Field.bit("CTSS", 0, 4);
  private static final Field LOGICAL_UNIT_RESET = Field.bit("LURS", 0, 3);
  private static final Field ADDITIONAL_LENGTH = Field.bytes("ADDITIONAL LENGTH", 3, 1);

  private ReportTaskManagementFunctions() {}

  static Command row() {
    return Command.row("REPORT SUPPORTED TASK MANAGEMENT FUNCTIONS", "SPC-5", 0xA3, 0x0D, 12)
        .fields(REPD, ALLOCATION_LENGTH)
        .dataIn()
        .reservation(UnderReservation.ALLOWED_UNDER_WRITE_EXCLUSIVE)
        .handledBy(task -> task.answer(functions(task.isSet(REPD)), ALLOCATION_LENGTH));
  }

  private static byte[] functions(boolean extended) {
    byte[] data = new byte[extended ? EXTENDED_LENGTH : BASIC_LENGTH];
    ABORT_TASK.put(data, 1);
    ABORT_TASK_SET.put(data, 1);
    CLEAR_TASK_SET.put(data, 1);
    LOGICAL_UNIT_RESET.put(data, 1);
    ADDITIONAL_LENGTH.put(data, data.length - BASIC_LENGTH);
    return data;
  }
}
