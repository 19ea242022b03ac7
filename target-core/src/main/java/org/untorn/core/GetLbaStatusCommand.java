package org.untorn.core;

import java.util.List;
import java.util.Optional;
import org.untorn.backstore.BlockOperation;
import org.untorn.backstore.BlockOutcome;
import org.untorn.backstore.BlockOutcome.Mapping.Run;
import org.untorn.core.Command.Trait;
import org.untorn.core.Command.UnderReservation;
import org.untorn.vpd.Field;

/**
 * GET LBA STATUS (SBC-4): which blocks from an LBA on hold data. It may say less than it was asked
 * for, and so reports on at most {@value #MOST_BLOCKS} blocks at a time: the map is looked through
 * on the connection's thread.
 *
 * <pre>
 *  byte 0-3    PARAMETER DATA LENGTH
 *  byte 4-7    reserved, COMPLETION CONDITION and RTP (zero: not reported)
 *  byte 8-     one descriptor of 16 bytes per run:
 *                0-7    LOGICAL BLOCK ADDRESS
 *                8-11   NUMBER OF LOGICAL BLOCKS
 *                12     PROVISIONING STATUS in bits 3-0: 0 mapped, 1 deallocated
 * </pre>
 *
 * @param reportType REPORT TYPE: only 00h, all blocks, is offered
 * @param scanLength SCAN LENGTH: how many blocks to look at, at most; zero is no limit. Only the
 *     CDB of 32 bytes has it.
 */
record GetLbaStatusCommand(
    Disk disk,
    Field startingLba,
    Field allocationLength,
    Field reportType,
    Optional<Field> scanLength)
    implements Command.Handler {

  private static final int MOST_BLOCKS = 1 << 18;
  private static final int MOST_RUNS = 256;
  private static final int HEADER_BYTES = 8;
  private static final int DESCRIPTOR_BYTES = 16;
  private static final int DEALLOCATED = 1;

  private static final String STARTING_LBA = "STARTING LOGICAL BLOCK ADDRESS";
  private static final String ALLOCATION_LENGTH = "ALLOCATION LENGTH";
  private static final String REPORT_TYPE = "REPORT TYPE";

  /** Of the CDB of 32 bytes. The disk has no physical elements: only 0, all of it, is one. */
  private static final Field ELEMENT_IDENTIFIER = Field.bytes("ELEMENT IDENTIFIER", 24, 4);

  private static final Field PARAMETER_DATA_LENGTH = Field.bytes("PARAMETER DATA LENGTH", 0, 4);

  static List<Command> rows(Disk disk) {
    GetLbaStatusCommand sixteen =
        new GetLbaStatusCommand(
            disk,
            Field.bytes(STARTING_LBA, 2, 8),
            Field.bytes(ALLOCATION_LENGTH, 10, 4),
            Field.bytes(REPORT_TYPE, 14, 1),
            Optional.empty());
    Field scanLength = Field.bytes("SCAN LENGTH", 20, 4);
    GetLbaStatusCommand thirtyTwo =
        new GetLbaStatusCommand(
            disk,
            Field.bytes(STARTING_LBA, 12, 8),
            Field.bytes(ALLOCATION_LENGTH, 28, 4),
            Field.bytes(REPORT_TYPE, 10, 1),
            Optional.of(scanLength));
    return List.of(
        reading(Command.row("GET LBA STATUS(16)", "SBC-4", 0x9E, 0x12, 16))
            .fields(sixteen.startingLba, sixteen.allocationLength, sixteen.reportType)
            .handledBy(sixteen),
        reading(Command.variableLength("GET LBA STATUS(32)", "SBC-4", 0x0012))
            .fields(
                thirtyTwo.reportType,
                thirtyTwo.startingLba,
                scanLength,
                ELEMENT_IDENTIFIER,
                thirtyTwo.allocationLength)
            .handledBy(thirtyTwo));
  }

  private static Command.Builder reading(Command.Builder row) {
    return row.dataIn()
        .traits(Trait.MEDIUM_ACCESS)
        .reservation(UnderReservation.ALLOWED_UNDER_WRITE_EXCLUSIVE);
  }

  @Override
  public void execute(CommandTask task) {
    long lba = task.get(startingLba);
    if (task.isSet(reportType)) {
      task.refuse(reportType);
    } else if (scanLength.isPresent() && task.isSet(ELEMENT_IDENTIFIER)) {
      task.refuse(ELEMENT_IDENTIFIER);
    } else if (!disk.geometry().contains(lba, 1)) {
      task.refuse(Failures.outOfRange(FieldPointer.inCdb(startingLba)));
    } else {
      long room = Math.max(0, task.get(allocationLength) - HEADER_BYTES) / DESCRIPTOR_BYTES;
      int runs = Math.clamp(room, 1, MOST_RUNS);
      long blocks = Math.min(scanned(task), disk.geometry().blocks() - lba);
      disk.store()
          .submit(new BlockOperation.Status(lba, blocks, runs), outcome -> finish(task, outcome));
    }
  }

  /** How many blocks to look at, at most. */
  private long scanned(CommandTask task) {
    long asked = scanLength.map(task::get).orElse(0L);
    return asked == 0 ? MOST_BLOCKS : Math.min(asked, MOST_BLOCKS);
  }

  private void finish(CommandTask task, BlockOutcome outcome) {
    Optional<SenseData> failure = Failures.of(outcome);
    if (failure.isPresent()) {
      task.refuse(failure.get());
    } else if (outcome instanceof BlockOutcome.Mapping(List<Run> runs)) {
      task.answer(encode(runs), allocationLength);
    } else {
      throw new IllegalStateException("the store answered Status with " + outcome);
    }
  }

  private static byte[] encode(List<Run> runs) {
    byte[] data = new byte[HEADER_BYTES + runs.size() * DESCRIPTOR_BYTES];
    PARAMETER_DATA_LENGTH.put(data, data.length - 4);
    int at = HEADER_BYTES;
    for (Run run : runs) {
      Field.bytes("LOGICAL BLOCK ADDRESS", at, 8).put(data, run.lba());
      Field.bytes("NUMBER OF LOGICAL BLOCKS", at + 8, 4).put(data, run.count());
      new Field("PROVISIONING STATUS", at + 12, 3, 4).put(data, run.mapped() ? 0 : DEALLOCATED);
      at += DESCRIPTOR_BYTES;
    }
    return data;
  }
}
