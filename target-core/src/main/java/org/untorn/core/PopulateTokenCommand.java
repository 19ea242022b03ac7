package org.untorn.core;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.untorn.backstore.PointInTime;
import org.untorn.core.Command.Trait;
import org.untorn.core.Command.UnderReservation;
import org.untorn.vpd.Field;

/**
 * POPULATE TOKEN (SBC-4): makes a ROD token that stands for blocks as they are now. It takes no
 * time: the token keeps the root of the moment. RECEIVE ROD TOKEN INFORMATION gives it out.
 *
 * <pre>
 *  byte 0-1   POPULATE TOKEN DATA LENGTH (n - 1)
 *  byte 2     reserved | RTV | IMMED
 *  byte 4-7   INACTIVITY TIMEOUT, seconds; zero is the default
 *  byte 8-11  ROD TYPE, if RTV is set
 *  byte 14-15 BLOCK DEVICE RANGE DESCRIPTOR LENGTH
 *  byte 16..  {@link BlockRanges}
 * </pre>
 */
record PopulateTokenCommand(Disk disk, Supplier<PointInTime> points) implements Command.Handler {

  static final int SERVICE_ACTION = 0x10;

  static final Field LIST_IDENTIFIER = Field.bytes("LIST IDENTIFIER", 6, 4);
  static final Field GROUP_NUMBER = new Field("GROUP NUMBER", 14, 5, 6);

  static final Field DATA_LENGTH = Field.bytes("POPULATE TOKEN DATA LENGTH", 0, 2);
  private static final Field RTV = Field.bit("RTV", 2, 1);
  private static final Field INACTIVITY_TIMEOUT = Field.bytes("INACTIVITY TIMEOUT", 4, 4);
  private static final Field ROD_TYPE = Field.bytes("ROD TYPE", 8, 4);
  private static final Field RANGES_LENGTH =
      Field.bytes("BLOCK DEVICE RANGE DESCRIPTOR LENGTH", 14, 2);
  private static final int HEADER = 16;

  Command row() {
    return Command.row(
            "POPULATE TOKEN", "SBC-4", ExtendedCopyCommand.OPERATION_CODE, SERVICE_ACTION, 16)
        .fields(LIST_IDENTIFIER, ExtendedCopyCommand.PARAMETER_LIST_LENGTH)
        .ignores(List.of(GROUP_NUMBER))
        .dataOut()
        .traits(Trait.MEDIUM_ACCESS)
        .reservation(UnderReservation.ALLOWED_UNDER_WRITE_EXCLUSIVE)
        .handledBy(this);
  }

  @Override
  public void execute(CommandTask task) {
    long length = task.get(ExtendedCopyCommand.PARAMETER_LIST_LENGTH);
    if (length > HEADER + BlockRanges.longest()) {
      task.refuse(ParameterList.LENGTH_ERROR);
    } else {
      ParameterList.receive(task, (int) length, list -> populate(task, list));
    }
  }

  private void populate(CommandTask task, byte[] list) {
    if (list.length == 0) {
      task.complete(Outcome.GOOD);
      return;
    }
    Optional<SenseData> wrong =
        BlockRanges.check(list, DATA_LENGTH, RANGES_LENGTH, disk.geometry())
            .or(() -> unless(knows(list), ROD_TYPE))
            .or(
                () ->
                    unless(
                        INACTIVITY_TIMEOUT.get(list) <= CopyLimits.MAXIMUM_INACTIVITY_TIMEOUT,
                        INACTIVITY_TIMEOUT));
    if (wrong.isPresent()) {
      task.refuse(wrong.get());
      return;
    }
    CopyOperation operation =
        CopyOperations.operation(task, SERVICE_ACTION, task.get(LIST_IDENTIFIER), true, false);
    disk.copies().doNow(task, operation, one -> make(one, list), disk);
  }

  private Optional<CopyFailure> make(CopyOperation operation, byte[] list) {
    int timeout = INACTIVITY_TIMEOUT.getInt(list);
    PointInTime point = points.get();
    RodToken.Content content =
        new RodToken.Content(
            point, point.blocks().geometry().blockLength(), BlockRanges.read(list, RANGES_LENGTH));
    Optional<RodToken> token =
        disk.copies()
            .tokens()
            .make(
                disk.profile(),
                content,
                timeout == 0 ? CopyLimits.DEFAULT_INACTIVITY_TIMEOUT : timeout);
    if (token.isEmpty()) {
      point.close();
      SenseData full =
          SenseData.illegalRequest(AdditionalSense.INSUFFICIENT_RESOURCES_TO_CREATE_ROD_TOKEN);
      return Optional.of(full::encode);
    }
    operation.made(token.get());
    operation.copied(content.bytes());
    return Optional.empty();
  }

  private static boolean knows(byte[] list) {
    long type = ROD_TYPE.get(list);
    return !RTV.isSet(list)
        || type == RodToken.POINT_IN_TIME_DEFAULT
        || type == RodToken.POINT_IN_TIME_ANY;
  }

  private static Optional<SenseData> unless(boolean right, Field field) {
    return right
        ? Optional.empty()
        : Optional.of(
            SenseData.invalidFieldInParameterList(FieldPointer.inParameterList(0, field)));
  }
}
