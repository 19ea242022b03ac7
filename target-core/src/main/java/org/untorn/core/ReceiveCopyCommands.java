package org.untorn.core;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.untorn.vpd.Field;

/**
 * The commands that tell of third-party copies (SPC-5 6.23 to 6.29): what the copy manager can do,
 * how far a copy has come, how it ended, and the ROD token that it made.
 *
 * <pre>
 *  LID1: LIST IDENTIFIER is byte 2     LID4: LIST IDENTIFIER is byte 2-5
 *  ALLOCATION LENGTH is byte 10-13
 * </pre>
 *
 * <p>How a copy ended can be asked for until its list identifier names another one, its nexus is
 * lost, the unit is reset, or {@link CopyOperations#REMEMBERED} others came after it; the sense
 * data of a failed LID1 copy once.
 */
record ReceiveCopyCommands(Disk disk) {

  private static final int OPERATION_CODE = 0x84;
  private static final Field LID1 = Field.bytes("LIST IDENTIFIER", 2, 1);
  private static final Field LID4 = Field.bytes("LIST IDENTIFIER", 2, 4);
  private static final Field ALLOCATION_LENGTH = Field.bytes("ALLOCATION LENGTH", 10, 4);

  /** AVAILABLE DATA, or PARAMETER DATA LENGTH: the bytes behind it. */
  private static final Field AVAILABLE_DATA = Field.bytes("AVAILABLE DATA", 0, 4);

  private static final int CHECK_CONDITION = 0x02;

  /** TRANSFER COUNT UNITS: bytes, or logical blocks. */
  private static final int BYTES = 0x00;

  private static final int MEBIBYTES = 0x02;
  private static final int LOGICAL_BLOCKS = 0xF1;

  /** Milliseconds: when it is worth to ask again. */
  private static final int UPDATE_DELAY = 100;

  /** There is no more to be told. */
  private static final long NO_UPDATE = 0xFFFF_FFFEL;

  List<Command> rows() {
    return List.of(
        row("RECEIVE COPY STATUS(LID1)", 0x00, LID1, this::statusLid1),
        row("RECEIVE COPY DATA(LID1)", 0x01, LID1, this::dataLid1),
        Command.row("RECEIVE COPY OPERATING PARAMETERS", "SPC-5", OPERATION_CODE, 0x03, 16)
            .fields(ALLOCATION_LENGTH)
            .dataIn()
            .handledBy(task -> task.answer(operatingParameters(), ALLOCATION_LENGTH)),
        row("RECEIVE COPY FAILURE DETAILS(LID1)", 0x04, LID1, this::failureDetails),
        row(
            "RECEIVE COPY STATUS(LID4)",
            0x05,
            LID4,
            task -> known(task, LID4, one -> statusLid4(one, BYTES))),
        row("RECEIVE COPY DATA(LID4)", 0x06, LID4, this::dataLid4));
  }

  Command rodTokenInformation() {
    return row(
        "RECEIVE ROD TOKEN INFORMATION",
        0x07,
        LID4,
        task -> known(task, LID4, this::tokenInformation));
  }

  private static Command row(
      String name, int serviceAction, Field listIdentifier, Command.Handler handler) {
    return Command.row(name, "SPC-5", OPERATION_CODE, serviceAction, 16)
        .fields(listIdentifier, ALLOCATION_LENGTH)
        .dataIn()
        .handledBy(handler);
  }

  /** What is told of a copy. */
  @FunctionalInterface
  private interface Answer {
    byte[] of(CopyOperation operation);
  }

  /** Answers with something about the copy that the CDB names, if there is one. */
  private void known(CommandTask task, Field listIdentifier, Answer answer) {
    disk.copies()
        .find(task.nexus(), task.get(listIdentifier))
        .ifPresentOrElse(
            one -> task.answer(answer.of(one), ALLOCATION_LENGTH),
            () -> task.refuse(listIdentifier));
  }

