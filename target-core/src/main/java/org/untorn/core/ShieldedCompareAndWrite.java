package org.untorn.core;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import org.untorn.backstore.BlockOperation;
import org.untorn.backstore.BlockOutcome;

/**
 * COMPARE AND WRITE where blocks carry protection information, which is not compared (SBC-4 5.3):
 * that of the compare instance is not even looked at, and that of the write instance is checked
 * once the user data matches.
 *
 * <pre>
 *   read ──► user data matches? ──► compare all with what was read, and write ──► done
 *     ▲                                  │ another command wrote in between
 *     └──────────────────────────────────┘
 * </pre>
 *
 * @param both the Data-Out Buffer: so many blocks to be compared, and as many to be written
 * @param found room for what is read, and {@code written} for what is written
 */
record ShieldedCompareAndWrite(
    Disk disk,
    CommandTask task,
    Shield shield,
    BlockCdb cdb,
    boolean fua,
    ByteBuf both,
    ByteBuf found,
    ByteBuf written) {

  /** Begins one; the buffer is released when it ends. */
  static void begin(
      Disk disk, CommandTask task, Shield shield, BlockCdb cdb, boolean fua, ByteBuf both) {
    int length = disk.bytes(cdb.blocks(task));
    Optional<ByteBuf> found = task.allocate(length);
    Optional<ByteBuf> written = found.flatMap(_ -> task.allocate(length));
    if (written.isPresent()) {
      new ShieldedCompareAndWrite(
              disk, task, shield, cdb, fua, both, found.orElseThrow(), written.get())
          .read();
    } else {
      found.ifPresent(buffer -> buffer.release());
      both.release();
      task.complete(new Outcome.Busy());
    }
  }

  private void read() {
    if (disk.refusesShrunk(task, cdb, both, found, written)) {
      return;
    }
    disk.store()
        .submit(
            new BlockOperation.Read(cdb.lba(task), found.nioBuffer()),
            outcome -> {
              if (Failures.of(outcome).isPresent()) {
                end(outcome);
              } else {
                task.execute(this::compare);
              }
            });
  }

  private void compare() {
    Optional<SenseData> wrong = difference().or(this::takeOver);
    if (wrong.isPresent()) {
      release();
      task.refuse(wrong.get());
    } else if (!disk.refusesShrunk(task, cdb, both, found, written)) {
      disk.store()
          .submit(
              new BlockOperation.CompareAndWrite(
                  cdb.lba(task),
                  found.nioBuffer(),
                  List.of(written.nioBuffer()),
                  disk.durability(fua)),
              outcome -> {
                if (outcome instanceof BlockOutcome.Miscompare) {
                  task.execute(this::read);
                } else {
                  end(outcome);
                }
              });
    }
  }

  /** INFORMATION is where in the Data-Out Buffer the first byte is that differs. */
  private Optional<SenseData> difference() {
    int wireLength = shield.wireLength();
    ByteBuffer came = both.nioBuffer();
    ByteBuffer read = found.nioBuffer();
    for (int i = 0; i < cdb.blocks(task); i++) {
      int mismatch =
          came.slice(i * wireLength, shield.dataLength())
              .mismatch(read.slice(i * shield.storedLength(), shield.dataLength()));
      if (mismatch >= 0) {
        return Optional.of(Failures.miscompare((long) i * wireLength + mismatch));
      }
    }
    return Optional.empty();
  }

  private Optional<SenseData> takeOver() {
    int half = both.readableBytes() / 2;
    return shield.store(both.slice(both.readerIndex() + half, half), written.nioBuffer(), false);
  }

  private void end(BlockOutcome outcome) {
    release();
    disk.finish(task, outcome);
  }

  private void release() {
    both.release();
    found.release();
    written.release();
  }
}
