package org.untorn.core;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.untorn.backstore.BlockOperation;
import org.untorn.backstore.BlockOutcome;
import org.untorn.core.Command.Trait;
import org.untorn.core.OrwGenerations.Action;
import org.untorn.core.OrwGenerations.Codes;
import org.untorn.vpd.Field;

/**
 * ORWRITE (SBC-4 4.27): sets in the blocks every bit that is set in the data, in one step towards
 * all other commands. ORWRITE(32) says for which generation of the bitmap, and can begin another:
 * then every bit is cleared that is clear in the data. ORWRITE(16) expects generation zero.
 *
 * <pre>
 *   its turn ──► read ──► combine ──► compare with what was read, and write ──► done
 *                 ▲                               │ another command wrote in between
 *                 └───────────────────────────────┘
 *
 *   byte 2     BMOP: 000b sets, 001b begins a generation and clears
 *   byte 3     PREVIOUS GENERATION PROCESSING: the policy from then on
 *   byte 20    EXPECTED ORWGENERATION, 4 bytes
 *   byte 24    NEW ORWGENERATION, 4 bytes
 * </pre>
 *
 * <p>It goes round again only if another command has succeeded meanwhile. Where the initiator
 * offers fewer bytes than the CDB asks for, the whole blocks that it offers are used, as by {@link
 * WriteCommand}; a new generation needs all of them.
 */
record OrWriteCommand(Disk disk, BlockCdb cdb) implements Command.Handler {

  private static final Field BMOP = new Field("BMOP", 2, 2, 3);
  private static final Field PREVIOUS_GENERATION_PROCESSING =
      new Field("PREVIOUS GENERATION PROCESSING", 3, 3, 4);
  private static final Field EXPECTED = Field.bytes("EXPECTED ORWGENERATION", 20, 4);
  private static final Field NEW = Field.bytes("NEW ORWGENERATION", 24, 4);
  private static final int SET = 0b000;
  private static final int CHANGE_GENERATION_AND_CLEAR = 0b001;

  private static final SenseData MISMATCH =
      SenseData.illegalRequest(AdditionalSense.ORWRITE_GENERATION_DOES_NOT_MATCH);

  static List<Command> rows(Disk disk) {
    return List.of(
        row(disk, "ORWRITE(16)", 0x8B, BlockCdb.sixteen(BlockCdb.TRANSFER_LENGTH)),
        row(
            disk,
            "ORWRITE(32)",
            0x000E,
            BlockCdb.thirtyTwo(BlockCdb.TRANSFER_LENGTH),
            BMOP,
            PREVIOUS_GENERATION_PROCESSING,
            EXPECTED,
            NEW));
  }

  private static Command row(
      Disk disk, String name, int code, BlockCdb cdb, Field... ofGenerations) {
    List<Field> fields =
        new ArrayList<>(cdb.evaluated(BlockCdb.ORPROTECT, BlockCdb.DPO, BlockCdb.FUA));
    fields.addAll(List.of(ofGenerations));
    if (ofGenerations.length > 0) {
      fields.sort(Comparator.comparingInt(Field::byteOffset));
    }
    return cdb.row(name, code)
        .fields(fields)
        .ignores(cdb.group())
        .addresses(cdb)
        .dataOut()
        .traits(Trait.MEDIUM_ACCESS, Trait.CHANGES_MEDIUM)
        .handledBy(new OrWriteCommand(disk, cdb));
  }

  /** What an attempt works on: each as long as the whole blocks of the data, and released once. */
  private record Buffers(ByteBuf data, ByteBuf found, ByteBuf merged) {

    void combine(boolean clears, Optional<Shield> shield) {
      for (int at = 0; at < found.readableBytes(); at += Long.BYTES) {
        long old = found.getLong(at);
        long given = data.getLong(data.readerIndex() + at);
        merged.setLong(at, clears ? old & given : old | given);
      }
      if (shield.isPresent()) {
        shield.get().combined(data.nioBuffer(), merged.nioBuffer());
      }
    }

    ByteBuffer readBack() {
      return found.nioBuffer();
    }

    void release() {
      data.release();
      found.release();
      merged.release();
    }
  }

  private boolean knowsGenerations() {
    return cdb.length() == 32;
  }

  private boolean clears(CommandTask task) {
    return knowsGenerations() && task.getInt(BMOP) == CHANGE_GENERATION_AND_CLEAR;
  }

