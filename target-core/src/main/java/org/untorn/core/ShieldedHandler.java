package org.untorn.core;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Optional;
import java.util.function.Consumer;
import org.untorn.core.Command.DataDirection;
import org.untorn.vpd.Field;

/**
 * What stands around the handler of a command that moves blocks, on a disk whose blocks carry
 * protection information, and only there. It evaluates the command's PROTECT field, and turns the
 * data of the wire into blocks as the store has them, and back ({@link Shield}).
 *
 * <pre>
 *   initiator ── data, or data and protection information ──► checked, or made ──► handler ──► store
 *   initiator ◄── the same ◄── checked ◄── handler ◄── store
 * </pre>
 *
 * The row says by the names of its fields what there is: RDPROTECT, WRPROTECT, VRPROTECT or
 * ORPROTECT, and those of {@link ExpectedTags}. A CDB of 6 bytes has none: it is 000b.
 */
final class ShieldedHandler implements Command.Handler {

  private static final int LAST_PROTECT = 0b101;

  private final Command.Handler inner;
  private final ProtectionType type;
  private final int dataLength;
  private final Optional<Field> field;
  private final Optional<ExpectedTags.Fields> tags;
  private final boolean onlyType2;
  private final boolean reads;
  private final boolean duplicates;

  private ShieldedHandler(Command row, ProtectionType type, int dataLength) {
    this.inner = row.handler();
    this.type = type;
    this.dataLength = dataLength;
    this.field = field(row);
    this.tags = ExpectedTags.Fields.of(row);
    this.onlyType2 = row.is(Command.Trait.TYPE_2_PROTECTION);
    this.reads = row.direction() == DataDirection.IN;
    this.duplicates = !row.movesItsBlocks();
  }

  /** The row as it is on such a disk. */
  static Command over(Command row, ProtectionType type, int dataLength) {
    return row.movesItsBlocks() || field(row).isPresent()
        ? row.with(new ShieldedHandler(row, type, dataLength))
        : row;
  }

  private static Optional<Field> field(Command row) {
    return row.fields().stream().filter(field -> field.name().endsWith("PROTECT")).findFirst();
  }

  @Override
  public void execute(CommandTask task) {
    int protect = field.isPresent() ? task.getInt(field.get()) : 0;
    if (protect != 0 && type == ProtectionType.TYPE_2 && !onlyType2) {
      task.refuse(CommandTable.UNKNOWN_OPERATION_CODE); // SBC-4 4.21.2.4
    } else if (protect > LAST_PROTECT) {
      task.refuse(field.orElseThrow());
    } else {
      Shield shield =
          new Shield(
              type, protect, task.lba().orElse(0), dataLength, tags.map(fields -> fields.in(task)));
      byte[] cdb = task.cdb();
      field.ifPresent(at -> at.put(cdb, 0));
      inner.execute(
          task.behind(
              shield,
              cdb,
              (length, then) -> receive(task, shield, length, then),
              outcome -> answer(task, shield, outcome)));
    }
  }

  private void receive(CommandTask task, Shield shield, int length, Consumer<ByteBuf> then) {
    int wireLength = shield.wireLength();
    task.receiveDataOut(
        length / shield.storedLength() * wireLength,
        wire -> {
          if (inner instanceof CompareAndWriteCommand || inner instanceof WriteScatteredCommand) {
            then.accept(wire); // which is not just the command's blocks, one behind the other
          } else {
            store(task, shield, wire, then);
          }
        });
  }

  private void store(CommandTask task, Shield shield, ByteBuf wire, Consumer<ByteBuf> then) {
    int blocks = wire.readableBytes() / shield.wireLength();
    if (blocks == 0) {
      wire.release();
      then.accept(Unpooled.EMPTY_BUFFER);
      return;
    }
    Optional<ByteBuf> stored = task.allocate(blocks * shield.storedLength());
    if (stored.isEmpty()) {
      wire.release();
      task.complete(new Outcome.Busy());
      return;
    }
    Optional<SenseData> wrong = shield.store(wire, stored.get().nioBuffer(), duplicates);
    wire.release();
    if (wrong.isPresent()) {
      stored.get().release();
      task.refuse(wrong.get());
    } else {
      then.accept(stored.get());
    }
  }

  private void answer(CommandTask task, Shield shield, Outcome outcome) {
    if (reads && outcome instanceof Outcome.Good(ByteBuf dataIn) && dataIn.isReadable()) {
      Optional<SenseData> wrong = shield.checkRead(dataIn.nioBuffer());
      if (wrong.isPresent()) {
        dataIn.release();
        task.refuse(wrong.get());
        return;
      }
      dataIn.writerIndex(dataIn.readerIndex() + shield.deliver(dataIn.nioBuffer()));
    }
    task.complete(outcome);
  }
}
