package org.untorn.core;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.untorn.core.Command.Trait;
import org.untorn.vpd.Field;

/**
 * SANITIZE (SBC-4): makes all that was on the medium unreadable, in the background ({@link
 * Eraser}). OVERWRITE writes a pattern over every block, as often as it is told to; BLOCK ERASE and
 * CRYPTOGRAPHIC ERASE give every block back, which reads as zeros then (WABEREQ and WACEREQ say
 * so). EXIT FAILURE MODE leaves a failure behind that came with AUSE. ZNR is for zoned units: it is
 * a reserved bit here.
 *
 * <pre>
 *  parameter list of OVERWRITE
 *  byte 0     INVERT | TEST | OVERWRITE COUNT
 *  byte 1     reserved
 *  byte 2-3   INITIALIZATION PATTERN LENGTH
 *  byte 4..   INITIALIZATION PATTERN
 * </pre>
 */
record SanitizeCommand(Disk disk, Method method) implements Command.Handler {

  /** The service actions. */
  enum Method {
    OVERWRITE(0x01),
    BLOCK_ERASE(0x02),
    CRYPTOGRAPHIC_ERASE(0x03),
    EXIT_FAILURE_MODE(0x1F);

    private final int serviceAction;

    Method(int serviceAction) {
      this.serviceAction = serviceAction;
    }
  }

  private static final int OPERATION_CODE = 0x48;
  private static final Field IMMED = Field.bit("IMMED", 1, 7);
  private static final Field AUSE = Field.bit("AUSE", 1, 5);
  private static final Field SERVICE_ACTION = new Field("SERVICE ACTION", 1, 4, 5);
  private static final Field PARAMETER_LIST_LENGTH = Field.bytes("PARAMETER LIST LENGTH", 7, 2);

  private static final int HEADER = 4;
  private static final Field INVERT = Field.bit("INVERT", 0, 7);
  private static final Field TEST = new Field("TEST", 0, 6, 2);
  private static final Field OVERWRITE_COUNT = new Field("OVERWRITE COUNT", 0, 4, 5);
  private static final Field PATTERN_LENGTH = Field.bytes("INITIALIZATION PATTERN LENGTH", 2, 2);

  static List<Command> rows(Disk disk) {
    List<Command> rows = new ArrayList<>();
    for (Method method : Method.values()) {
      Command.Builder row =
          Command.row(
                  "SANITIZE: " + method.name().replace('_', ' '),
                  "SBC-4",
                  OPERATION_CODE,
                  method.serviceAction,
                  10)
              .traits(Trait.MEDIUM_ACCESS, Trait.MENDS_SANITIZE, Trait.CHANGES_MEDIUM);
      if (method == Method.EXIT_FAILURE_MODE) {
        row.fields(PARAMETER_LIST_LENGTH)
            .ignores(List.of(IMMED, AUSE))
            .traits(Trait.MEDIUM_ACCESS, Trait.MENDS_SANITIZE);
      } else {
        row.fields(IMMED, AUSE, PARAMETER_LIST_LENGTH);
      }
      if (method == Method.OVERWRITE) {
        row.dataOut();
      }
      rows.add(row.handledBy(new SanitizeCommand(disk, method)));
    }
    return rows;
  }

  @Override
  public void execute(CommandTask task) {
    Optional<SenseData> wrong =
        disk.writeProtection(task).or(() -> parameterListLength(task)).or(() -> restriction(task));
    if (wrong.isPresent()) {
      task.refuse(wrong.get());
      return;
    }
    switch (method) {
      case OVERWRITE ->
          ParameterList.receive(
              task, task.getInt(PARAMETER_LIST_LENGTH), list -> overwrite(task, list));
      case BLOCK_ERASE, CRYPTOGRAPHIC_ERASE ->
          begin(task, Erasure.byUnmapping(Erasure.Kind.SANITIZE, task.isSet(AUSE)));
      case EXIT_FAILURE_MODE -> exit(task);
    }
  }

  /** More than the header and up to a block of pattern for OVERWRITE; else none. */
  private Optional<SenseData> parameterListLength(CommandTask task) {
    int length = task.getInt(PARAMETER_LIST_LENGTH);
    boolean allowed =
        method == Method.OVERWRITE
            ? length > HEADER && length <= HEADER + disk.geometry().dataLength()
            : length == 0;
    return allowed
        ? Optional.empty()
        : Optional.of(SenseData.invalidFieldInCdb(PARAMETER_LIST_LENGTH));
  }

  /**
   * A failure that came without AUSE is in the restricted completion mode: nothing but another
   * operation in that mode leads out of it.
   */
  private Optional<SenseData> restriction(CommandTask task) {
    boolean restricted =
        disk.medium()
            .eraser()
            .failed()
            .filter(failed -> failed.kind() == Erasure.Kind.SANITIZE && !failed.unrestricted())
            .isPresent();
    if (restricted && method == Method.EXIT_FAILURE_MODE) {
      return Optional.of(SenseData.invalidFieldInCdb(SERVICE_ACTION));
    }
    return restricted ? Disk.mustBeZero(task, AUSE) : Optional.empty();
  }

  private void overwrite(CommandTask task, byte[] list) {
    int patternLength = PATTERN_LENGTH.getInt(list);
    Optional<Field> wrong =
        TEST.isSet(list)
            ? Optional.of(TEST)
            : !OVERWRITE_COUNT.isSet(list)
                ? Optional.of(OVERWRITE_COUNT)
                : patternLength == 0 || patternLength > disk.geometry().dataLength()
                    ? Optional.of(PATTERN_LENGTH)
                    : Optional.empty();
    if (wrong.isPresent()) {
      task.refuse(
          SenseData.invalidFieldInParameterList(FieldPointer.inParameterList(0, wrong.get())));
    } else if (HEADER + patternLength > list.length) {
      task.refuse(ParameterList.LENGTH_ERROR);
    } else {
      byte[] pattern = Arrays.copyOfRange(list, HEADER, HEADER + patternLength);
      begin(
          task,
          new Erasure(
              Erasure.Kind.SANITIZE,
              OVERWRITE_COUNT.getInt(list),
              INVERT.isSet(list),
              task.isSet(AUSE),
              pattern));
    }
  }

  private void begin(CommandTask task, Erasure erasure) {
    disk.medium().eraser().begin(task, erasure, task.isSet(IMMED));
    disk.copies().tokens().cancel();
  }

  /** Without a failure there is nothing to leave. */
  private void exit(CommandTask task) {
    disk.medium()
        .eraser()
        .failed()
        .filter(failed -> failed.kind() == Erasure.Kind.SANITIZE)
        .ifPresentOrElse(
            failed -> disk.medium().eraser().leave(task, failed),
            () -> task.complete(Outcome.GOOD));
  }
}
