package org.untorn.core;

import org.untorn.core.Command.Trait;
import org.untorn.core.Command.UnderReservation;

/**
 * A CDB that no command of the table answers to, as a command which refuses it: so it has its place
 * in the task set, and an auto contingent allegiance minds it as any other.
 */
final class RefusedCdb {

  private static final int LONG_CDB = 32;

  private RefusedCdb() {}

  /** A command that ends in CHECK CONDITION for this reason. */
  static Command command(byte[] cdb, SenseData why) {
    int operationCode = cdb[0] & 0xFF;
    return Command.row("refused", "", operationCode, length(operationCode))
        .traits(Trait.SKIPS_UNIT_ATTENTION, Trait.REFUSED)
        .reservation(UnderReservation.ALLOWED)
        .reach(Reach.ALWAYS)
        .handledBy(task -> task.refuse(why));
  }

  /** The length of a CDB by its GROUP CODE (SPC-5 4.2.5.1), which tells where CONTROL is. */
  private static int length(int operationCode) {
    return switch (operationCode >> 5) {
      case 0 -> 6;
      case 1, 2 -> 10;
      case 3 -> operationCode == Command.VARIABLE_LENGTH ? LONG_CDB : 10;
      case 5 -> 12;
      default -> 16;
    };
  }
}
