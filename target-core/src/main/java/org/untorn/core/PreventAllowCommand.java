package org.untorn.core;

import java.util.Map;
import org.untorn.vpd.Field;

/**
 * PREVENT ALLOW MEDIUM REMOVAL (SPC-5): whether START STOP UNIT may eject the medium, or load it,
 * as each nexus wants it for itself; all have to allow it. Only a unit whose medium can be removed
 * has the command.
 */
record PreventAllowCommand(Tray tray) implements Command.Handler {

  private static final Field PREVENT = new Field("PREVENT", 4, 1, 2);
  private static final int ALLOWED = 0b00;
  private static final int PREVENTED = 0b01;

  Command row() {
    return Command.row("PREVENT ALLOW MEDIUM REMOVAL", "SPC-5", 0x1E, 6)
        .fields(PREVENT)
        .harmlessWith(Map.of(PREVENT, ALLOWED))
        .handledBy(this);
  }

  /** 10b and 11b are obsolete: they were about medium changers. */
  @Override
  public void execute(CommandTask task) {
    switch (task.getInt(PREVENT)) {
      case ALLOWED -> tray.allow(task.nexus());
      case PREVENTED -> tray.prevent(task.nexus());
      default -> {
        task.refuse(PREVENT);
        return;
      }
    }
    task.complete(Outcome.GOOD);
  }
}
