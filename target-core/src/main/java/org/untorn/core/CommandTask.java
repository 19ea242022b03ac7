package org.untorn.core;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.untorn.vpd.Field;

/**
 * A task together with its row of the command table: what moves through a {@link LogicalUnit}. It
 * reads the CDB by the fields' names, and knows how to refuse.
 *
 * <p>A filter that wants to see the outcome hands on {@link #answering}, a view of the same task.
 * Invariant: a task and its views are completed exactly once between them.
 */
public final class CommandTask {

  private final Task task;
  private final Command command;
  private final LunInventory inventory;
  private final LogicalUnit unit;
  private final DataOut dataOut;
  private final Consumer<Outcome> completion;
  private final BooleanSupplier terminated;

  /** Where a task asks for its Data-Out Buffer; see {@link Task#receiveDataOut}. */
  @FunctionalInterface
  interface DataOut {
    void receive(int length, Consumer<ByteBuf> then);
  }

  CommandTask(Task task, Command command, LunInventory inventory, LogicalUnit unit) {
    this(task, command, inventory, unit, task::receiveDataOut, task::complete, () -> false);
  }

  private CommandTask(
      Task task,
      Command command,
      LunInventory inventory,
      LogicalUnit unit,
      DataOut dataOut,
      Consumer<Outcome> completion,
      BooleanSupplier terminated) {
    this.task = task;
    this.command = command;
    this.inventory = inventory;
    this.unit = unit;
    this.dataOut = dataOut;
    this.completion = completion;
    this.terminated = terminated;
  }

  /** The same task, with its outcome going elsewhere: who takes it completes this one. */
  public CommandTask answering(Consumer<Outcome> elsewhere) {
    return new CommandTask(task, command, inventory, unit, dataOut, elsewhere, terminated);
  }

  /** The same task as a member of a task set, which its data and its outcome pass. */
  CommandTask inSet(TaskMember member) {
    return new CommandTask(task, command, inventory, unit, member, member, member);
  }

  /** Whether it was ended from outside: nobody waits for its outcome. */
  public boolean isTerminated() {
    return terminated.getAsBoolean();
  }

  /** The NACA bit: whether a CHECK CONDITION begins an auto contingent allegiance (SAM-5 5.9). */
  boolean naca() {
    return command.naca().isSet(task.cdb());
  }

  /**
   * The same task as a handler sees it on a disk whose blocks carry protection information.
   *
   * @param cdb that asks for none
   */
  CommandTask behind(Shield shield, byte[] cdb, DataOut elsewhere, Consumer<Outcome> answer) {
    return new CommandTask(
        new ShieldedTask(task, cdb, shield),
        command,
        inventory,
        unit,
        elsewhere,
        answer,
        terminated);
  }

  /** How protection information is treated; empty where blocks carry none. */
  Optional<Shield> shield() {
    return task instanceof ShieldedTask shielded
        ? Optional.of(shielded.shield())
        : Optional.empty();
  }

  public Command command() {
    return command;
  }

  public Nexus nexus() {
    return task.nexus();
  }

  public long tag() {
    return task.tag();
  }

  public TaskAttribute attribute() {
    return task.attribute();
  }

  /** The unit with all its filters, for a command that means the other tasks of the unit, too. */
  LogicalUnit unit() {
    return unit;
  }

  /** What a reservation of another nexus does to this command. */
  Command.UnderReservation reservation() {
    return command.reservation(task.cdb());
  }

  /** What the target device around the unit consists of. */
  public LunInventory inventory() {
    return inventory;
  }

  /**
   * A direct buffer of so many bytes, all of them to be filled; nothing if there is no memory for
   * it now, which the task answers with BUSY.
   */
  Optional<ByteBuf> allocate(int length) {
    try {
      return Optional.of(task.allocator().directBuffer(length, length).writerIndex(length));
    } catch (OutOfMemoryError full) {
      return Optional.empty();
    }
  }

  /** Goes on with the task on its own thread; see {@link Task#execute}. */
  public void execute(Runnable action) {
    task.execute(action);
  }

  /** How many blocks the CDB asks for; 0 if its command has no such field. */
  public long blocks() {
    return command.blocks(task.cdb());
  }

  /** The first block that the CDB asks for; empty if its command has no such field. */
  public OptionalLong lba() {
    return command.lba(task.cdb());
  }

  /** A copy of the CDB. */
  public byte[] cdb() {
    return task.cdb().clone();
  }

  /** The same task with another CDB, and the command which that is. */
  public CommandTask as(Command other, byte[] cdb) {
    return new CommandTask(
        new Recast(task, cdb.clone()), other, inventory, unit, dataOut, completion, terminated);
  }

  /** A field of the CDB, unsigned. */
  public long get(Field field) {
    return field.get(task.cdb());
  }

  /** A field of the CDB that is at most 31 bits wide. */
  public int getInt(Field field) {
    return field.getInt(task.cdb());
  }

  /** Whether any bit of a field of the CDB is set. */
  public boolean isSet(Field field) {
    return field.isSet(task.cdb());
  }

  /** How many bytes the initiator offers; see {@link Task#dataOutBufferSize}. */
  public long dataOutBufferSize() {
    return task.dataOutBufferSize();
  }

  /**
   * Asks for the Data-Out Buffer; see {@link Task#receiveDataOut}. Length zero gives an empty
   * buffer at once.
   */
  public void receiveDataOut(int length, Consumer<ByteBuf> then) {
    if (length == 0) {
      then.accept(Unpooled.EMPTY_BUFFER);
    } else {
      dataOut.receive(length, then);
    }
  }

  /** Ends the task; see {@link Task#complete}. */
  public void complete(Outcome outcome) {
    completion.accept(outcome);
  }

  /** Ends the task without an answer; see {@link Task#terminate}. */
  public void terminate() {
    task.terminate();
  }

  /** Ends the task with CHECK CONDITION. */
  public void refuse(SenseData why) {
    complete(Outcome.checkCondition(why, unit.descriptorSense()));
  }

  /** Ends the task with 05h/24h/00h, pointing at a field of the CDB. */
  public void refuse(Field field) {
    refuse(SenseData.invalidFieldInCdb(field));
  }

  /** Ends the task with GOOD and data, cut to what the CDB allocates for it (SPC-5 4.2.5.6). */
  public void answer(byte[] data, Field allocationLength) {
    long length = Math.min(data.length, get(allocationLength));
    complete(new Outcome.Good(Unpooled.wrappedBuffer(data, 0, (int) length)));
  }
}
