package org.untorn.core;

import java.util.Map;
import org.untorn.backstore.BlockOperation;
import org.untorn.core.Command.UnderReservation;
import org.untorn.vpd.Field;

/**
 * START STOP UNIT (SBC-4): a stopped unit refuses to access the medium. Stopping flushes what was
 * written unless NO_FLUSH says otherwise. There are no power conditions, and nothing to load or
 * eject.
 */
record StartStopUnitCommand(Disk disk) implements Command.Handler {

  private static final Field IMMED = Field.bit("IMMED", 1, 0);
  private static final Field POWER_CONDITION = new Field("POWER CONDITION", 4, 7, 4);
  private static final Field NO_FLUSH = Field.bit("NO_FLUSH", 4, 2);
  private static final Field LOEJ = Field.bit("LOEJ", 4, 1);
  private static final Field START = Field.bit("START", 4, 0);

  Command row() {
    return Command.row("START STOP UNIT", "SBC-4", 0x1B, 6)
        .fields(IMMED, POWER_CONDITION, NO_FLUSH, LOEJ, START)
        .reservation(UnderReservation.CONFLICT)
        .harmlessWith(Map.of(START, 1, POWER_CONDITION, 0))
        .handledBy(this);
  }

  @Override
  public void execute(CommandTask task) {
    if (task.isSet(POWER_CONDITION)) {
      task.refuse(POWER_CONDITION);
    } else if (task.isSet(LOEJ)) {
      task.refuse(LOEJ);
    } else if (task.isSet(START)) {
      disk.change(state -> state.withStopped(false));
      task.complete(Outcome.GOOD);
    } else {
      stop(task);
    }
  }

  private void stop(CommandTask task) {
    disk.change(state -> state.withStopped(true));
    if (task.isSet(NO_FLUSH)) {
      task.complete(Outcome.GOOD);
    } else if (task.isSet(IMMED)) {
      disk.store().submit(new BlockOperation.Flush(), outcome -> {});
      task.complete(Outcome.GOOD);
    } else {
      disk.flush(task, () -> task.complete(Outcome.GOOD));
    }
  }
}
