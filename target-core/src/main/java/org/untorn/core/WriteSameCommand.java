package org.untorn.core;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.AbstractList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.untorn.backstore.BlockExtent;
import org.untorn.backstore.BlockOperation;
import org.untorn.backstore.Durability;
import org.untorn.core.Command.Trait;
import org.untorn.vpd.Field;

/**
 * WRITE SAME (SBC-4): one block of data, or with NDOB zeros, written to every block of a range. No
 * NUMBER OF LOGICAL BLOCKS means all blocks from the LBA to the last one (WSNZ is zero).
 *
 * <p>With UNMAP the blocks are given back instead, and read as zeros (LBPRZ is one), whatever the
 * data is. SBC-4 would rather have data other than zeros written; LIO and scsi_debug give back, and
 * libiscsi's suite asks for that.
 *
 * @param ndob NDOB; the CDB of 10 bytes does not have it
 */
record WriteSameCommand(Disk disk, BlockCdb cdb, Optional<Field> ndob) implements Command.Handler {

  private static final Field ANCHOR = Field.bit("ANCHOR", 1, 4);
  private static final Field UNMAP = Field.bit("UNMAP", 1, 3);
  private static final Field NDOB = Field.bit("NDOB", 1, 0);

  /** How many blocks one operation of the store writes: a bound on how long it holds others up. */
  private static final int BLOCKS_PER_OPERATION = 2048;

  static List<Command> rows(Disk disk) {
    BlockCdb ten = BlockCdb.ten(BlockCdb.NUMBER_OF_LOGICAL_BLOCKS);
    BlockCdb sixteen = BlockCdb.sixteen(BlockCdb.NUMBER_OF_LOGICAL_BLOCKS);
    BlockCdb thirtyTwo = BlockCdb.thirtyTwo(BlockCdb.NUMBER_OF_LOGICAL_BLOCKS);
    return List.of(
        row("WRITE SAME(10)", 0x41, ten)
            .fields(ten.evaluated(BlockCdb.WRPROTECT, ANCHOR, UNMAP))
            .handledBy(new WriteSameCommand(disk, ten, Optional.empty())),
        row("WRITE SAME(16)", 0x93, sixteen)
            .fields(sixteen.evaluated(BlockCdb.WRPROTECT, ANCHOR, UNMAP, NDOB))
            .handledBy(new WriteSameCommand(disk, sixteen, sixteen.option(NDOB))),
        row("WRITE SAME(32)", 0x000D, thirtyTwo)
            .fields(thirtyTwo.evaluated(BlockCdb.WRPROTECT, ANCHOR, UNMAP, NDOB))
            .expects(thirtyTwo.expectedTags())
            .handledBy(new WriteSameCommand(disk, thirtyTwo, thirtyTwo.option(NDOB))));
  }

  private static Command.Builder row(String name, int code, BlockCdb cdb) {
    return cdb.row(name, code)
        .ignores(cdb.group())
        .addresses(cdb)
        .dataOut()
        .traits(Trait.MEDIUM_ACCESS, Trait.CHANGES_MEDIUM);
  }

  @Override
  public void execute(CommandTask task) {
    boolean noData = ndob.filter(task::isSet).isPresent();
    int dataLength = noData ? 0 : disk.geometry().blockLength();
    Optional<SenseData> wrong =
        Disk.protection(task, cdb.option(BlockCdb.WRPROTECT))
            .or(() -> Disk.mustBeZero(task, cdb.at(ANCHOR)))
            .or(() -> disk.writeProtection(task))
            .or(() -> disk.range(task, cdb))
            .or(() -> limit(task))
            .or(() -> dataOut(task, dataLength));
    if (wrong.isPresent()) {
      task.refuse(wrong.get());
      return;
    }
    task.receiveDataOut(dataLength, block -> write(task, block));
  }

  private Optional<SenseData> limit(CommandTask task) {
    long maximum = disk.profile().limits().maximumWriteSameLength();
    return Disk.length(blocks(task), maximum, cdb.blocks());
  }

  /** How many blocks are meant; the LBA is inside the medium, or just behind its end. */
  private long blocks(CommandTask task) {
    long asked = cdb.blocks(task);
    return asked == 0 ? disk.geometry().blocks() - cdb.lba(task) : asked;
  }

  /** The Data-Out Buffer is one block exactly. */
  private static Optional<SenseData> dataOut(CommandTask task, int length) {
    return length == 0 || task.dataOutBufferSize() == length
        ? Optional.empty()
        : Optional.of(Failures.WRONG_DATA_OUT_SIZE);
  }

  private void write(CommandTask task, ByteBuf block) {
    if (disk.refusesShrunk(task, cdb, block)) {
      return;
    }
    ByteBuffer data =
        block.isReadable() ? block.nioBuffer() : ByteBuffer.allocate(disk.geometry().blockLength());
    Durability durability = disk.durability(false);
    List<BlockOperation> operations =
        blocks(task) > 0 && task.isSet(cdb.at(UNMAP))
            ? List.of(
                new BlockOperation.Unmap(
                    List.of(new BlockExtent(cdb.lba(task), blocks(task))), durability))
            : writes(task, data, durability);
    BlockBatch.submit(
        disk.store(),
        operations,
        outcome -> {
          block.release();
          disk.finish(task, outcome);
        });
  }

  /** One operation after the other, each made when it is its turn. */
  private List<BlockOperation> writes(CommandTask task, ByteBuffer data, Durability durability) {
    long lba = cdb.lba(task);
    long blocks = blocks(task);
    Optional<Shield> numbering = task.shield().filter(shield -> shield.numbers(data));
    int operations = (int) ((blocks + BLOCKS_PER_OPERATION - 1) / BLOCKS_PER_OPERATION);
    return new AbstractList<>() {
      @Override
      public BlockOperation get(int index) {
        long done = (long) index * BLOCKS_PER_OPERATION;
        int count = (int) Math.min(BLOCKS_PER_OPERATION, blocks - done);
        List<ByteBuffer> copies =
            numbering.isPresent()
                ? List.of(numbering.get().numbered(data, done, count))
                : Collections.nCopies(count, data);
        return new BlockOperation.Write(lba + done, copies, durability);
      }

      @Override
      public int size() {
        return operations;
      }
    };
  }
}
