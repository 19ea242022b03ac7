package org.untorn.core;

import java.util.List;
import org.untorn.vpd.Field;

/**
 * REPORT LUNS (SPC-5): which logical units the target device has. Whoever asks need not be told any
 * more that they changed.
 *
 * <pre>
 *  byte 0-3   LUN LIST LENGTH, in bytes
 *  byte 4-7   reserved
 *  byte 8..   the LUNs, 8 bytes each
 * </pre>
 */
final class ReportLunsCommand implements Command.Handler {

  private static final Field SELECT_REPORT = Field.bytes("SELECT REPORT", 2, 1);
  private static final Field ALLOCATION_LENGTH = Field.bytes("ALLOCATION LENGTH", 6, 4);
  private static final Field LUN_LIST_LENGTH = Field.bytes("LUN LIST LENGTH", 0, 4);
  private static final int HEADER = 8;

  private static final int ALL_BUT_WELL_KNOWN = 0x00;
  private static final int WELL_KNOWN_ONLY = 0x01;
  private static final int ALL = 0x02;

  Command row() {
    return Command.row("REPORT LUNS", "SPC-5", 0xA0, 12)
        .fields(SELECT_REPORT, ALLOCATION_LENGTH)
        .dataIn()
        .traits(Command.Trait.SKIPS_UNIT_ATTENTION, Command.Trait.DURING_ERASURE)
        .reach(Reach.ALWAYS)
        .reservation(Command.UnderReservation.ALLOWED)
        .handledBy(this);
  }

  @Override
  public void execute(CommandTask task) {
    task.inventory().reported(task.nexus());
    switch (task.getInt(SELECT_REPORT)) {
      case ALL_BUT_WELL_KNOWN, ALL ->
          task.answer(encode(task.inventory().logicalUnitNumbers()), ALLOCATION_LENGTH);
      case WELL_KNOWN_ONLY -> task.answer(encode(List.of()), ALLOCATION_LENGTH);
      default -> task.refuse(SELECT_REPORT);
    }
  }

  private static byte[] encode(List<Integer> luns) {
    byte[] data = new byte[HEADER + luns.size() * Long.BYTES];
    LUN_LIST_LENGTH.put(data, data.length - HEADER);
    for (int i = 0; i < luns.size(); i++) {
      Field.bytes("LUN", HEADER + i * Long.BYTES, Long.BYTES)
          .put(data, LunField.encode(luns.get(i)));
    }
    return data;
  }
}
