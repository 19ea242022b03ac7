package org.untorn.core;

import java.util.List;
import java.util.Optional;
import org.untorn.core.Command.Trait;
import org.untorn.core.Command.UnderReservation;
import org.untorn.vpd.Field;

/**
 * VERIFY (SBC-4): reads the blocks, and with BYTCHK compares them with the Data-Out Buffer.
 *
 * <pre>
 *  BYTCHK 00b   only reads: the medium must give every block back
 *         01b   compares with as many blocks of data
 *         11b   compares every block with the same single one
 * </pre>
 */
record VerifyCommand(Disk disk, BlockCdb cdb) implements Command.Handler {

  static final Field BYTCHK = new Field("BYTCHK", 1, 2, 2);
  static final int NO_COMPARISON = 0b00;
  static final int COMPARE_ALL = 0b01;
  private static final int COMPARE_ONE = 0b11;

  static List<Command> rows(Disk disk) {
    return List.of(
        row(disk, "VERIFY(10)", 0x2F, BlockCdb.ten(BlockCdb.VERIFICATION_LENGTH)),
        row(disk, "VERIFY(12)", 0xAF, BlockCdb.twelve(BlockCdb.VERIFICATION_LENGTH)),
        row(disk, "VERIFY(16)", 0x8F, BlockCdb.sixteen(BlockCdb.VERIFICATION_LENGTH)),
        row(disk, "VERIFY(32)", 0x000A, BlockCdb.thirtyTwo(BlockCdb.VERIFICATION_LENGTH)));
  }

  private static Command row(Disk disk, String name, int code, BlockCdb cdb) {
    return cdb.row(name, code)
        .fields(cdb.evaluated(BlockCdb.VRPROTECT, BlockCdb.DPO, BYTCHK))
        .expects(cdb.expectedTags())
        .ignores(cdb.group())
        .addresses(cdb)
        .dataOut()
        .traits(Trait.MEDIUM_ACCESS)
        .reservation(UnderReservation.ALLOWED_UNDER_WRITE_EXCLUSIVE)
        .handledBy(new VerifyCommand(disk, cdb));
  }

  @Override
  public void execute(CommandTask task) {
    long maximum = disk.profile().limits().maximumTransferLength();
    Optional<SenseData> wrong =
        Disk.protection(task, cdb.option(BlockCdb.VRPROTECT))
            .or(() -> Disk.oneOf(task, cdb.at(BYTCHK), NO_COMPARISON, COMPARE_ALL, COMPARE_ONE))
            .or(() -> disk.range(task, cdb))
            .or(() -> Disk.length(cdb.blocks(task), maximum, cdb.blocks()))
            .or(() -> Disk.offers(task, disk.bytes(blocksToCompareWith(task))));
    if (wrong.isPresent()) {
      task.refuse(wrong.get());
      return;
    }
    Comparison comparison = new Comparison(disk, cdb.lba(task), (int) cdb.blocks(task));
    task.receiveDataOut(
        disk.bytes(blocksToCompareWith(task)),
        expected -> {
          if (!disk.refusesShrunk(task, cdb, expected)) {
            comparison.finish(task, expected);
          }
        });
  }

  private int blocksToCompareWith(CommandTask task) {
    int blocks = (int) cdb.blocks(task);
    return switch (task.getInt(cdb.at(BYTCHK))) {
      case COMPARE_ALL -> blocks;
      case COMPARE_ONE -> Math.min(blocks, 1);
      default -> 0;
    };
  }
}
