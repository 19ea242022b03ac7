package org.untorn.daemon.crash;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.untorn.backstore.BlockExtent;
import org.untorn.backstore.Geometry;
import org.untorn.backstore.fault.Fate;
import org.untorn.backstore.fault.RecordedEvent;

/** A recording, event by event, as a recorder leaves it. Commands count from 1. */
final class RunBuilder {

  private final ByteArrayOutputStream tape = new ByteArrayOutputStream();
  private int number;

  RunBuilder() {
    put(new RecordedEvent.Begun(new Geometry(512, 1000)));
  }

  private RunBuilder put(RecordedEvent event) {
    for (ByteBuffer piece : event.encode()) {
      tape.write(piece.array(), piece.arrayOffset() + piece.position(), piece.remaining());
    }
    return this;
  }

  private RunBuilder change(Fate.Kind kind, boolean stable, BlockExtent extent, int tag) {
    byte[] data = new byte[kind == Fate.Kind.UNMAP ? 0 : (int) extent.count() * 512];
    Arrays.fill(data, (byte) tag);
    return put(
        new RecordedEvent.Change(
            ++number, kind, stable, List.of(extent), List.of(ByteBuffer.wrap(data))));
  }

  RunBuilder write(int lba, int blocks, int tag) {
    return change(Fate.Kind.WRITE, false, new BlockExtent(lba, blocks), tag);
  }

  RunBuilder writeFua(int lba, int blocks, int tag) {
    return change(Fate.Kind.WRITE, true, new BlockExtent(lba, blocks), tag);
  }

  RunBuilder writeAtomic(int lba, int blocks, int tag) {
    return change(Fate.Kind.ATOMIC_WRITE, false, new BlockExtent(lba, blocks), tag);
  }

  RunBuilder unmap(int lba, int blocks) {
    return change(Fate.Kind.UNMAP, false, new BlockExtent(lba, blocks), 0);
  }

  RunBuilder flush() {
    return put(new RecordedEvent.Flush(++number));
  }

  /** The newest command is done. */
  RunBuilder done() {
    return done(number);
  }

  RunBuilder done(int command) {
    return put(new RecordedEvent.Answer(command, true));
  }

  RunBuilder failed() {
    return put(new RecordedEvent.Answer(number, false));
  }

  RunBuilder ended(String why) {
    return put(new RecordedEvent.Ended(why));
  }

  Recording recording() {
    return Recording.of(ByteBuffer.wrap(tape.toByteArray()));
  }
}
