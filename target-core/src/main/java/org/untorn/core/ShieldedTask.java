package org.untorn.core;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.function.Consumer;

/**
 * A task on a disk whose blocks carry protection information, as its command's handler sees it:
 * data is in blocks as the store has them, and the CDB asks for no protection information.
 *
 * @param cdb the CDB with the PROTECT field at zero
 */
@SuppressWarnings("ArrayRecordComponent") // nobody compares tasks
record ShieldedTask(Task task, byte[] cdb, Shield shield) implements Task {

  @Override
  public Nexus nexus() {
    return task.nexus();
  }

  @Override
  public long lun() {
    return task.lun();
  }

  @Override
  public long tag() {
    return task.tag();
  }

  @Override
  public TaskAttribute attribute() {
    return task.attribute();
  }

  /** So many blocks, and what is left over. */
  @Override
  public long dataOutBufferSize() {
    long wire = task.dataOutBufferSize();
    return wire / shield.wireLength() * shield.storedLength() + wire % shield.wireLength();
  }

  @Override
  public void execute(Runnable action) {
    task.execute(action);
  }

  @Override
  public ByteBufAllocator allocator() {
    return task.allocator();
  }

  @Override
  public void receiveDataOut(int length, Consumer<ByteBuf> then) {
    task.receiveDataOut(length, then);
  }

  @Override
  public void complete(Outcome outcome) {
    task.complete(outcome);
  }

  @Override
  public void terminate() {
    task.terminate();
  }
}
