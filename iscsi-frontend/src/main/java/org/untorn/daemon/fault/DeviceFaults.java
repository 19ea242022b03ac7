package org.untorn.daemon.fault;

import io.netty.channel.ChannelPipeline;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.untorn.backstore.BlockExtent;
import org.untorn.backstore.BlockOperation;
import org.untorn.backstore.BlockStore;
import org.untorn.backstore.Geometry;
import org.untorn.backstore.Medium;
import org.untorn.backstore.fault.BlockFault;
import org.untorn.backstore.fault.BlockFaults;
import org.untorn.backstore.fault.MediumFaults;
import org.untorn.backstore.fault.PowerSupply;
import org.untorn.backstore.fault.TornPlainWrites;
import org.untorn.core.CommandCode;
import org.untorn.core.CommandTask;
import org.untorn.core.LogicalUnit;
import org.untorn.core.fault.CommandFault;
import org.untorn.core.fault.CommandFaults;
import org.untorn.core.fault.HeldCommands;
import org.untorn.daemon.config.FaultConfig;
import org.untorn.daemon.config.LunConfig;
import org.untorn.daemon.config.Parsed;
import org.untorn.iscsi.fault.Passing;
import org.untorn.iscsi.fault.WireFault;
import org.untorn.iscsi.fault.WireFaults;
import org.untorn.iscsi.fault.WireSwitch;

/**
 * The faults of a device, put where they belong. A filter is there only if it was asked for; from
 * the initiator to the host's files:
 *
 * <pre>
 *   {@link WireFaults} ─ the task set ─ {@link CommandFaults} ─ defects of the disk ─ the disk
 *     ─ {@link BlockFaults} ─ {@link TornPlainWrites} ─ defects of the store ─ the volatile cache ─ the volume
 *       ─ the pool ─ {@link MediumFaults} ─ the medium
 * </pre>
 */
public final class DeviceFaults {

  /** A defect, of one volume or of all. */
  private record Planted(Defect defect, Optional<String> volume) {
    boolean concerns(LunConfig lun) {
      return volume.stream().allMatch(lun.volume()::equals);
    }
  }

  private final FaultConfig config;
  private final List<Planted> defects;
  private final Optional<FaultPlan> plan;
  private final Optional<PowerSupply> power;
  private final HeldCommands held = new HeldCommands();

  private DeviceFaults(FaultConfig config, List<Planted> defects, Optional<FaultPlan> plan) {
    this.config = config;
    this.defects = defects;
    this.plan = plan;
    this.power =
        config
            .cache()
            .map(size -> new PowerSupply(config.seed(), size.bytes(), DeviceFaults::later));
  }

  /**
   * The faults that a configuration asks for.
   *
   * @param volumes all that are served
   * @throws IOException that says in one line what is wrong with a rule or a defect
   */
  public static DeviceFaults of(FaultConfig config, List<String> volumes) throws IOException {
    List<Planted> defects = new ArrayList<>();
    for (String text : config.defects()) {
      String[] parts = text.split("@", 2);
      Optional<String> volume = parts.length == 1 ? Optional.empty() : Optional.of(parts[1]);
      if (volume.isPresent() && !volumes.contains(volume.get())) {
        throw new IOException(
            "--defect %s: no volume '%s' is served; there are %s"
                .formatted(text, volume.get(), String.join(", ", volumes)));
      }
      defects.add(new Planted(value("--defect", Defect.parse(parts[0])), volume));
    }
    Optional<FaultPlan> plan = Optional.empty();
    if (config.rules().isPresent()) {
      FaultPlan loaded = new FaultPlan(config.seed());
      for (String text : config.rules().get()) {
        boolean power = config.cache().isPresent();
        var _ = loaded.add(value("--fault", RuleText.parse(text).then(rule -> rule.on(power))));
      }
      plan = Optional.of(loaded);
    }
    return new DeviceFaults(config, defects, plan);
  }

  private static <T> T value(String option, Parsed<T> parsed) throws IOException {
    return switch (parsed) {
      case Parsed.Value<T>(T value) -> value;
      case Parsed.Wrong<T>(String why) -> throw new IOException(option + ": " + why);
    };
  }

