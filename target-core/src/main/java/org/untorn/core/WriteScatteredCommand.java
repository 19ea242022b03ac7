package org.untorn.core;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.untorn.backstore.BlockOperation;
import org.untorn.backstore.Durability;
import org.untorn.core.Command.Trait;
import org.untorn.vpd.BlockLimitsExtension;
import org.untorn.vpd.Field;

/**
 * WRITE SCATTERED (SBC-4 4.35): several ranges of blocks, and the data of all, in one Data-Out
 * Buffer.
 *
 * <pre>
 *  byte 0-31    parameter list header, reserved     LBA range descriptor
 *  byte 32..    LBA range descriptors               byte 0-7    LOGICAL BLOCK ADDRESS
 *  ..           padding, to a whole block           byte 8-11   NUMBER OF LOGICAL BLOCKS
 *  LOGICAL BLOCK DATA OFFSET blocks on:             byte 12-19  of 32: the expected tags
 *               the blocks of the ranges            byte 20-31  reserved
 * </pre>
 *
 * <p>All descriptors are checked before anything is written; one that is wrong changes nothing.
 * Then every range is a write of its own, as {@link WriteCommand} does it: neither the command nor
 * a range is atomic. Ranges are written in their order, so where they overlap the last one stays.
 * If a write fails, those before it have been carried out, and those after it may have been; the
 * INFORMATION field names the first descriptor, counted from 1, whose range was not written.
 *
 * <p>BUFFER TRANSFER LENGTH counts all blocks of the Data-Out Buffer, those of the descriptors too:
 * the ranges have as many as it less the offset (5.55.2). sg3_utils, and the drafts before, count
 * those of the ranges alone. Where the initiator offers just as many blocks more as the descriptors
 * take, and the ranges then have them all, that is meant.
 *
 * @param cdb where the options are; the rest of it is not there
 * @param limits what page B7h says
 */