  /** What the generation that the command expects means for it now. */
  private Action action(CommandTask task, Codes codes) {
    long expected = knowsGenerations() ? task.get(EXPECTED) : 0;
    return clears(task) ? codes.change(expected) : codes.set(expected);
  }

  @Override
  public void execute(CommandTask task) {
    Optional<SenseData> wrong =
        operation(task)
            .or(() -> disk.checkWrite(task, cdb, BlockCdb.ORPROTECT))
            .or(() -> clears(task) ? allData(task) : Optional.empty())
            .or(() -> generation(task));
    if (wrong.isPresent()) {
      task.refuse(wrong.get());
      return;
    }
    task.receiveDataOut(disk.bytes(cdb.blocks(task)), data -> enter(task, data));
  }

  private Optional<SenseData> operation(CommandTask task) {
    if (!knowsGenerations()) {
      return Optional.empty();
    }
    return Disk.oneOf(task, BMOP, SET, CHANGE_GENERATION_AND_CLEAR)
        .or(
            () ->
                clears(task)
                    ? Disk.oneOf(task, PREVIOUS_GENERATION_PROCESSING, OrwGenerations.POLICIES)
                    : Optional.empty());
  }

  private Optional<SenseData> allData(CommandTask task) {
    return Disk.offers(task, disk.bytes(cdb.blocks(task)));
  }

  private Optional<SenseData> generation(CommandTask task) {
    return action(task, disk.orwGenerations().codes()) == Action.MISMATCH
        ? Optional.of(MISMATCH)
        : Optional.empty();
  }

  private void enter(CommandTask task, ByteBuf data) {
    OrwGenerations generations = disk.orwGenerations();
    generations.enter(
        clears(task),
        task::execute,
        () -> {
          Codes codes = generations.codes();
          CommandTask leaving =
              task.answering(
                  outcome -> {
                    if (clears(task) && outcome instanceof Outcome.Good) {
                      generations.change(codes, next(task, codes));
                    }
                    task.complete(outcome);
                    generations.leave();
                  });
          begin(leaving, data, action(task, codes));
        });
  }

  private static Codes next(CommandTask task, Codes codes) {
    return codes.next(task.get(NEW), task.getInt(PREVIOUS_GENERATION_PROCESSING));
  }

  private void begin(CommandTask task, ByteBuf data, Action action) {
    int length = disk.wholeBlocks(data.readableBytes());
    if (action != Action.PERFORM || length == 0) {
      data.release();
      if (action == Action.MISMATCH) {
        task.refuse(MISMATCH);
      } else {
        task.complete(Outcome.GOOD);
      }
      return;
    }
    Optional<ByteBuf> found = task.allocate(length);
    Optional<ByteBuf> merged = found.flatMap(_ -> task.allocate(length));
    if (merged.isPresent()) {
      attempt(task, new Buffers(data, found.orElseThrow(), merged.get()));
    } else {
      found.ifPresent(buffer -> buffer.release());
      data.release();
      task.complete(new Outcome.Busy());
    }
  }

  private void attempt(CommandTask task, Buffers buffers) {
    if (disk.refusesShrunk(task, cdb, buffers.data(), buffers.found(), buffers.merged())) {
      return;
    }
    disk.store()
        .submit(
            new BlockOperation.Read(cdb.lba(task), buffers.found().nioBuffer()),
            outcome -> {
              Optional<SenseData> wrong =
                  Failures.of(outcome)
                      .or(() -> task.shield().flatMap(one -> one.checkRead(buffers.readBack())));
              if (wrong.isPresent()) {
                buffers.release();
                task.refuse(wrong.get());
              } else {
                task.execute(() -> write(task, buffers));
              }
            });
  }

  private void write(CommandTask task, Buffers buffers) {
    if (disk.refusesShrunk(task, cdb, buffers.data(), buffers.found(), buffers.merged())) {
      return;
    }
    buffers.combine(clears(task), task.shield());
    disk.store()
        .submit(
            new BlockOperation.CompareAndWrite(
                cdb.lba(task),
                buffers.found().nioBuffer(),
                Disk.buffers(buffers.merged(), buffers.merged().readableBytes()),
                disk.durability(task.isSet(cdb.at(BlockCdb.FUA)))),
            outcome -> {
              if (outcome instanceof BlockOutcome.Miscompare) {
                task.execute(() -> attempt(task, buffers));
              } else {
                end(task, buffers, outcome);
              }
            });
  }

  private void end(CommandTask task, Buffers buffers, BlockOutcome outcome) {
    buffers.release();
    disk.finish(task, outcome);
  }
}
