package org.untorn.core;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.untorn.backstore.BlockExtent;
import org.untorn.backstore.BlockOperation;
import org.untorn.backstore.BlockOutcome;
import org.untorn.core.Command.Trait;
import org.untorn.core.CopyAborted.Reply;
import org.untorn.vpd.Field;

/**
 * WRITE USING TOKEN (SBC-4): writes the blocks that a ROD token stands for; or zeros, with the
 * block device zero ROD token, by giving the blocks back.
 *
 * <pre>
 *  byte 0-1     WRITE USING TOKEN DATA LENGTH (n - 1)
 *  byte 2       reserved | DEL_TKN | IMMED
 *  byte 8-15    OFFSET INTO ROD, blocks
 *  byte 16-527  ROD TOKEN
 *  byte 534-535 BLOCK DEVICE RANGE DESCRIPTOR LENGTH
 *  byte 536..   {@link BlockRanges}
 * </pre>
 */
record WriteUsingTokenCommand(Disk disk) implements Command.Handler {

  static final int SERVICE_ACTION = 0x11;

  private static final Field DATA_LENGTH = Field.bytes("WRITE USING TOKEN DATA LENGTH", 0, 2);
  private static final Field DEL_TKN = Field.bit("DEL_TKN", 2, 1);
  private static final Field IMMED = Field.bit("IMMED", 2, 0);
  private static final Field OFFSET_INTO_ROD = Field.bytes("OFFSET INTO ROD", 8, 8);
  private static final int ROD_TOKEN = 16;
  private static final Field RANGES_LENGTH =
      Field.bytes("BLOCK DEVICE RANGE DESCRIPTOR LENGTH", 534, 2);
  private static final int HEADER = 536;

  Command row() {
    return Command.row(
            "WRITE USING TOKEN", "SBC-4", ExtendedCopyCommand.OPERATION_CODE, SERVICE_ACTION, 16)
        .fields(PopulateTokenCommand.LIST_IDENTIFIER, ExtendedCopyCommand.PARAMETER_LIST_LENGTH)
        .ignores(List.of(PopulateTokenCommand.GROUP_NUMBER))
        .dataOut()
        .traits(Trait.MEDIUM_ACCESS, Trait.CHANGES_MEDIUM)
        .handledBy(this);
  }

  @Override
  public void execute(CommandTask task) {
    long length = task.get(ExtendedCopyCommand.PARAMETER_LIST_LENGTH);
    Optional<SenseData> protection = disk.writeProtection(task);
    if (protection.isPresent()) {
      task.refuse(protection.get());
    } else if (length > HEADER + BlockRanges.longest()) {
      task.refuse(ParameterList.LENGTH_ERROR);
    } else {
      ParameterList.receive(task, (int) length, list -> write(task, list));
    }
  }

  private void write(CommandTask task, byte[] list) {
    if (list.length == 0) {
      task.complete(Outcome.GOOD);
      return;
    }
    Optional<SenseData> wrong =
        BlockRanges.check(list, DATA_LENGTH, RANGES_LENGTH, disk.geometry());
    if (wrong.isPresent()) {
      task.refuse(wrong.get());
      return;
    }
    List<BlockExtent> ranges = BlockRanges.read(list, RANGES_LENGTH);
    byte[] presented = Arrays.copyOfRange(list, ROD_TOKEN, ROD_TOKEN + RodToken.LENGTH);
    if (RodToken.TYPE.get(presented) == RodToken.BLOCK_DEVICE_ZERO) {
      start(task, list, operation -> zero(operation, ranges));
      return;
    }
    RodTokens tokens = disk.copies().tokens();
    switch (tokens.use(presented)) {
      case RodTokens.Use.Refused(AdditionalSense why) -> task.refuse(SenseData.illegalRequest(why));
      case RodTokens.Use.Granted(RodToken token) -> {
        Optional<List<Piece>> pieces = pieces(token.content(), OFFSET_INTO_ROD.get(list), ranges);
        if (pieces.isEmpty()) {
          tokens.done(token, false);
          task.refuse(
              SenseData.invalidFieldInParameterList(
                  FieldPointer.inParameterList(0, OFFSET_INTO_ROD)));
        } else {
          boolean deletes = DEL_TKN.isSet(list);
          CopyOperations.Work work = operation -> copy(operation, token, pieces.get());
          start(task, list, new UsingToken(tokens, token, deletes, work));
        }
      }
    }
  }