  private static void later(Duration delay, Runnable action) {
    CompletableFuture.delayedExecutor(delay.toNanos(), TimeUnit.NANOSECONDS).execute(action);
  }

  /** What cuts the power, if that can be done. */
  public Optional<PowerSupply> power() {
    return power;
  }

  /** What answers for {@code /power}. */
  public PowerApi powerApi() {
    return new PowerApi(power);
  }

  /** What answers for {@code /faults}. */
  public FaultsApi faultsApi() {
    return new FaultsApi(plan, held, power.isPresent());
  }

  /** What answers for {@code /reset}. */
  public ResetApi resetApi() {
    return new ResetApi(plan, held, power);
  }

  /** The medium as the pool sees it. */
  public Medium over(Medium medium) {
    return plan.isEmpty()
        ? medium
        : new MediumFaults(
            medium,
            (io, purpose) ->
                plan.get()
                    .at(FaultEvent.ofMedium(lower(io.name()), lower(purpose.name())))
                    .isPresent());
  }

  /**
   * Puts what makes PDUs go wrong into a connection's pipeline.
   *
   * @param connection the name of the handler that it stands before
   */
  public void between(ChannelPipeline pipeline, String connection) {
    if (plan.isPresent()) {
      FaultPlan loaded = plan.get();
      WireFaults.install(pipeline, connection, pdu -> wireFault(loaded, pdu));
    } else if (power.isPresent()) {
      pipeline.addBefore(connection, "wire-switch", new WireSwitch(power.get()::message));
    }
  }

  private Optional<WireFault> wireFault(FaultPlan loaded, Passing pdu) {
    Optional<WireFault> fault = loaded.at(FaultEvent.ofPdu(pdu)).flatMap(this::onWire);
    boolean powered = power.isEmpty() || power.get().message();
    return powered ? fault : Optional.of(new WireFault.Drop());
  }

  private Optional<WireFault> onWire(FaultRule rule) {
    return switch (rule.action()) {
      case FaultAction.OnWire(WireFault fault) -> Optional.of(fault);
      case FaultAction.CutPower _ -> {
        cutPower();
        yield Optional.empty();
      }
      case FaultAction.OnBlocks _, FaultAction.OnCommand _, FaultAction.OnMedium _ ->
          Optional.empty();
    };
  }

  private void cutPower() {
    power.ifPresent(PowerSupply::cutAsWell);
  }

  private static String lower(String name) {
    return name.toLowerCase(Locale.ROOT);
  }

  /** What the disk of a logical unit sees of its volume. */
  public BlockStore over(String target, LunConfig lun, BlockStore volume) {
    BlockStore store = volume;
    if (power.isPresent()) {
      store = power.get().protect(lun.volume(), store);
    }
    for (Planted planted : defects) {
      store = planted.concerns(lun) ? planted.defect().over(store, config.seed()) : store;
    }
    if (config.tearPlainWrites()) {
      store = new TornPlainWrites(store);
    }
    return plan.isPresent()
        ? new BlockFaults(
            store, operation -> blockFault(plan.get(), target, lun, operation, volume.geometry()))
        : store;
  }

  private static Optional<BlockFault> blockFault(
      FaultPlan plan, String target, LunConfig lun, BlockOperation operation, Geometry geometry) {
    Optional<BlockExtent> first = first(operation, geometry.blockLength());
    if (first.isEmpty()) {
      return Optional.empty();
    }
    BlockExtent extent = first.get();
    FaultEvent event =
        FaultEvent.of(
            FaultEvent.Seam.BLOCK,
            target,
            lun.number(),
            name(operation),
            OptionalLong.of(extent.lba()),
            extent.count());
    return plan.at(event)
        .flatMap(
            rule ->
                rule.action()
                        instanceof
                        FaultAction.OnBlocks(FaultAction.BlockEffect effect, OptionalLong argument)
                    ? Optional.of(fault(effect, argument, rule, extent, geometry.blocks()))
                    : Optional.empty());
  }

