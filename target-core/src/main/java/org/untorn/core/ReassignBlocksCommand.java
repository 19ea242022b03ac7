package org.untorn.core;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.untorn.backstore.BlockExtent;
import org.untorn.backstore.BlockOperation;
import org.untorn.backstore.BlockOutcome;
import org.untorn.core.Command.Trait;
import org.untorn.vpd.Field;

/**
 * REASSIGN BLOCKS (SBC-4): gives blocks another place. What a block holds is kept if it can be
 * read; one that cannot reads as zeros from then on. READ DEFECT DATA lists them all as grown
 * defects.
 *
 * <pre>
 *  parameter list     LONGLIST 0               LONGLIST 1
 *  REASSIGN LBA LENGTH byte 2-3                byte 0-3
 *  byte 4..           LBAs of 4 bytes, with LONGLBA of 8, ascending
 * </pre>
 */
record ReassignBlocksCommand(Disk disk) implements Command.Handler {

  /** 04h/32h/00h: there is no room for so many defects. */
  static final SenseData NO_SPARE =
      new SenseData(SenseKey.HARDWARE_ERROR, AdditionalSense.NO_DEFECT_SPARE_LOCATION_AVAILABLE);

  private static final Field LONGLBA = Field.bit("LONGLBA", 1, 1);
  private static final Field LONGLIST = Field.bit("LONGLIST", 1, 0);

  private static final int HEADER = 4;
  private static final Field SHORT_LENGTH = Field.bytes("REASSIGN LBA LENGTH", 2, 2);
  private static final Field LONG_LENGTH = Field.bytes("REASSIGN LBA LENGTH", 0, 4);
  private static final int LONGEST_LIST = HEADER + GrownDefects.CAPACITY * Long.BYTES;

  Command row() {
    return Command.row("REASSIGN BLOCKS", "SBC-4", 0x07, 6)
        .fields(LONGLBA, LONGLIST)
        .dataOut()
        .traits(Trait.MEDIUM_ACCESS, Trait.CHANGES_MEDIUM)
        .handledBy(this);
  }

  @Override
  public void execute(CommandTask task) {
    Optional<SenseData> protection = disk.writeProtection(task);
    if (protection.isPresent()) {
      task.refuse(protection.get());
    } else {
      int offered = (int) Math.min(task.dataOutBufferSize(), LONGEST_LIST);
      ParameterList.receive(task, offered, list -> reassign(task, list));
    }
  }

  private void reassign(CommandTask task, byte[] list) {
    Field lengthField = task.isSet(LONGLIST) ? LONG_LENGTH : SHORT_LENGTH;
    if (list.length < HEADER || lengthField.get(list) > list.length - HEADER) {
      task.refuse(ParameterList.LENGTH_ERROR);
      return;
    }
    int size = task.isSet(LONGLBA) ? Long.BYTES : Integer.BYTES;
    int length = lengthField.getInt(list);
    if (length % size != 0) {
      task.refuse(invalid(0, lengthField));
      return;
    }
    Field lba = Field.bytes("REASSIGN LBA", 0, size);
    List<Long> blocks = new ArrayList<>();
    for (int at = HEADER; at < HEADER + length; at += size) {
      long block = lba.get(Arrays.copyOfRange(list, at, at + size));
      if (!disk.geometry().contains(block, 1)) {
        task.refuse(Failures.outOfRange(FieldPointer.inParameterList(at, lba)));
        return;
      }
      if (!blocks.isEmpty() && blocks.getLast() >= block) {
        task.refuse(invalid(at, lba));
        return;
      }
      blocks.add(block);
    }
    if (disk.medium().defects().add(blocks)) {
      disk.surroundings().background().execute(() -> mend(task, blocks));
    } else {
      task.refuse(NO_SPARE);
    }
  }

  private void mend(CommandTask task, List<Long> blocks) {
    ByteBuffer content = ByteBuffer.allocateDirect(disk.geometry().blockLength());
    for (long block : blocks) {
      BlockOutcome read = outcome(new BlockOperation.Read(block, content.clear()));
      if (read instanceof BlockOutcome.Unreadable || read instanceof BlockOutcome.MarkedBad) {
        read =
            outcome(
                new BlockOperation.Unmap(
                    List.of(new BlockExtent(block, 1)), disk.durability(false)));
      }
      if (Failures.of(read).isPresent()) {
        disk.finish(task, read);
        return;
      }
    }
    task.complete(Outcome.GOOD);
  }

  private BlockOutcome outcome(BlockOperation operation) {
    CompletableFuture<BlockOutcome> outcome = new CompletableFuture<>();
    disk.store().submit(operation, outcome::complete);
    return outcome.join();
  }

  private static SenseData invalid(int base, Field field) {
    return SenseData.invalidFieldInParameterList(FieldPointer.inParameterList(base, field));
  }
}