record WriteScatteredCommand(
    Disk disk,
    BlockCdb cdb,
    Field dataOffset,
    Field descriptors,
    Field transferLength,
    BlockLimitsExtension limits)
    implements Command.Handler {

  private static final String DATA_OFFSET = "LOGICAL BLOCK DATA OFFSET";
  private static final String DESCRIPTORS = "NUMBER OF LBA RANGE DESCRIPTORS";
  private static final String LENGTH = "BUFFER TRANSFER LENGTH";

  private static final int HEADER_BYTES = 32;
  private static final int DESCRIPTOR_BYTES = 32;
  private static final Field LBA = Field.bytes("LOGICAL BLOCK ADDRESS", 0, 8);
  private static final Field BLOCKS = Field.bytes(BlockCdb.NUMBER_OF_LOGICAL_BLOCKS, 8, 4);

  private static final Field REFERENCE = Field.bytes(ExpectedTags.REFERENCE, 12, 4);
  private static final Field APPLICATION = Field.bytes(ExpectedTags.APPLICATION, 16, 2);
  private static final Field MASK = Field.bytes(ExpectedTags.MASK, 18, 2);

  /** WRPROTECT, DPO and FUA of WRITE SCATTERED(16), which are in byte 2 and not in byte 1. */
  private static final List<Field> OPTIONS_OF_16 =
      List.of(new Field("WRPROTECT", 2, 7, 3), Field.bit("DPO", 2, 4), Field.bit("FUA", 2, 3));

  private static final int WRPROTECT = 0;
  private static final int FUA = 2;

  /** A range of blocks, and where in the data its own begin, both in blocks. */
  private record Range(long lba, int blocks, int at, Optional<ExpectedTags> tags) {}

  static List<Command> rows(Disk disk, BlockLimitsExtension limits) {
    BlockCdb sixteen = BlockCdb.sixteen(LENGTH);
    WriteScatteredCommand short16 =
        new WriteScatteredCommand(
            disk,
            sixteen,
            Field.bytes(DATA_OFFSET, 4, 2),
            Field.bytes(DESCRIPTORS, 8, 2),
            sixteen.blocks(),
            limits);
    BlockCdb thirtyTwo = BlockCdb.thirtyTwo(LENGTH);
    WriteScatteredCommand long32 =
        new WriteScatteredCommand(
            disk,
            thirtyTwo,
            Field.bytes(DATA_OFFSET, 12, 2),
            Field.bytes(DESCRIPTORS, 16, 2),
            thirtyTwo.blocks(),
            limits);
    return List.of(
        short16.row(
            Command.row("WRITE SCATTERED(16)", "SBC-4", 0x9F, 0x12, 16)
                .ignores(
                    List.of(
                        Field.bit("DLD2", 2, 0),
                        Field.bit("DLD1", 14, 7),
                        Field.bit("DLD0", 14, 6)))),
        long32.row(
            Command.variableLength("WRITE SCATTERED(32)", "SBC-4", 0x0011)
                .traits(Trait.TYPE_2_PROTECTION)));
  }

  private Command row(Command.Builder row) {
    List<Field> fields = new ArrayList<>(options());
    fields.addAll(List.of(dataOffset, descriptors, transferLength));
    return row.fields(fields)
        .ignores(cdb.group())
        .moves(this::moved)
        .dataOut()
        .traits(Trait.MEDIUM_ACCESS, Trait.CHANGES_MEDIUM)
        .handledBy(this);
  }

  /** How many blocks a CDB that ends in GOOD has written. */
  private long moved(byte[] bytes) {
    return descriptors.isSet(bytes) && transferLength.isSet(bytes)
        ? Math.max(0, transferLength.get(bytes) - dataOffset.get(bytes))
        : 0;
  }

  private List<Field> options() {
    return cdb.length() == 16
        ? OPTIONS_OF_16
        : List.of(cdb.at(BlockCdb.WRPROTECT), cdb.at(BlockCdb.DPO), cdb.at(BlockCdb.FUA));
  }

  @Override
  public void execute(CommandTask task) {
    long length = task.get(transferLength);
    boolean nothing = length == 0 || !task.isSet(descriptors);
    Optional<SenseData> wrong =
        Disk.protection(task, Optional.of(options().get(WRPROTECT)))
            .or(() -> disk.writeProtection(task))
            .or(() -> Disk.length(length, limits.maximumScatteredTransferLength(), transferLength))
            .or(
                () ->
                    Disk.length(
                        task.get(descriptors),
                        limits.maximumScatteredLbaRangeDescriptorCount(),
                        descriptors))
            .or(() -> nothing || holdsDescriptors(task) ? Optional.empty() : offsetIsWrong())
            .or(() -> nothing ? Optional.empty() : Disk.offers(task, disk.bytes(length)));
    if (wrong.isPresent()) {
      task.refuse(wrong.get());
    } else if (nothing) {
      task.complete(Outcome.GOOD);
    } else {
      task.receiveDataOut(disk.bytes(asked(task)), dataOut -> write(task, dataOut));
    }
  }

  /** How many blocks of the Data-Out Buffer to ask for. */
  private long asked(CommandTask task) {
    long length = task.get(transferLength);
    long both = length + task.get(dataOffset);
    return both <= limits.maximumScatteredTransferLength()
            && task.dataOutBufferSize() == disk.bytes(both)
        ? both
        : length;
  }

  private boolean holdsDescriptors(CommandTask task) {
    long room = task.get(dataOffset) * blockLength(task);
    return HEADER_BYTES + task.get(descriptors) * DESCRIPTOR_BYTES <= room;
  }

  /** Bytes per block in the Data-Out Buffer. */
  private int blockLength(CommandTask task) {
    return task.shield().map(Shield::wireLength).orElse(disk.geometry().blockLength());
  }

  private Optional<SenseData> offsetIsWrong() {
    return Optional.of(SenseData.invalidFieldInCdb(dataOffset));
  }

  private void write(CommandTask task, ByteBuf dataOut) {
    List<Range> ranges = new ArrayList<>();
    Optional<SenseData> wrong = read(task, dataOut, ranges);
    if (wrong.isPresent()) {
      dataOut.release();
      task.refuse(wrong.get());
    } else if (task.shield().isEmpty()) {
      write(task, ranges, dataOut);
    } else {
      store(task, task.shield().get(), ranges, dataOut);
    }
  }

  /**
   * Turns the ranges' blocks into blocks as the store has them, at the same places, and goes on.
   */
  private void store(CommandTask task, Shield shield, List<Range> ranges, ByteBuf dataOut) {
    Optional<ByteBuf> stored = task.allocate(disk.bytes(asked(task)));
    if (stored.isEmpty()) {
      dataOut.release();
      task.complete(new Outcome.Busy());
      return;
    }
    int length = shield.wireLength();
    Optional<SenseData> wrong = Optional.empty();
    for (Range range : ranges) {
      int from = dataOut.readerIndex() + range.at() * length;
      ByteBuf wire = dataOut.slice(from, range.blocks() * length);
      ByteBuffer into = stored.get().nioBuffer(disk.bytes(range.at()), disk.bytes(range.blocks()));
      wrong = wrong.or(() -> shield.at(range.lba(), range.tags()).store(wire, into, false));
    }
    dataOut.release();
    if (wrong.isPresent()) {
      stored.get().release();
      task.refuse(wrong.get());
    } else {
      write(task, ranges, stored.get());
    }
  }

  private void write(CommandTask task, List<Range> ranges, ByteBuf dataOut) {
    Durability durability = disk.durability(task.isSet(options().get(FUA)));
    List<BlockOperation> writes = new ArrayList<>();
    List<Integer> numbers = new ArrayList<>();
    for (int i = 0; i < ranges.size(); i++) {
      Range range = ranges.get(i);
      if (range.blocks() > 0) {
        int start = dataOut.readerIndex() + disk.bytes(range.at());
        ByteBuf data = dataOut.slice(start, disk.bytes(range.blocks()));
        writes.add(
            new BlockOperation.Write(
                range.lba(), Disk.buffers(data, data.readableBytes()), durability));
        numbers.add(i + 1);
      }
    }
    BlockBatch.submitNumbered(
        disk.store(),
        writes,
        ended -> {
          dataOut.release();
          finish(task, ended, numbers);
        });
  }

  private static void finish(CommandTask task, BlockBatch.Ended ended, List<Integer> numbers) {
    Optional<SenseData> failure = Failures.of(ended.outcome());
    if (failure.isEmpty()) {
      task.complete(Outcome.GOOD);
    } else if (failure.get().key() == SenseKey.MEDIUM_ERROR) {
      task.refuse(failure.get().withInformation(numbers.get(ended.index())));
    } else {
      task.refuse(failure.get());
    }
  }

  /** What a descriptor of WRITE SCATTERED(32) says that it expects of its range's tags. */
  private Optional<ExpectedTags> tags(byte[] descriptor) {
    return cdb.length() == 32
        ? Optional.of(
            new ExpectedTags(
                (int) REFERENCE.get(descriptor),
                APPLICATION.getInt(descriptor),
                MASK.getInt(descriptor)))
        : Optional.empty();
  }

  /** Reads the descriptors; says what is wrong with the first that is (SBC-4 5.55.2). */
  private Optional<SenseData> read(CommandTask task, ByteBuf dataOut, List<Range> into) {
    long at = task.get(dataOffset);
    long end = asked(task);
    for (int i = 0; i < task.getInt(descriptors); i++) {
      int base = HEADER_BYTES + i * DESCRIPTOR_BYTES;
      byte[] descriptor = new byte[DESCRIPTOR_BYTES];
      dataOut.getBytes(dataOut.readerIndex() + base, descriptor);
      long lba = LBA.get(descriptor);
      long blocks = BLOCKS.get(descriptor);
      if (blocks > limits.maximumScatteredLbaRangeTransferLength()) {
        return Optional.of(
            SenseData.invalidFieldInParameterList(FieldPointer.inParameterList(base, BLOCKS)));
      }
      if (!disk.geometry().contains(lba, blocks)) {
        return Optional.of(Failures.outOfRange(FieldPointer.inParameterList(base, LBA)));
      }
      if (at + blocks > end) {
        return Optional.of(wrongLength());
      }
      into.add(new Range(lba, (int) blocks, (int) at, tags(descriptor)));
      at += blocks;
    }
    return at == end || at == task.get(transferLength)
        ? Optional.empty()
        : Optional.of(wrongLength());
  }

  /** The ranges do not have as many blocks as the CDB transfers. */
  private SenseData wrongLength() {
    return SenseData.parameterListLengthError(FieldPointer.inCdb(transferLength));
  }
}