  private static BlockFault fault(
      FaultAction.BlockEffect effect,
      OptionalLong argument,
      FaultRule rule,
      BlockExtent extent,
      long blocks) {
    long lba = rule.lba().map(range -> Math.max(range.first(), extent.lba())).orElse(extent.lba());
    return switch (effect) {
      case READ_ERROR -> new BlockFault.ReadError(lba);
      case WRITE_ERROR -> new BlockFault.WriteError();
      case NO_SPACE -> new BlockFault.NoSpace();
      case LOST -> new BlockFault.Lost();
      case TORN -> new BlockFault.Torn((int) argument.orElse(extent.count() / 2));
      case MISDIRECTED -> misdirected(extent, argument, blocks);
      case BIT_ROT -> new BlockFault.BitRot(lba);
    };
  }

  /** To where it was told, or right behind, or before; where it can go nowhere else it is lost. */
  private static BlockFault misdirected(BlockExtent extent, OptionalLong told, long blocks) {
    long behind = extent.lba() + extent.count();
    long lba =
        told.orElse(behind + extent.count() <= blocks ? behind : extent.lba() - extent.count());
    return lba < 0 || lba + extent.count() > blocks
        ? new BlockFault.Lost()
        : new BlockFault.Misdirected(lba);
  }

  /** The blocks that an operation reads or changes; of an unmap the first run. */
  private static Optional<BlockExtent> first(BlockOperation operation, int blockLength) {
    return switch (operation) {
      case BlockOperation.Read(var lba, var into) ->
          some(new BlockExtent(lba, into.remaining() / blockLength));
      case BlockOperation.Write(var lba, var data, var _) ->
          some(new BlockExtent(lba, BlockOperation.length(data) / blockLength));
      case BlockOperation.AtomicWrite(var lba, var data, var _) ->
          some(new BlockExtent(lba, BlockOperation.length(data) / blockLength));
      case BlockOperation.CompareAndWrite(var lba, var _, var data, var _) ->
          some(new BlockExtent(lba, BlockOperation.length(data) / blockLength));
      case BlockOperation.Unmap(var extents, var _) -> extents.stream().findFirst();
      case BlockOperation.Status _, BlockOperation.Flush _ -> Optional.empty();
    };
  }

  private static Optional<BlockExtent> some(BlockExtent extent) {
    return Optional.of(extent).filter(e -> e.count() > 0);
  }

  private static String name(BlockOperation operation) {
    return switch (operation) {
      case BlockOperation.Read _ -> "read";
      case BlockOperation.Write _ -> "write";
      case BlockOperation.AtomicWrite _ -> "write-atomic";
      case BlockOperation.CompareAndWrite _ -> "compare-and-write";
      case BlockOperation.Unmap _ -> "unmap";
      case BlockOperation.Status _ -> "status";
      case BlockOperation.Flush _ -> "flush";
    };
  }

  /** What a unit's task set sees of its disk. */
  public LogicalUnit around(String target, LunConfig lun, LogicalUnit disk) {
    LogicalUnit unit = disk;
    for (Planted planted : defects) {
      unit = planted.concerns(lun) ? planted.defect().around(unit, lun) : unit;
    }
    return plan.isPresent()
        ? new CommandFaults(
            unit,
            task -> commandFault(plan.get(), target, lun, task),
            held,
            (nanos, action) -> later(Duration.ofNanos(nanos), action))
        : unit;
  }

  private Optional<CommandFault> commandFault(
      FaultPlan loaded, String target, LunConfig lun, CommandTask task) {
    FaultEvent event =
        FaultEvent.of(
                FaultEvent.Seam.COMMAND,
                target,
                lun.number(),
                task.command().name(),
                task.lba(),
                task.blocks())
            .withCommand(
                task.nexus().initiatorPort().replaceFirst(",i,.*", ""),
                CommandCode.of(task.command()));
    return loaded
        .at(event)
        .flatMap(
            rule ->
                switch (rule.action()) {
                  case FaultAction.OnCommand(CommandFault fault) -> Optional.of(fault);
                  case FaultAction.CutPower _ -> {
                    cutPower();
                    yield Optional.empty();
                  }
                  case FaultAction.OnBlocks _, FaultAction.OnMedium _, FaultAction.OnWire _ ->
                      Optional.empty();
                });
  }

  /** A volume was changed by other means than its unit's commands. */
  public void changed(String volume) {
    power.ifPresent(supply -> supply.changed(volume));
  }
}
