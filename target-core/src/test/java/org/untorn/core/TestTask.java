package org.untorn.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;

/**
 * A task whose transport is a test: Data-Out is at hand, and the outcome is kept as bytes. With
 * {@link #withheld} the data arrives when the test says so.
 */
final class TestTask implements Task {

  /** How a task ended, its buffers already released. */
  static final class Result {
    private final int status;
    private final byte[] data;

    Result(int status, byte[] data) {
      this.status = status;
      this.data = data;
    }

    int status() {
      return status;
    }

    /** Data-In, or sense data. */
    byte[] data() {
      return data;
    }
  }

  private final Nexus nexus;
  private final long lun;
  private final long tag;
  private final byte[] cdb;
  private final byte[] dataOut;
  private final CountingAllocator allocator;
  private OptionalInt asked = OptionalInt.empty();
  private Optional<Result> result = Optional.empty();
  private Optional<Runnable> waiting = Optional.empty();
  private TaskAttribute attribute = TaskAttribute.SIMPLE;
  private boolean withheld;
  private boolean dataWithheld;
  private boolean terminated;

  TestTask(
      Nexus nexus, long lun, long tag, byte[] cdb, byte[] dataOut, CountingAllocator allocator) {
    this.nexus = nexus;
    this.lun = lun;
    this.tag = tag;
    this.cdb = Arrays.copyOf(cdb, Math.max(cdb.length, 16));
    this.dataOut = dataOut;
    this.allocator = allocator;
  }

  /** Gives it another task attribute. */
  TestTask as(TaskAttribute other) {
    attribute = other;
    return this;
  }

  /** Keeps Data-Out, and the task's own thread, back until {@link #arrive}. */
  TestTask withheld() {
    withheld = true;
    return this;
  }

  /** Keeps Data-Out alone back until {@link #arrive}. */
  TestTask dataWithheld() {
    dataWithheld = true;
    return this;
  }

  /** Lets Data-Out arrive, or the task's own thread go on. */
  void arrive() {
    if (!terminated) {
      waiting.orElseThrow().run();
    }
  }

  /** Lets Data-Out arrive as a transport does that has not yet heard of the termination. */
  void arriveAllTheSame() {
    waiting.orElseThrow().run();
  }

  boolean terminated() {
    return terminated;
  }

  boolean completed() {
    return result.isPresent();
  }

  /** How many bytes of Data-Out the device server asked for, if it did. */
  OptionalInt asked() {
    return asked;
  }

  Result result() {
    return result.orElseThrow(() -> new AssertionError("the task is not completed"));
  }

  @Override
  public Nexus nexus() {
    return nexus;
  }

  @Override
  public long lun() {
    return lun;
  }

  @Override
  public long tag() {
    return tag;
  }

  @Override
  public TaskAttribute attribute() {
    return attribute;
  }

  @Override
  public byte[] cdb() {
    return cdb;
  }

  @Override
  public long dataOutBufferSize() {
    return dataOut.length;
  }

  @Override
  public ByteBufAllocator allocator() {
    return allocator;
  }

  @Override
  public void execute(Runnable action) {
    if (withheld) {
      waiting = Optional.of(action);
    } else {
      action.run();
    }
  }

  /** Gives the data in two components, as a transport with several PDUs would. */
  @Override
  public void receiveDataOut(int length, Consumer<ByteBuf> then) {
    assertThat(asked).as("Data-Out is asked for once").isEmpty();
    assertThat(length).isPositive();
    asked = OptionalInt.of(length);
    int offered = Math.min(length, dataOut.length);
    int half = offered / 2;
    ByteBuf buffer =
        Unpooled.wrappedBuffer(
            allocator.remember(Unpooled.copiedBuffer(dataOut, 0, half)),
            allocator.remember(Unpooled.copiedBuffer(dataOut, half, offered - half)));
    if (withheld || dataWithheld) {
      waiting = Optional.of(() -> then.accept(buffer));
    } else {
      then.accept(buffer);
    }
  }

  @Override
  public void complete(Outcome outcome) {
    ByteBuf data =
        switch (outcome) {
          case Outcome.Good(ByteBuf dataIn) -> dataIn;
          case Outcome.CheckCondition(ByteBuf sense) -> sense;
          case Outcome.Busy _,
              Outcome.ReservationConflict _,
              Outcome.TaskSetFull _,
              Outcome.AcaActive _,
              Outcome.TaskAborted _,
              Outcome.Other _ ->
              Unpooled.EMPTY_BUFFER;
        };
    byte[] bytes = ByteBufUtil.getBytes(data);
    data.release();
    if (!terminated) {
      assertThat(result).as("a task completes once").isEmpty();
      result = Optional.of(new Result(outcome.status(), bytes));
    }
  }

  @Override
  public void terminate() {
    terminated = true;
  }
}
