package org.untorn.core;

import java.util.List;
import java.util.function.Predicate;
import org.untorn.core.Command.UnderReservation;

/**
 * RESERVE and RELEASE (SPC-2), which SPC-5 knows no more and old initiators still send: the whole
 * unit for one nexus, until it gives it back, is gone, or the unit is reset. Extents and third
 * parties are not offered. With persistent reservations they are compatible as CRH says.
 *
 * @param action what is done for a nexus; whether it is GOOD, and no conflict
 */
record ReserveCommand(Predicate<Nexus> action) implements Command.Handler {

  static List<Command> rows(Disk disk) {
    Reservations reservations = disk.reservations();
    return List.of(
        row("RESERVE(6)", 0x16, 6, reservations::reserve),
        row("RELEASE(6)", 0x17, 6, reservations::release),
        row("RESERVE(10)", 0x56, 10, reservations::reserve),
        row("RELEASE(10)", 0x57, 10, reservations::release));
  }

  private static Command row(String name, int operationCode, int length, Predicate<Nexus> action) {
    return Command.row(name, "SPC-2", operationCode, length)
        .reservation(UnderReservation.BY_THE_COMMAND)
        .handledBy(new ReserveCommand(action));
  }

  @Override
  public void execute(CommandTask task) {
    task.complete(action.test(task.nexus()) ? Outcome.GOOD : new Outcome.ReservationConflict());
  }
}
