package org.untorn.core;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.untorn.backstore.BlockOperation;
import org.untorn.backstore.Durability;
import org.untorn.core.Command.Trait;
import org.untorn.vpd.AtomicLimits;
import org.untorn.vpd.BlockLimits;
import org.untorn.vpd.Field;

/**
 * WRITE ATOMIC(16) (SBC-4 4.29): all of the blocks or none of them, towards every reader and every
 * power loss.
 *
 * <pre>
 *  byte 0       9Ch
 *  byte 1       WRPROTECT | DPO | FUA | reserved
 *  byte 2-9     LOGICAL BLOCK ADDRESS
 *  byte 10-11   ATOMIC BOUNDARY, blocks; zero: one atomic operation
 *  byte 12-13   TRANSFER LENGTH, blocks
 *  byte 14      reserved | GROUP NUMBER
 *  byte 15      CONTROL
 * </pre>
 *
 * <p>With an ATOMIC BOUNDARY the blocks are written in atomic operations of that size, counted from
 * the LBA on; the last may be shorter. If they do not all complete the command ends in 0Bh/0Ch/10h,
 * and each of them is there as a whole or not at all.
 *
 * <p>Checks, first to last: protection information, write protection, the range of LBAs (also for
 * no blocks at all), alignment, granularity of the length and of the boundary, the boundary's
 * maximum, the length's maximum, and that the initiator offers all of the data.
 */
record WriteAtomicCommand(Disk disk, BlockLimits deviceLimits, AtomicLimits limits)
    implements Command.Handler {

  private static final Field BOUNDARY = Field.bytes("ATOMIC BOUNDARY", 10, 2);
  private static final Field LENGTH = Field.bytes(BlockCdb.TRANSFER_LENGTH, 12, 2);
  private static final BlockCdb CDB = BlockCdb.sixteen(BlockCdb.TRANSFER_LENGTH).withBlocks(LENGTH);

  private static final SenseData INCOMPLETE =
      new SenseData(
          SenseKey.ABORTED_COMMAND, AdditionalSense.INCOMPLETE_MULTIPLE_ATOMIC_WRITE_OPERATIONS);

  WriteAtomicCommand(Disk disk, BlockLimits limits) {
    this(disk, limits, limits.atomic());
  }

  Command row() {
    return Command.row("WRITE ATOMIC(16)", "SBC-4", 0x9C, 16)
        .fields(BlockCdb.WRPROTECT, BlockCdb.DPO, BlockCdb.FUA, CDB.lba(), BOUNDARY, LENGTH)
        .ignores(CDB.group())
        .addresses(CDB)
        .dataOut()
        .traits(Trait.MEDIUM_ACCESS, Trait.CHANGES_MEDIUM)
        .handledBy(this);
  }

  @Override
  public void execute(CommandTask task) {
    Optional<SenseData> wrong =
        Disk.protection(task, Optional.of(BlockCdb.WRPROTECT))
            .or(() -> disk.writeProtection(task))
            .or(() -> disk.range(task, CDB))
            .or(() -> multiple(limits.alignment(), CDB.lba(), task))
            .or(() -> multiple(limits.granularity(), LENGTH, task))
            .or(() -> multiple(limits.granularity(), BOUNDARY, task))
            .or(() -> Disk.length(task.get(BOUNDARY), limits.maximumBoundarySize(), BOUNDARY))
            .or(() -> Disk.length(task.get(LENGTH), maximum(task), LENGTH))
            .or(() -> Disk.offers(task, disk.bytes(task.get(LENGTH))));
    if (wrong.isPresent()) {
      task.refuse(wrong.get());
      return;
    }
    task.receiveDataOut(disk.bytes(task.get(LENGTH)), dataOut -> write(task, dataOut));
  }

  private static Optional<SenseData> multiple(long unit, Field field, CommandTask task) {
    return unit == 0 || task.get(field) % unit == 0
        ? Optional.empty()
        : Optional.of(SenseData.invalidFieldInCdb(field));
  }

  /** The most blocks that such a command may write; a maximum of zero is none of its own. */
  private long maximum(CommandTask task) {
    long own =
        task.isSet(BOUNDARY)
            ? limits.maximumTransferLengthWithBoundary()
            : limits.maximumTransferLength();
    long whole = deviceLimits.maximumTransferLength();
    return own == 0 ? whole : Math.min(own, whole);
  }

  private void write(CommandTask task, ByteBuf dataOut) {
    if (disk.refusesShrunk(task, CDB, dataOut)) {
      return;
    }
    List<BlockOperation> operations = operations(task, dataOut);
    BlockBatch.submit(
        disk.store(),
        operations,
        outcome -> {
          dataOut.release();
          if (operations.size() > 1 && Failures.of(outcome).isPresent()) {
            task.refuse(INCOMPLETE);
          } else {
            disk.finish(task, outcome);
          }
        });
  }

  /** One atomic operation, or one per boundary; none for no blocks. */
  private List<BlockOperation> operations(CommandTask task, ByteBuf dataOut) {
    Durability durability = disk.durability(task.isSet(BlockCdb.FUA));
    long lba = CDB.lba(task);
    int blocks = task.getInt(LENGTH);
    int boundary = task.isSet(BOUNDARY) ? task.getInt(BOUNDARY) : blocks;
    List<BlockOperation> operations = new ArrayList<>();
    for (int done = 0; done < blocks; done += boundary) {
      int count = Math.min(boundary, blocks - done);
      ByteBuf part = dataOut.slice(dataOut.readerIndex() + disk.bytes(done), disk.bytes(count));
      operations.add(
          new BlockOperation.AtomicWrite(
              lba + done, Disk.buffers(part, disk.bytes(count)), durability));
    }
    return operations;
  }
}
