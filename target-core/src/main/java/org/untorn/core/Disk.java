package org.untorn.core;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.untorn.backstore.BlockOperation;
import org.untorn.backstore.BlockOutcome;
import org.untorn.backstore.BlockStore;
import org.untorn.backstore.Durability;
import org.untorn.backstore.Geometry;
import org.untorn.vpd.BlockLimits;
import org.untorn.vpd.Field;

/**
 * The direct access block device (SBC-4) over a {@link BlockStore}: the end of the {@link
 * LogicalUnit} waist. Its commands are in {@link DiskCommands}; what they share is here.
 *
 * <p>Its state is one immutable record, swapped, and so is what it says of itself together with the
 * commands that keep to it: a command sees the limits of before a change or those of after it. Any
 * thread may execute commands at once. Everything that the initiator could have got wrong is
 * checked before data is asked for and before the store is asked for anything.
 */
final class Disk implements LogicalUnit {

  /**
   * What commands change about the unit itself.
   *
   * @param stopped whether START STOP UNIT stopped it
   */
  record State(ModeParameters mode, boolean stopped) {

    static final State INITIAL = new State(ModeParameters.DEFAULTS, false);

    State withMode(ModeParameters parameters) {
      return new State(parameters, stopped);
    }

    State withStopped(boolean nowStopped) {
      return new State(mode, nowStopped);
    }
  }

  private static final Optional<SenseData> STOPPED =
      Optional.of(
          new SenseData(
              SenseKey.NOT_READY,
              AdditionalSense.LOGICAL_UNIT_NOT_READY_INITIALIZING_COMMAND_REQUIRED));

  /** What the unit says of itself, and the commands that keep to just that. */
  private record Face(UnitProfile profile, CommandTable commands) {}

  private final BlockStore store;
  private final DiskMedium medium;
  private final UnitSurroundings surroundings;
  private final Provisioning provisioning;
  private final UnitAttentions attentions;
  private final Reservations reservations;
  private final TargetPortGroups groups;
  private final CommandCounts counts = new CommandCounts();
  private final LogOrigins logOrigins = new LogOrigins();
  private final IdentifyingInformation identifyingInformation;
  private final DeviceBuffers buffers = new DeviceBuffers();
  private final OrwGenerations orwGenerations = new OrwGenerations();
  private final CopyOperations copies;
  private final long began;

  /** Replaced under this object's lock, read without it. */
  private volatile Face face;

  /** Replaced under this object's lock, read without it. */
  private volatile State state = State.INITIAL;

  /** Changed under this object's lock, read without it. */
  private volatile long startStopCycles;

  Disk(
      UnitProfile profile,
      BlockStore store,
      Provisioning provisioning,
      UnitAttentions attentions,
      Reservations reservations,
      TargetPortGroups groups,
      UnitSurroundings surroundings) {
    long longest = profile.limits().maximumTransferLength() * store.geometry().blockLength();
    if (longest > Integer.MAX_VALUE) {
      throw new IllegalArgumentException("a MAXIMUM TRANSFER LENGTH of " + longest + " bytes");
    }
    this.surroundings = surroundings;
    this.medium = new DiskMedium(store, surroundings);
    this.store = medium.blocks();
    this.provisioning = provisioning;
    this.attentions = attentions;
    this.reservations = reservations;
    this.groups = groups;
    this.copies = new CopyOperations(surroundings.copying().manager());
    this.identifyingInformation = new IdentifyingInformation(surroundings.memory());
    this.began = surroundings.nanoTime().getAsLong();
    this.face = face(profile);
  }

  /** Whether this disk has a command, or only one with other protection information would. */
  private boolean has(Command command) {
    return !command.is(Command.Trait.TYPE_2_PROTECTION)
        || ProtectionType.of(geometry()).equals(Optional.of(ProtectionType.TYPE_2));
  }

  private Face face(UnitProfile profile) {
    Map<Boolean, List<Command>> rows =
        DiskCommands.of(this, profile).stream().collect(Collectors.partitioningBy(this::has));
    CommandTable commands =
        new CommandTable(
            rows.getOrDefault(true, List.of()),
            rows.getOrDefault(false, List.of()),
            profile.strict(),
            CommandTable.UNKNOWN_OPERATION_CODE);
    counts.add(commands);
    return new Face(profile, commands);
  }

  UnitProfile profile() {
    return face.profile();
  }

  /** Other limits from now on; they have no {@link UnitProfile#violations}. */
  synchronized void limit(BlockLimits limits) {
    face = face(face.profile().with(limits));
  }

  /** The blocks, as commands may reach and change them. */
  BlockStore store() {
    return store;
  }

  /** The blocks' user data alone, for those who move it otherwise than as Data-In and Data-Out. */
  BlockStore userData() {
    return UserData.of(store);
  }

