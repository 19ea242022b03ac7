package org.untorn.core.fault;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiPredicate;
import org.untorn.core.Command;
import org.untorn.core.CommandTable;
import org.untorn.core.CommandTask;
import org.untorn.core.LogicalUnit;
import org.untorn.core.UnitSignal;
import org.untorn.vpd.Field;

/**
 * A filter that carries some WRITE ATOMIC commands out as WRITE of the same length, with none of
 * the checks of the former:
 *
 * <pre>
 *  16           32
 *  byte 0       byte 0, 8-9   OPERATION CODE (9Ch; 7Fh, 000Fh)   (8Ah; 7Fh, 000Bh)
 *  byte 2-9     byte 12-19    LOGICAL BLOCK ADDRESS              the same
 *  byte 10-11   byte 4-5      ATOMIC BOUNDARY                    upper half of TRANSFER LENGTH; reserved: zero
 *  byte 12-13   byte 28-31    TRANSFER LENGTH                    lower half; the same
 * </pre>
 */
public final class PlainInstead implements LogicalUnit {

  private static final Field OPERATION_CODE = Field.bytes("OPERATION CODE", 0, 1);
  private static final Field SERVICE_ACTION = Field.bytes("SERVICE ACTION", 8, 2);

  /** What is replaced by what, where. */
  private enum Form {
    OF_16(
        OPERATION_CODE,
        0x8A,
        Field.bytes("ATOMIC BOUNDARY", 10, 2),
        Field.bytes("TRANSFER LENGTH", 12, 2)),
    OF_32(
        SERVICE_ACTION,
        0x000B,
        Field.bytes("ATOMIC BOUNDARY", 4, 2),
        Field.bytes("TRANSFER LENGTH", 28, 4));

    private final Field code;
    private final int plain;
    private final Field boundary;
    private final Field length;

    Form(Field code, int plain, Field boundary, Field length) {
      this.code = code;
      this.plain = plain;
      this.boundary = boundary;
      this.length = length;
    }

    static Optional<Form> of(CommandTask task) {
      return switch (task.command().name()) {
        case "WRITE ATOMIC(16)" -> Optional.of(OF_16);
        case "WRITE ATOMIC(32)" -> Optional.of(OF_32);
        default -> Optional.empty();
      };
    }

    byte[] plain(byte[] cdb) {
      code.put(cdb, plain);
      boundary.put(cdb, 0);
      return cdb;
    }
  }

  private final LogicalUnit next;
  private final BiPredicate<Form, CommandTask> which;

  private PlainInstead(LogicalUnit next, BiPredicate<Form, CommandTask> which) {
    this.next = next;
    this.which = which;
  }

  /** For those with an ATOMIC BOUNDARY. */
  public static LogicalUnit withBoundary(LogicalUnit next) {
    return new PlainInstead(next, (form, task) -> task.isSet(form.boundary));
  }

  /** For those of a length that is no multiple of so many blocks. */
  public static LogicalUnit betweenGranules(LogicalUnit next, long granularity) {
    return new PlainInstead(next, (form, task) -> task.get(form.length) % granularity != 0);
  }

  @Override
  public CommandTable commands() {
    return next.commands();
  }

  @Override
  public boolean descriptorSense() {
    return next.descriptorSense();
  }

  @Override
  public void execute(CommandTask task) {
    Optional<Form> form =
        task.command().is(Command.Trait.REFUSED)
            ? Optional.empty()
            : Form.of(task).filter(one -> which.test(one, task));
    if (form.isPresent()) {
      byte[] cdb = form.get().plain(task.cdb());
      if (commands().find(cdb) instanceof CommandTable.Lookup.Found(var command)) {
        next.execute(task.as(command, cdb));
        return;
      }
    }
    next.execute(task);
  }

  @Override
  public CompletableFuture<Void> signal(UnitSignal signal) {
    return next.signal(signal);
  }
}
