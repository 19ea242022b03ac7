package org.untorn.core.fault;

import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.untorn.core.CommandTable;
import org.untorn.core.CommandTask;
import org.untorn.core.LogicalUnit;
import org.untorn.core.UnitSignal;
import org.untorn.vpd.Field;

/**
 * A filter that carries some WRITE ATOMIC(16) commands out as WRITE(16), with none of the checks of
 * the former:
 *
 * <pre>
 *  byte 0       OPERATION CODE (9Ch)          (8Ah)
 *  byte 2-9     LOGICAL BLOCK ADDRESS         the same
 *  byte 10-11   ATOMIC BOUNDARY               the upper half of TRANSFER LENGTH: zero
 *  byte 12-13   TRANSFER LENGTH               the lower half
 * </pre>
 */
public final class PlainInstead implements LogicalUnit {

  private static final int WRITE_ATOMIC_16 = 0x9C;
  private static final int WRITE_16 = 0x8A;
  private static final Field BOUNDARY = Field.bytes("ATOMIC BOUNDARY", 10, 2);
  private static final Field LENGTH = Field.bytes("TRANSFER LENGTH", 12, 2);

  private final LogicalUnit next;
  private final Predicate<CommandTask> which;

  private PlainInstead(LogicalUnit next, Predicate<CommandTask> which) {
    this.next = next;
    this.which = which;
  }

  /** For those with an ATOMIC BOUNDARY. */
  public static LogicalUnit withBoundary(LogicalUnit next) {
    return new PlainInstead(next, task -> task.isSet(BOUNDARY));
  }

  /** For those of a length that is no multiple of so many blocks. */
  public static LogicalUnit betweenGranules(LogicalUnit next, long granularity) {
    return new PlainInstead(next, task -> task.get(LENGTH) % granularity != 0);
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
    if (task.command().operationCode() != WRITE_ATOMIC_16 || !which.test(task)) {
      next.execute(task);
      return;
    }
    byte[] cdb = task.cdb();
    cdb[0] = (byte) WRITE_16;
    BOUNDARY.put(cdb, 0);
    if (commands().find(cdb) instanceof CommandTable.Lookup.Found(var command)) {
      next.execute(task.as(command, cdb));
    } else {
      next.execute(task);
    }
  }

  @Override
  public CompletableFuture<Void> signal(UnitSignal signal) {
    return next.signal(signal);
  }
}