  DiskMedium medium() {
    return medium;
  }

  UnitSurroundings surroundings() {
    return surroundings;
  }

  /** A page's values, with what only this disk knows. */
  byte[] filled(ModePage page, byte[] values) {
    if (page.equals(ModePage.CONTROL) && geometry().protection() != 0) {
      ModePage.ATO.put(values, 1);
    }
    return provisioning.fill(page, values, geometry());
  }

  /** {@link Provisioning.Sets}. */
  Provisioning.Sets sets() {
    return provisioning.sets(geometry());
  }

  UnitAttentions attentions() {
    return attentions;
  }

  Reservations reservations() {
    return reservations;
  }

  TargetPortGroups groups() {
    return groups;
  }

  CommandCounts counts() {
    return counts;
  }

  Geometry geometry() {
    return store.geometry();
  }

  State state() {
    return state;
  }

  synchronized void change(UnaryOperator<State> change) {
    State before = state;
    state = change.apply(before);
    if (before.stopped() && !state.stopped()) {
      startStopCycles++;
    }
  }

  LogOrigins logOrigins() {
    return logOrigins;
  }

  IdentifyingInformation identifyingInformation() {
    return identifyingInformation;
  }

  DeviceBuffers buffers() {
    return buffers;
  }

  OrwGenerations orwGenerations() {
    return orwGenerations;
  }

  CopyOperations copies() {
    return copies;
  }

  /** How often the unit was stopped and started again since it began. */
  long startStopCycles() {
    return startStopCycles;
  }

  /** Whole minutes since the unit began. */
  long powerOnMinutes() {
    return TimeUnit.NANOSECONDS.toMinutes(surroundings.nanoTime().getAsLong() - began);
  }

  @Override
  public CommandTable commands() {
    return face.commands();
  }

  @Override
  public boolean descriptorSense() {
    return state.mode().descriptorSense();
  }

  @Override
  public void execute(CommandTask task) {
    Optional<SenseData> refusal = refusal(task.command());
    if (refusal.isPresent()) {
      task.refuse(refusal.get());
    } else {
      task.command().handler().execute(task);
    }
  }

  private Optional<SenseData> refusal(Command command) {
    Optional<SenseData> erasing = medium.eraser().refusal(command);
    if (erasing.isPresent() || !command.is(Command.Trait.MEDIUM_ACCESS)) {
      return erasing;
    }
    return medium.eraser().failed().isPresent() ? Optional.empty() : notReady();
  }

  /** Why the medium cannot be reached, if it cannot. */
  Optional<SenseData> notReady() {
    Optional<SenseData> condition = medium.condition();
    return condition.isEmpty() && state.stopped() ? STOPPED : condition;
  }

  /**
   * After a reset, or without power, the mode parameters are the defaults again, the unit is
   * started, and its buffers are empty. What ORWRITE keeps outlives the reset of this unit alone.
   */
  @Override
  public CompletableFuture<Void> signal(UnitSignal signal) {
    medium.signal(signal);
    switch (signal) {
      case UnitSignal.Reset(boolean hard, Optional<Nexus> _) -> reset(hard);
      case UnitSignal.PowerOn _ -> reset(true);
      case UnitSignal.NexusLost(Nexus nexus) -> buffers.lost(nexus);
      case UnitSignal.NexusReset(Nexus nexus) -> buffers.lost(nexus);
      case UnitSignal.NexusEstablished _,
          UnitSignal.QueryAsynchronousEvent _,
          UnitSignal.InventoryReported _,
          UnitSignal.Changed _,
          UnitSignal.Removed _,
          UnitSignal.OfTasks _ -> {}
    }
    return copies.signal(signal);
  }

  private void reset(boolean hard) {
    change(before -> State.INITIAL);
    buffers.clear();
    if (hard) {
      orwGenerations.reset();
    }
  }

  /**
   * How durable a write is to be: stable with FUA, and while there is no write cache. Asked when
   * the data is there, for the cache may go while the task waits for it.
   */
  Durability durability(boolean fua) {
    boolean stable = fua || !state.mode().writeCacheEnabled();
    return stable ? Durability.STABLE : Durability.APPENDED;
  }

  /**
   * The checks that commands which write blocks share, in their order: protection information,
   * write protection, the range of LBAs, the length.
   */
  Optional<SenseData> checkWrite(CommandTask task, BlockCdb cdb, Field protect) {
    long maximum = profile().limits().maximumTransferLength();
    return protection(task, cdb.option(protect))
        .or(() -> writeProtection(task))
        .or(() -> range(task, cdb))
        .or(() -> length(cdb.blocks(task), maximum, cdb.blocks()));
  }