  /**
   *
   *
   * <pre>
   *  byte 4     HDD (zero) | COPY COMMAND STATUS
   *  byte 5-6   SEGMENTS PROCESSED
   *  byte 7     TRANSFER COUNT UNITS
   *  byte 8-11  TRANSFER COUNT
   * </pre>
   */
  private void statusLid1(CommandTask task) {
    known(
        task,
        LID1,
        one -> {
          byte[] data = new byte[12];
          AVAILABLE_DATA.put(data, data.length - 4);
          data[4] =
              (byte)
                  switch (one.status()) {
                    case RUNNING -> 0x00;
                    case COMPLETED -> 0x01;
                    case FAILED, TERMINATED -> 0x02;
                  };
          Field.bytes("SEGMENTS PROCESSED", 5, 2).put(data, one.segments());
          boolean few = one.bytes() <= 0xFFFF_FFFFL;
          data[7] = (byte) (few ? BYTES : MEBIBYTES);
          Field.bytes("TRANSFER COUNT", 8, 4).put(data, few ? one.bytes() : one.bytes() >> 20);
          return data;
        });
  }

  /** No segment that there is holds data back for the initiator. */
  private void dataLid1(CommandTask task) {
    ended(task, LID1, one -> new byte[4]);
  }

  /** The same behind a status, which says that it is no more than that. */
  private void dataLid4(CommandTask task) {
    ended(
        task,
        LID4,
        one -> {
          byte[] status = statusLid4(one, BYTES);
          byte[] data = Arrays.copyOf(status, status.length + 4);
          AVAILABLE_DATA.put(data, data.length - 4);
          return data;
        });
  }

  private void ended(CommandTask task, Field listIdentifier, Answer answer) {
    Optional<CopyOperation> running =
        disk.copies().find(task.nexus(), task.get(listIdentifier)).filter(CopyOperation::isRunning);
    if (running.isPresent()) {
      task.refuse(listIdentifier);
    } else {
      known(task, listIdentifier, answer);
    }
  }

  /**
   *
   *
   * <pre>
   *  byte 56    COPY COMMAND STATUS: the status that EXTENDED COPY ended with
   *  byte 58-59 SENSE DATA LENGTH
   *  byte 60..  SENSE DATA
   * </pre>
   *
   * Of a copy that did not fail there is nothing to tell.
   */
  private void failureDetails(CommandTask task) {
    ended(
        task,
        LID1,
        one -> {
          byte[] sense = one.sense();
          if (sense.length == 0) {
            return new byte[4];
          }
          byte[] data = new byte[60 + sense.length];
          AVAILABLE_DATA.put(data, data.length - 4);
          data[56] = CHECK_CONDITION;
          Field.bytes("SENSE DATA LENGTH", 58, 2).put(data, sense.length);
          System.arraycopy(sense, 0, data, 60, sense.length);
          disk.copies().forget(one);
          return data;
        });
  }

  /**
   *
   *
   * <pre>
   *  byte 4     RESPONSE TO SERVICE ACTION
   *  byte 5     COPY OPERATION STATUS
   *  byte 6-7   OPERATION COUNTER
   *  byte 8-11  ESTIMATED STATUS UPDATE DELAY, milliseconds
   *  byte 12    EXTENDED COPY COMPLETION STATUS
   *  byte 13    LENGTH OF THE SENSE DATA FIELD
   *  byte 14    SENSE DATA LENGTH
   *  byte 15    TRANSFER COUNT UNITS
   *  byte 16-23 TRANSFER COUNT
   *  byte 24-25 SEGMENTS PROCESSED
   *  byte 32..  SENSE DATA
   * </pre>
   */
  private byte[] statusLid4(CopyOperation one, int units) {
    CopyOperation.Status status = one.status();
    byte[] sense = one.sense();
    byte[] data = new byte[32 + sense.length];
    boolean running = status == CopyOperation.Status.RUNNING;
    AVAILABLE_DATA.put(data, data.length - 4);
    data[4] = (byte) one.serviceAction();
    data[5] =
        (byte)
            switch (status) {
              case RUNNING -> one.inBackground() ? 0x12 : 0x11;
              case COMPLETED -> 0x01;
              case FAILED -> 0x02;
              case TERMINATED -> 0x60;
            };
    Field.bytes("OPERATION COUNTER", 6, 2).put(data, one.segments());
    Field.bytes("ESTIMATED STATUS UPDATE DELAY", 8, 4)
        .put(data, running ? UPDATE_DELAY : NO_UPDATE);
    data[12] = (byte) (sense.length == 0 ? 0 : CHECK_CONDITION);
    data[13] = (byte) sense.length;
    data[14] = (byte) sense.length;
    data[15] = (byte) units;
    long unit = units == LOGICAL_BLOCKS ? disk.geometry().blockLength() : 1;
    Field.bytes("TRANSFER COUNT", 16, 8).put(data, one.bytes() / unit);
    Field.bytes("SEGMENTS PROCESSED", 24, 2).put(data, one.segments());
    System.arraycopy(sense, 0, data, 32, sense.length);
    return data;
  }

