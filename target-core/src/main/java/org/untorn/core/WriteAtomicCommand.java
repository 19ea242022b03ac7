package org.untorn.core;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.untorn.backstore.BlockOperation;
import org.untorn.backstore.Durability;
import org.untorn.core.Command.Trait;
import org.untorn.vpd.AtomicLimits;
import org.untorn.vpd.BlockLimits;
import org.untorn.vpd.Field;

/**
 * WRITE ATOMIC (SBC-4 4.29): all of the blocks or none of them, towards every reader and every
 * power loss.
 *
 * <pre>
 *  16           32
 *  byte 0       byte 0, 7-9   9Ch; 7Fh, 18h, 000Fh
 *  byte 1       byte 10       WRPROTECT | DPO | FUA | reserved
 *  byte 2-9     byte 12-19    LOGICAL BLOCK ADDRESS
 *  byte 10-11   byte 4-5      ATOMIC BOUNDARY, blocks; zero: one atomic operation
 *  byte 12-13   byte 28-31    TRANSFER LENGTH, blocks
 *  byte 14      byte 6        reserved | GROUP NUMBER
 *  byte 15      byte 1        CONTROL
 *               byte 20-27    what the tags of type 2 protection are expected to be
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
record WriteAtomicCommand(Disk disk, BlockLimits deviceLimits, BlockCdb cdb, Field boundary)
    implements Command.Handler {

  private static final String BOUNDARY = "ATOMIC BOUNDARY";
  private static final BlockCdb SIXTEEN =
      BlockCdb.sixteen(BlockCdb.TRANSFER_LENGTH)
          .withBlocks(Field.bytes(BlockCdb.TRANSFER_LENGTH, 12, 2));

  private static final SenseData INCOMPLETE =
      new SenseData(
          SenseKey.ABORTED_COMMAND, AdditionalSense.INCOMPLETE_MULTIPLE_ATOMIC_WRITE_OPERATIONS);

  static List<Command> rows(Disk disk, BlockLimits limits) {
    BlockCdb thirtyTwo = BlockCdb.thirtyTwo(BlockCdb.TRANSFER_LENGTH);
    return List.of(
        new WriteAtomicCommand(disk, limits, SIXTEEN, Field.bytes(BOUNDARY, 10, 2))
            .row("WRITE ATOMIC(16)", 0x9C),
        new WriteAtomicCommand(disk, limits, thirtyTwo, Field.bytes(BOUNDARY, 4, 2))
            .row("WRITE ATOMIC(32)", 0x000F));
  }

  private Command row(String name, int code) {
    List<Field> fields =
        new ArrayList<>(cdb.evaluated(BlockCdb.WRPROTECT, BlockCdb.DPO, BlockCdb.FUA));
    fields.add(boundary);
    fields.sort(Comparator.comparingInt(Field::byteOffset));
    return cdb.row(name, code)
        .fields(fields)
        .expects(cdb.expectedTags())
        .ignores(cdb.group())
        .addresses(cdb)
        .dataOut()
        .traits(Trait.MEDIUM_ACCESS, Trait.CHANGES_MEDIUM, Trait.ATOMIC)
        .handledBy(this);
  }

  private AtomicLimits limits() {
    return deviceLimits.atomic();
  }

  @Override
  public void execute(CommandTask task) {
    Optional<SenseData> wrong =
        Disk.protection(task, cdb.option(BlockCdb.WRPROTECT))
            .or(() -> disk.writeProtection(task))
            .or(() -> disk.range(task, cdb))
            .or(() -> multiple(limits().alignment(), cdb.lba(), task))
            .or(() -> multiple(limits().granularity(), cdb.blocks(), task))
            .or(() -> multiple(limits().granularity(), boundary, task))
            .or(() -> Disk.length(task.get(boundary), limits().maximumBoundarySize(), boundary))
            .or(() -> Disk.length(cdb.blocks(task), maximum(task), cdb.blocks()))
            .or(() -> Disk.offers(task, disk.bytes(cdb.blocks(task))));
    if (wrong.isPresent()) {
      task.refuse(wrong.get());
      return;
    }
    task.receiveDataOut(disk.bytes(cdb.blocks(task)), dataOut -> write(task, dataOut));
  }

  private static Optional<SenseData> multiple(long unit, Field field, CommandTask task) {
    return unit == 0 || task.get(field) % unit == 0
        ? Optional.empty()
        : Optional.of(SenseData.invalidFieldInCdb(field));
  }

  /** The most blocks that such a command may write; a maximum of zero is none of its own. */
  private long maximum(CommandTask task) {
    long own =
        task.isSet(boundary)
            ? limits().maximumTransferLengthWithBoundary()
            : limits().maximumTransferLength();
    long whole = deviceLimits.maximumTransferLength();
    return own == 0 ? whole : Math.min(own, whole);
  }

  private void write(CommandTask task, ByteBuf dataOut) {
    if (disk.refusesShrunk(task, cdb, dataOut)) {
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
    Durability durability = disk.durability(task.isSet(cdb.at(BlockCdb.FUA)));
    long lba = cdb.lba(task);
    int blocks = (int) cdb.blocks(task);
    int step = task.isSet(boundary) ? task.getInt(boundary) : blocks;
    List<BlockOperation> operations = new ArrayList<>();
    for (int done = 0; done < blocks; done += step) {
      int count = Math.min(step, blocks - done);
      ByteBuf part = dataOut.slice(dataOut.readerIndex() + disk.bytes(done), disk.bytes(count));
      operations.add(
          new BlockOperation.AtomicWrite(
              lba + done, Disk.buffers(part, disk.bytes(count)), durability));
    }
    return operations;
  }
}
