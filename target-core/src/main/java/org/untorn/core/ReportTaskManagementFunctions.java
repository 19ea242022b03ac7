package org.untorn.core;

import java.util.List;
import org.untorn.core.Command.UnderReservation;
import org.untorn.vpd.Field;

/**
 * REPORT SUPPORTED TASK MANAGEMENT FUNCTIONS (SPC-5): those that {@link TargetDevice#manage}
 * carries out on a logical unit; all but the obsolete ones.
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
  private static final Field CLEAR_ACA = Field.bit("CACAS", 0, 5);
  private static final Field CLEAR_TASK_SET = Field.bit("CTSS", 0, 4);
  private static final Field LOGICAL_UNIT_RESET = Field.bit("LURS", 0, 3);
  private static final Field QUERY_TASK = Field.bit("QTS", 0, 2);
  private static final Field QUERY_ASYNCHRONOUS_EVENT = Field.bit("QAES", 1, 2);
  private static final Field QUERY_TASK_SET = Field.bit("QTSS", 1, 1);
  private static final Field NEXUS_RESET = Field.bit("ITNRS", 1, 0);
  private static final List<Field> SUPPORTED =
      List.of(
          ABORT_TASK,
          ABORT_TASK_SET,
          CLEAR_ACA,
          CLEAR_TASK_SET,
          LOGICAL_UNIT_RESET,
          QUERY_TASK,
          QUERY_ASYNCHRONOUS_EVENT,
          QUERY_TASK_SET,
          NEXUS_RESET);
  private static final Field ADDITIONAL_LENGTH = Field.bytes("ADDITIONAL LENGTH", 3, 1);

  private ReportTaskManagementFunctions() {}

  static Command row() {
    return Command.row("REPORT SUPPORTED TASK MANAGEMENT FUNCTIONS", "SPC-5", 0xA3, 0x0D, 12)
        .fields(REPD, ALLOCATION_LENGTH)
        .dataIn()
        .traits(Command.Trait.DURING_ERASURE)
        .reservation(UnderReservation.ALLOWED_UNDER_WRITE_EXCLUSIVE)
        .reach(Reach.STANDBY)
        .handledBy(task -> task.answer(functions(task.isSet(REPD)), ALLOCATION_LENGTH));
  }

  private static byte[] functions(boolean extended) {
    byte[] data = new byte[extended ? EXTENDED_LENGTH : BASIC_LENGTH];
    SUPPORTED.forEach(function -> function.put(data, 1));
    ADDITIONAL_LENGTH.put(data, data.length - BASIC_LENGTH);
    return data;
  }
}
