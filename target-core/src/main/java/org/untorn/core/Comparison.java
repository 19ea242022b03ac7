package org.untorn.core;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.untorn.backstore.BlockOperation;
import org.untorn.backstore.BlockOutcome;

/**
 * Reads blocks back, compares them with what they should hold, and ends the task accordingly.
 *
 * @param lba the first block
 * @param blocks how many
 */
record Comparison(Disk disk, long lba, int blocks) {

  /**
   * Compares and ends the task: GOOD, what went wrong with reading, or a miscompare.
   *
   * @param expected what the blocks should hold, repeated as often as it takes; empty if they only
   *     have to be readable. Released here.
   */
  void finish(CommandTask task, ByteBuf expected) {
    if (blocks == 0) {
      expected.release();
      task.complete(Outcome.GOOD);
      return;
    }
    Optional<ByteBuf> actual = task.allocate(disk.bytes(blocks));
    if (actual.isPresent()) {
      finish(task, expected, actual.get());
    } else {
      expected.release();
      task.complete(new Outcome.Busy());
    }
  }

  /**
   * The same with a buffer for what is read, as long as the blocks are; of at least one. Released
   * here.
   */
  void finish(CommandTask task, ByteBuf expected, ByteBuf actual) {
    disk.store()
        .submit(
            new BlockOperation.Read(lba, actual.nioBuffer()),
            outcome -> {
              Optional<SenseData> wrong = wrong(task, outcome, expected, actual);
              expected.release();
              actual.release();
              wrong.ifPresentOrElse(task::refuse, () -> task.complete(Outcome.GOOD));
            });
  }

  private static Optional<SenseData> wrong(
      CommandTask task, BlockOutcome outcome, ByteBuf expected, ByteBuf actual) {
    Optional<Shield> shield = task.shield();
    return Failures.of(outcome)
        .or(
            () ->
                shield.isPresent()
                    ? wrong(shield.get(), expected, actual)
                    : difference(expected, actual).map(Failures::miscompare));
  }

  private static Optional<SenseData> wrong(Shield shield, ByteBuf expected, ByteBuf actual) {
    return expected.isReadable()
        ? shield.compare(expected.nioBuffer(), actual.nioBuffer())
        : shield.checkRead(actual.nioBuffer());
  }

  /** The offset of the first byte that differs. */
  private static Optional<Integer> difference(ByteBuf expected, ByteBuf actual) {
    if (!expected.isReadable()) {
      return Optional.empty();
    }
    ByteBuffer pattern = expected.nioBuffer();
    ByteBuffer read = actual.nioBuffer();
    for (int at = 0; at < read.limit(); at += pattern.limit()) {
      int mismatch = pattern.mismatch(read.slice(at, pattern.limit()));
      if (mismatch >= 0) {
        return Optional.of(at + mismatch);
      }
    }
    return Optional.empty();
  }
}