  /**
   *
   *
   * <pre>
   *  as RECEIVE COPY STATUS(LID4), counting logical blocks; then, behind the sense data
   *  byte 0-3    ROD TOKEN DESCRIPTORS LENGTH: none, or 514
   *  byte 4-5    ID FOR CREATING ROD CSCD DESCRIPTOR: zero, no EXTENDED COPY made it
   *  byte 6-517  ROD TOKEN
   * </pre>
   */
  private byte[] tokenInformation(CopyOperation one) {
    byte[] status = statusLid4(one, LOGICAL_BLOCKS);
    byte[] token = one.token().map(RodToken::bytes).orElse(new byte[0]);
    int descriptors = token.length == 0 ? 0 : 2 + token.length;
    byte[] data = Arrays.copyOf(status, status.length + 4 + descriptors);
    AVAILABLE_DATA.put(data, data.length - 4);
    Field.bytes("ROD TOKEN DESCRIPTORS LENGTH", status.length, 4).put(data, descriptors);
    System.arraycopy(token, 0, data, data.length - token.length, token.length);
    return data;
  }

  /**
   *
   *
   * <pre>
   *  byte 4     SNLID (1): EXTENDED COPY takes no list identifier
   *  byte 8-9   MAXIMUM CSCD DESCRIPTOR COUNT    byte 10-11 MAXIMUM SEGMENT DESCRIPTOR COUNT
   *  byte 12-15 MAXIMUM DESCRIPTOR LIST LENGTH   byte 16-19 MAXIMUM SEGMENT LENGTH
   *  byte 20-23 MAXIMUM INLINE DATA LENGTH       byte 24-27 HELD DATA LIMIT
   *  byte 28-31 MAXIMUM STREAM DEVICE TRANSFER SIZE
   *  byte 34-35 TOTAL CONCURRENT COPIES          byte 36 MAXIMUM CONCURRENT COPIES
   *  byte 37    DATA SEGMENT GRANULARITY         byte 38-39 INLINE and HELD DATA GRANULARITY
   *  byte 43    IMPLEMENTED DESCRIPTOR LIST LENGTH
   *  byte 44..  the type codes
   * </pre>
   */
  private byte[] operatingParameters() {
    byte[] data = new byte[46];
    AVAILABLE_DATA.put(data, data.length - 4);
    data[4] = 1;
    Field.bytes("MAXIMUM CSCD DESCRIPTOR COUNT", 8, 2)
        .put(data, CopyLimits.MAXIMUM_CSCD_DESCRIPTORS);
    Field.bytes("MAXIMUM SEGMENT DESCRIPTOR COUNT", 10, 2)
        .put(data, CopyLimits.MAXIMUM_SEGMENT_DESCRIPTORS);
    Field.bytes("MAXIMUM DESCRIPTOR LIST LENGTH", 12, 4)
        .put(data, CopyLimits.MAXIMUM_DESCRIPTOR_LIST_LENGTH);
    Field.bytes("MAXIMUM SEGMENT LENGTH", 16, 4)
        .put(data, CopyLimits.maximumSegmentBytes(disk.geometry()));
    Field.bytes("TOTAL CONCURRENT COPIES", 34, 2).put(data, CopyManager.CONCURRENT_COPIES);
    data[36] = CopyManager.CONCURRENT_COPIES;
    data[37] = (byte) CopyLimits.granularity(disk.geometry());
    data[43] = 2;
    data[44] = CopyLimits.BLOCK_TO_BLOCK;
    data[45] = (byte) CopyLimits.IDENTIFICATION;
    return data;
  }
}
