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
 * GET LBA STATUS(16) (SBC-4): which blocks from an LBA on hold data. It may say less than it was
 * asked for, and so reports on at most {@value #MOST_BLOCKS} blocks at a time: the map is looked
 * through on the connection's thread.
 *
 * <pre>
 *  byte 0-3    PARAMETER DATA LENGTH
 *  byte 4-7    reserved, COMPLETION CONDITION and RTP (zero: not reported)
 *  byte 8-     one descriptor of 16 bytes per run:
 *                0-7    LOGICAL BLOCK ADDRESS
 *                8-11   NUMBER OF LOGICAL BLOCKS
 *                12     PROVISIONING STATUS in bits 3-0: 0 mapped, 1 deallocated
 * </pre>
 */
record GetLbaStatusCommand(Disk disk) implements Command.Handler {

  private static final int MOST_BLOCKS = 1 << 18;
  private static final int MOST_RUNS = 256;
  private static final int HEADER_BYTES = 8;
  private static final int DESCRIPTOR_BYTES = 16;
  private static final int DEALLOCATED = 1;

  private static final Field STARTING_LBA = Field.bytes("STARTING LOGICAL BLOCK ADDRESS", 2, 8);
  private static final Field ALLOCATION_LENGTH = Field.bytes("ALLOCATION LENGTH", 10, 4);
  private static final Field REPORT_TYPE = Field.bytes("REPORT TYPE", 14, 1);

  private static final Field PARAMETER_DATA_LENGTH = Field.bytes("PARAMETER DATA LENGTH", 0, 4);

  Command row() {
    return Command.row("GET LBA STATUS(16)", "SBC-4", 0x9E, 0x12, 16)
        .fields(STARTING_LBA, ALLOCATION_LENGTH, REPORT_TYPE)
        .dataIn()
        .traits(Trait.MEDIUM_ACCESS)
        .reservation(UnderReservation.ALLOWED_UNDER_WRITE_EXCLUSIVE)
        .handledBy(this);
  }

  @Override
  public void execute(CommandTask task) {
    long lba = task.get(STARTING_LBA);
    if (task.isSet(REPORT_TYPE)) {
      task.refuse(REPORT_TYPE); // only type 00h, all blocks, is offered
    } else if (!disk.geometry().contains(lba, 1)) {
      task.refuse(Failures.outOfRange(FieldPointer.inCdb(STARTING_LBA)));
    } else {
      long room = Math.max(0, task.get(ALLOCATION_LENGTH) - HEADER_BYTES) / DESCRIPTOR_BYTES;
      int runs = Math.clamp(room, 1, MOST_RUNS);
      long blocks = Math.min(MOST_BLOCKS, disk.geometry().blocks() - lba);
      disk.store()
          .submit(new BlockOperation.Status(lba, blocks, runs), outcome -> finish(task, outcome));
    }
  }

  private static void finish(CommandTask task, BlockOutcome outcome) {
    Optional<SenseData> failure = Failures.of(outcome);
    if (failure.isPresent()) {
      task.refuse(failure.get());
    } else if (outcome instanceof BlockOutcome.Mapping(List<Run> runs)) {
      task.answer(encode(runs), ALLOCATION_LENGTH);
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
