package org.untorn.core.fault;

import io.netty.buffer.ByteBuf;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.untorn.core.AdditionalSense;
import org.untorn.core.Command;
import org.untorn.core.CommandTable;
import org.untorn.core.CommandTask;
import org.untorn.core.LogicalUnit;
import org.untorn.core.Outcome;
import org.untorn.core.SenseData;
import org.untorn.core.UnitSignal;

/**
 * A filter that makes commands go wrong. It stands in the task set: a command that is held here is
 * a task that the device server has, and lets go of when it is aborted.
 */
public final class CommandFaults implements LogicalUnit {

  /** Runs something later, on any thread. */
  @FunctionalInterface
  public interface Timer {
    void after(long nanos, Runnable action);
  }

  private final LogicalUnit next;
  private final Function<CommandTask, Optional<CommandFault>> faults;
  private final HeldCommands held;
  private final Timer timer;

  /**
   * A filter.
   *
   * @param faults what is to go wrong with a command, if anything is; asked once for each
   */
  public CommandFaults(
      LogicalUnit next,
      Function<CommandTask, Optional<CommandFault>> faults,
      HeldCommands held,
      Timer timer) {
    this.next = next;
    this.faults = faults;
    this.held = held;
    this.timer = timer;
  }

  @Override
  public CommandTable commands() {
    return next.commands();
  }

  @Override
  public boolean descriptorSense() {
    return next.descriptorSense();
  }

  @Override
  public void execute(CommandTask task) {
    if (task.command().is(Command.Trait.REFUSED)) {
      next.execute(task);
    } else {
      faults.apply(task).ifPresentOrElse(fault -> go(task, fault), () -> next.execute(task));
    }
  }

  private void go(CommandTask task, CommandFault fault) {
    switch (fault) {
      case CommandFault.Status(int status) -> task.complete(outcome(status));
      case CommandFault.Sense(SenseData why) -> task.refuse(why);
      case CommandFault.SenseAfterwards(SenseData why) ->
          next.execute(task.answering(outcome -> afterwards(task, outcome, why)));
      case CommandFault.Attention(AdditionalSense condition) -> {
        var _ = next.signal(new UnitSignal.Changed(condition));
        next.execute(task);
      }
      case CommandFault.Delay(long nanos) -> {
        long number = held.hold(this, task, () -> next.execute(task));
        timer.after(nanos, () -> held.release(number));
      }
      case CommandFault.Hold _ -> held.hold(this, task, () -> next.execute(task));
      case CommandFault.Ignore _ -> held.keep(this, task);
      case CommandFault.ShortTransfer _ ->
          next.execute(task.answering(outcome -> task.complete(shortened(outcome))));
    }
  }

  private static Outcome outcome(int status) {
    return switch (status) {
      case 0x00 -> Outcome.GOOD;
      case 0x08 -> new Outcome.Busy();
      case 0x18 -> new Outcome.ReservationConflict();
      case 0x28 -> new Outcome.TaskSetFull();
      case 0x30 -> new Outcome.AcaActive();
      case 0x40 -> new Outcome.TaskAborted();
      default -> new Outcome.Other(status);
    };
  }

  private static void afterwards(CommandTask task, Outcome outcome, SenseData why) {
    if (outcome instanceof Outcome.Good(ByteBuf dataIn)) {
      dataIn.release();
      task.refuse(why);
    } else {
      task.complete(outcome);
    }
  }

  private static Outcome shortened(Outcome outcome) {
    if (outcome instanceof Outcome.Good(ByteBuf dataIn)) {
      dataIn.writerIndex(dataIn.readerIndex() + dataIn.readableBytes() / 2);
    }
    return outcome;
  }

  @Override
  public CompletableFuture<Void> signal(UnitSignal signal) {
    switch (signal) {
      case UnitSignal.Terminated _ -> held.endTerminated(this);
      case UnitSignal.Removed _ -> held.endAll(this);
      case UnitSignal.NexusEstablished _,
          UnitSignal.NexusLost _,
          UnitSignal.NexusReset _,
          UnitSignal.QueryAsynchronousEvent _,
          UnitSignal.InventoryReported _,
          UnitSignal.Changed _,
          UnitSignal.Reset _,
          UnitSignal.PowerOn _,
          UnitSignal.OfTasks _ -> {}
    }
    return next.signal(signal);
  }
}