  /** Work that uses a token: gives it back whatever becomes of it, be it that it never starts. */
  private record UsingToken(
      RodTokens tokens, RodToken token, boolean deletes, CopyOperations.Work work)
      implements CopyOperations.Work {

    @Override
    public Optional<CopyFailure> copy(CopyOperation operation) {
      return work.copy(operation);
    }

    @Override
    public void end(boolean done) {
      tokens.done(token, deletes && done);
    }
  }

  private void start(CommandTask task, byte[] list, CopyOperations.Work work) {
    CopyOperation operation =
        CopyOperations.operation(
            task,
            SERVICE_ACTION,
            task.get(PopulateTokenCommand.LIST_IDENTIFIER),
            true,
            IMMED.isSet(list));
    disk.copies().start(task, operation, work, disk);
  }

  private Optional<CopyFailure> zero(CopyOperation operation, List<BlockExtent> ranges) {
    if (ranges.isEmpty()) {
      return Optional.empty();
    }
    BlockOutcome outcome =
        BlockCopy.await(disk.store(), new BlockOperation.Unmap(ranges, disk.durability(false)));
    Optional<SenseData> failure = Failures.of(outcome);
    if (failure.isEmpty()) {
      long blocks = ranges.stream().mapToLong(BlockExtent::count).sum();
      operation.copied(blocks * disk.geometry().blockLength());
    }
    return failure.map(sense -> sense::encode);
  }

  private Optional<CopyFailure> copy(CopyOperation operation, RodToken token, List<Piece> pieces) {
    for (Piece piece : pieces) {
      Optional<BlockCopy.Failed> failed =
          BlockCopy.copy(
              operation,
              new BlockCopy.Place(token.content().point().blocks(), piece.from()),
              new BlockCopy.Place(disk.store(), piece.to()),
              piece.bytes(),
              disk.durability(false));
      if (failed.isPresent()) {
        return Optional.of(failure(failed.get()));
      }
      if (operation.aborted()) {
        return Optional.of(new CopyAborted(AdditionalSense.NO_ADDITIONAL_SENSE_INFORMATION, 0));
      }
    }
    return Optional.empty();
  }

  /** What this unit could not do it says itself; what the token's could not, is its answer. */
  private static CopyFailure failure(BlockCopy.Failed failed) {
    return failed.destination()
        ? failed.sense()::encode
        : new CopyAborted(AdditionalSense.THIRD_PARTY_DEVICE_FAILURE, 0)
            .because(Reply.checkCondition(false, failed.sense()));
  }

  /** Bytes that are in one range of the token and in one range of this unit. */
  private record Piece(long from, long to, long bytes) {}

  /** Which bytes go where; empty if the token has fewer, or not whole blocks of both sides. */
  private Optional<List<Piece>> pieces(
      RodToken.Content content, long offsetBlocks, List<BlockExtent> ranges) {
    int block = disk.geometry().blockLength();
    long rodBlocks = content.bytes() / block;
    if (offsetBlocks < 0 || offsetBlocks > rodBlocks) {
      return Optional.empty();
    }
    List<Piece> pieces = new ArrayList<>();
    RangeReader source = new RangeReader(content.ranges(), content.blockLength());
    source.skip(offsetBlocks * block);
    for (BlockExtent range : ranges) {
      long done = 0;
      long bytes = range.count() * block;
      while (done < bytes) {
        long length = Math.min(bytes - done, source.left());
        if (length == 0 || length % block != 0 || length % content.blockLength() != 0) {
          return Optional.empty();
        }
        pieces.add(new Piece(source.lba(), range.lba() + done / block, length));
        source.skip(length);
        done += length;
      }
    }
    return Optional.of(pieces);
  }

  /** Where in the ranges of a token one is. */
  private static final class RangeReader {
    private final List<BlockExtent> ranges;
    private final int blockLength;
    private int range;
    private long offset;

    RangeReader(List<BlockExtent> ranges, int blockLength) {
      this.ranges = ranges;
      this.blockLength = blockLength;
    }

    /** The bytes that are left of the range; none behind the last one. */
    long left() {
      return range == ranges.size() ? 0 : ranges.get(range).count() * blockLength - offset;
    }

    long lba() {
      return ranges.get(range).lba() + offset / blockLength;
    }

    /** Goes on by so many bytes, of which no more than there are. */
    void skip(long bytes) {
      long rest = bytes;
      while (rest > 0 && left() <= rest) {
        rest -= left();
        range++;
        offset = 0;
      }
      offset += rest;
    }
  }
}
