package org.untorn.core;

import java.util.Map;
import java.util.Optional;
import org.untorn.backstore.BlockOperation;
import org.untorn.core.Command.UnderReservation;
import org.untorn.vpd.Field;

/**
 * START STOP UNIT (SBC-4): a stopped unit refuses to access the medium. Stopping flushes what was
 * written unless NO_FLUSH says otherwise. There are no power conditions, and a fixed medium cannot
 * be loaded or ejected.
 *
 * <p>Where the medium can be removed, LOEJ loads and ejects it, but for while a nexus prevents
 * that. Stopping it without LOEJ flushes, and leaves it accessible; and a POWER CONDITION, each of
 * which this unit is in at once, changes nothing. SBC-4 would have the one refuse to access the
 * medium and the other be refused; libiscsi's suite, and tgt, want it so.
 */
record StartStopUnitCommand(Disk disk) implements Command.Handler {

  private static final Field IMMED = Field.bit("IMMED", 1, 0);
  private static final Field POWER_CONDITION = new Field("POWER CONDITION", 4, 7, 4);
  private static final Field NO_FLUSH = Field.bit("NO_FLUSH", 4, 2);
  private static final Field LOEJ = Field.bit("LOEJ", 4, 1);
  private static final Field START = Field.bit("START", 4, 0);

  private static final SenseData PREVENTED =
      SenseData.illegalRequest(AdditionalSense.MEDIUM_REMOVAL_PREVENTED);

  Command row() {
    return Command.row("START STOP UNIT", "SBC-4", 0x1B, 6)
        .fields(IMMED, POWER_CONDITION, NO_FLUSH, LOEJ, START)
        .reservation(UnderReservation.CONFLICT)
        .harmlessWith(Map.of(START, 1, POWER_CONDITION, 0))
        .handledBy(this);
  }

  @Override
  public void execute(CommandTask task) {
    if (disk.profile().removable()) {
      removable(task);
    } else if (task.isSet(POWER_CONDITION)) {
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

  private void removable(CommandTask task) {
    Tray tray = disk.medium().tray();
    boolean in = task.isSet(START);
    if (task.isSet(POWER_CONDITION)) {
      task.complete(Outcome.GOOD);
    } else if (!task.isSet(LOEJ)) {
      start(task, in);
    } else if (tray.isPrevented()) {
      task.refuse(PREVENTED);
    } else if (in) {
      if (tray.move(true)) {
        disk.attentions()
            .raiseForOthers(
                task.nexus(), AdditionalSense.NOT_READY_TO_READY_CHANGE_MEDIUM_MAY_HAVE_CHANGED);
      }
      task.complete(Outcome.GOOD);
    } else {
      tray.move(false);
      flush(task);
    }
  }

  private void start(CommandTask task, boolean start) {
    Optional<SenseData> notReady = disk.medium().condition();
    if (notReady.isPresent()) {
      task.refuse(notReady.get());
    } else if (start) {
      task.complete(Outcome.GOOD);
    } else {
      flush(task);
    }
  }

  private void stop(CommandTask task) {
    disk.change(state -> state.withStopped(true));
    flush(task);
  }

  private void flush(CommandTask task) {
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