  /**
   * Whether a command asks for protection information, which the medium is not formatted with.
   * Where it is, {@link ShieldedHandler} has seen to the field.
   */
  static Optional<SenseData> protection(CommandTask task, Optional<Field> protect) {
    return protect.filter(task::isSet).map(SenseData::invalidFieldInCdb);
  }

  /** Whether a field asks for something that this device does not do. */
  static Optional<SenseData> mustBeZero(CommandTask task, Field field) {
    return task.isSet(field) ? Optional.of(SenseData.invalidFieldInCdb(field)) : Optional.empty();
  }

  /** Whether a field has one of the values that mean something. */
  static Optional<SenseData> oneOf(CommandTask task, Field field, int... values) {
    int value = task.getInt(field);
    return Arrays.stream(values).anyMatch(known -> known == value)
        ? Optional.empty()
        : Optional.of(SenseData.invalidFieldInCdb(field));
  }

  /**
   * Whether the medium, or the control page's SWP bit, forbids a command (SBC-4, write protection).
   */
  Optional<SenseData> writeProtection(CommandTask task) {
    return task.command().is(Command.Trait.CHANGES_MEDIUM) ? writeProtection() : Optional.empty();
  }

  /** Whether it forbids every change. */
  Optional<SenseData> writeProtection() {
    if (!isWriteProtected()) {
      return Optional.empty();
    }
    return Optional.of(
        profile().writeProtected() ? Failures.MEDIUM_WRITE_PROTECTED : Failures.WRITE_PROTECTED);
  }

  /** Whether commands that change the medium are refused: WP in the header of mode parameters. */
  boolean isWriteProtected() {
    return profile().writeProtected() || state.mode().softwareWriteProtect();
  }

  /** Whether the blocks lie inside the medium; a command of no blocks is checked too. */
  Optional<SenseData> range(CommandTask task, BlockCdb cdb) {
    return geometry().contains(cdb.lba(task), cdb.blocks(task))
        ? Optional.empty()
        : Optional.of(Failures.outOfRange(FieldPointer.inCdb(cdb.lba())));
  }

  /**
   * Refuses a task, and lets its buffers go, if its blocks lie inside the medium no more, or the
   * medium is gone: that may have happened while the task waited.
   */
  boolean refusesShrunk(CommandTask task, BlockCdb cdb, ByteBuf... held) {
    Optional<SenseData> gone = medium.condition();
    Optional<SenseData> beyond = gone.isPresent() ? gone : range(task, cdb);
    if (beyond.isPresent()) {
      for (ByteBuf buffer : held) {
        buffer.release();
      }
      task.refuse(beyond.get());
    }
    return beyond.isPresent();
  }

  /** Whether a length keeps a limit. */
  static Optional<SenseData> length(long blocks, long maximum, Field field) {
    return blocks <= maximum ? Optional.empty() : Optional.of(SenseData.invalidFieldInCdb(field));
  }

  /** Whether the initiator offers all the data that a command cannot do without. */
  static Optional<SenseData> offers(CommandTask task, long bytes) {
    return task.dataOutBufferSize() >= bytes
        ? Optional.empty()
        : Optional.of(Failures.WRONG_DATA_OUT_SIZE);
  }

  /** The bytes of the whole blocks in so many bytes. */
  int wholeBlocks(int bytes) {
    return bytes - bytes % geometry().blockLength();
  }

  /** The bytes of so many blocks, which a check has kept below the limit of a buffer. */
  int bytes(long blocks) {
    return Math.toIntExact(blocks * geometry().blockLength());
  }

  /** The first {@code length} bytes of a Data-Out Buffer, as the store takes them. */
  static List<ByteBuffer> buffers(ByteBuf dataOut, int length) {
    return List.of(dataOut.nioBuffers(dataOut.readerIndex(), length));
  }

  /** Puts everything on stable storage and goes on; ends the task if that fails. */
  void flush(CommandTask task, Runnable then) {
    store.submit(
        new BlockOperation.Flush(),
        outcome -> Failures.of(outcome).ifPresentOrElse(task::refuse, then));
  }

  /** Ends a task that moved no data in as its operation ended. */
  void finish(CommandTask task, BlockOutcome outcome) {
    Failures.of(outcome).ifPresentOrElse(task::refuse, () -> task.complete(Outcome.GOOD));
  }

  /** Ends a task that read: with its data, or without, and then the buffer is let go. */
  void finish(CommandTask task, BlockOutcome outcome, ByteBuf dataIn) {
    Optional<SenseData> failure = Failures.of(outcome);
    if (failure.isPresent()) {
      dataIn.release();
      task.refuse(failure.get());
    } else {
      task.complete(new Outcome.Good(dataIn));
    }
  }
}
