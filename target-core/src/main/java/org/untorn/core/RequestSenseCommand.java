package org.untorn.core;

import java.util.function.Function;
import org.untorn.vpd.Field;

/**
 * REQUEST SENSE (SPC-5): returns sense data with GOOD status, in the format that DESC asks for.
 *
 * @param sense what there is to tell the nexus; telling it clears it
 */
record RequestSenseCommand(Function<Nexus, SenseData> sense) implements Command.Handler {

  private static final Field DESC = Field.bit("DESC", 1, 0);
  private static final Field ALLOCATION_LENGTH = Field.bytes("ALLOCATION LENGTH", 4, 1);

  /** What is returned when there is nothing to tell. */
  static final SenseData NOTHING =
      new SenseData(SenseKey.NO_SENSE, AdditionalSense.NO_ADDITIONAL_SENSE_INFORMATION);

  Command row() {
    return Command.row("REQUEST SENSE", "SPC-5", 0x03, 6)
        .fields(DESC, ALLOCATION_LENGTH)
        .dataIn()
        .traits(Command.Trait.SKIPS_UNIT_ATTENTION, Command.Trait.DURING_ERASURE)
        .reach(Reach.ALWAYS)
        .reservation(Command.UnderReservation.ALLOWED)
        .handledBy(this);
  }

  @Override
  public void execute(CommandTask task) {
    SenseData told = sense.apply(task.nexus());
    if (told.additional().equals(AdditionalSense.REPORTED_LUNS_DATA_HAS_CHANGED)) {
      task.inventory().reported(task.nexus());
    }
    task.answer(told.encode(task.isSet(DESC)), ALLOCATION_LENGTH);
  }
}
