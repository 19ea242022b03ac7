package org.untorn.core;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.function.Consumer;

/** A task with another CDB than the one that was sent, for a device that does something else. */
@SuppressWarnings("ArrayRecordComponent") // nobody compares tasks
record Recast(Task task, byte[] cdb) implements Task {

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

  @Override
  public long dataOutBufferSize() {
    return task.dataOutBufferSize();
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
