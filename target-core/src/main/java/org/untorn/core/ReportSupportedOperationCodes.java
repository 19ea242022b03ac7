package org.untorn.core;

import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.untorn.core.Command.UnderReservation;
import org.untorn.vpd.Field;

/**
 * REPORT SUPPORTED OPERATION CODES (SPC-5): the unit's own command table, as data.
 *
 * <pre>
 *  all commands: byte 0-3 COMMAND DATA LENGTH, then per command
 *    byte 0     OPERATION CODE
 *    byte 2-3   SERVICE ACTION
 *    byte 5     CTDP | SERVACTV
 *    byte 6-7   CDB LENGTH
 *    byte 8-19  command timeouts descriptor, if RCTD is one
 *
 *  one command:
 *    byte 1     CTDP | SUPPORT: 001b no such command, 011b as the standard has it
 *    byte 2-3   CDB SIZE
 *    byte 4..   CDB USAGE DATA, then a command timeouts descriptor if RCTD is one
 * </pre>
 *
 * @param table the table that is reported, which has this command too
 */
record ReportSupportedOperationCodes(Supplier<CommandTable> table) implements Command.Handler {

  private static final Field RCTD = Field.bit("RCTD", 2, 7);
  private static final Field REPORTING_OPTIONS = new Field("REPORTING OPTIONS", 2, 2, 3);
  private static final Field REQUESTED_OPERATION_CODE =
      Field.bytes("REQUESTED OPERATION CODE", 3, 1);
  private static final Field REQUESTED_SERVICE_ACTION =
      Field.bytes("REQUESTED SERVICE ACTION", 4, 2);
  private static final Field ALLOCATION_LENGTH = Field.bytes("ALLOCATION LENGTH", 6, 4);

  private static final int ALL = 0b000;
  private static final int BY_OPERATION_CODE = 0b001;
  private static final int BY_SERVICE_ACTION = 0b010;
  private static final int BY_EITHER = 0b011;

  private static final int NOT_SUPPORTED = 0b001;
  private static final int SUPPORTED = 0b011;

  /** The layout of one command's descriptor among all. */
  private static final class Descriptor {
    private static final int LENGTH = 8;
    private static final Field OPERATION_CODE = Field.bytes("OPERATION CODE", 0, 1);
    private static final Field SERVICE_ACTION = Field.bytes("SERVICE ACTION", 2, 2);
    private static final Field CTDP = Field.bit("CTDP", 5, 1);
    private static final Field SERVACTV = Field.bit("SERVACTV", 5, 0);
    private static final Field CDB_LENGTH = Field.bytes("CDB LENGTH", 6, 2);
  }

  /** The layout of the answer for one command. */
  private static final class One {
    private static final int HEADER = 4;
    private static final Field CTDP = Field.bit("CTDP", 1, 7);
    private static final Field SUPPORT = new Field("SUPPORT", 1, 2, 3);
    private static final Field CDB_SIZE = Field.bytes("CDB SIZE", 2, 2);
  }

  /** A command timeouts descriptor that names no timeouts: 10 bytes after the length, all zero. */
  private static final byte[] NO_TIMEOUTS = {0, 10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};

  Command row() {
    return Command.row("REPORT SUPPORTED OPERATION CODES", "SPC-5", 0xA3, 0x0C, 12)
        .fields(
            RCTD,
            REPORTING_OPTIONS,
            REQUESTED_OPERATION_CODE,
            REQUESTED_SERVICE_ACTION,
            ALLOCATION_LENGTH)
        .dataIn()
        .traits(Command.Trait.DURING_ERASURE)
        .reservation(UnderReservation.ALLOWED_UNDER_WRITE_EXCLUSIVE)
        .reach(Reach.STANDBY)
        .handledBy(this);
  }

  @Override
  public void execute(CommandTask task) {
    List<Command> rows = table.get().rows(task.getInt(REQUESTED_OPERATION_CODE));
    boolean withActions = !rows.isEmpty() && rows.getFirst().serviceAction().isPresent();
    boolean withoutActions = !rows.isEmpty() && !withActions;
    int action = task.getInt(REQUESTED_SERVICE_ACTION);
    int option = task.getInt(REPORTING_OPTIONS);
    if (option == ALL) {
      task.answer(all(task.isSet(RCTD)), ALLOCATION_LENGTH);
    } else if (option > BY_EITHER) {
      task.refuse(REPORTING_OPTIONS);
    } else if ((option == BY_OPERATION_CODE && withActions)
        || (option == BY_SERVICE_ACTION && withoutActions)) {
      task.refuse(REQUESTED_OPERATION_CODE);
    } else {
      int wanted = option == BY_OPERATION_CODE ? 0 : action;
      Optional<Command> row = rows.stream().filter(one -> actionOf(one) == wanted).findFirst();
      task.answer(one(row, task.isSet(RCTD)), ALLOCATION_LENGTH);
    }
  }

  private static int actionOf(Command row) {
    return row.serviceAction().map(Command.ServiceAction::value).orElse(0);
  }

  private byte[] all(boolean timeouts) {
    ByteArrayOutputStream descriptors = new ByteArrayOutputStream();
    descriptors.writeBytes(new byte[Integer.BYTES]);
    for (Command row : table.get().rows()) {
      byte[] descriptor = new byte[Descriptor.LENGTH];
      Descriptor.OPERATION_CODE.put(descriptor, row.operationCode());
      Descriptor.SERVICE_ACTION.put(descriptor, actionOf(row));
      Descriptor.CTDP.put(descriptor, timeouts ? 1 : 0);
      Descriptor.SERVACTV.put(descriptor, row.serviceAction().isPresent() ? 1 : 0);
      Descriptor.CDB_LENGTH.put(descriptor, row.length());
      descriptors.writeBytes(descriptor);
      descriptors.writeBytes(timeouts ? NO_TIMEOUTS : new byte[0]);
    }
    byte[] data = descriptors.toByteArray();
    Field.bytes("COMMAND DATA LENGTH", 0, Integer.BYTES).put(data, data.length - Integer.BYTES);
    return data;
  }

  private static byte[] one(Optional<Command> row, boolean timeouts) {
    byte[] header = new byte[One.HEADER];
    if (row.isEmpty()) {
      One.SUPPORT.put(header, NOT_SUPPORTED);
      return header;
    }
    byte[] usage = row.get().usageData();
    One.CTDP.put(header, timeouts ? 1 : 0);
    One.SUPPORT.put(header, SUPPORTED);
    One.CDB_SIZE.put(header, usage.length);
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    data.writeBytes(header);
    data.writeBytes(usage);
    data.writeBytes(timeouts ? NO_TIMEOUTS : new byte[0]);
    return data.toByteArray();
  }
}
