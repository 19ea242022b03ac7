package org.untorn.daemon;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.untorn.backstore.BlockOperation;
import org.untorn.backstore.BlockOutcome;
import org.untorn.backstore.BlockStore;
import org.untorn.core.Copying;
import org.untorn.core.DiskUnit;
import org.untorn.core.LogicalUnit;
import org.untorn.core.ReservationStore;
import org.untorn.core.UnitMemory;
import org.untorn.core.UnitProfile;
import org.untorn.core.UnitSurroundings;
import org.untorn.daemon.config.LunConfig;
import org.untorn.daemon.config.Size;
import org.untorn.daemon.control.Answer;
import org.untorn.daemon.control.Json;
import org.untorn.daemon.limits.LimitedUnit;
import org.untorn.vpd.LinuxAtomicLimits;
import org.untorn.vpd.StandardInquiry;

/**
 * A logical unit with all that belongs to it.
 *
 * @param target the name of its target
 */
record ServedLun(
    String target, LunConfig config, LunIdentity identity, BlockStore store, DiskUnit disk) {

  /**
   * The disk over a volume.
   *
   * @param writable false for a snapshot
   * @param memory where it keeps what outlives it
   * @param copying what it copies with
   * @param faults makes what breaks it
   * @throws IOException that says in one line why it cannot have the reservations that were kept
   */
  static ServedLun over(
      BlockStore store,
      boolean writable,
      UnitEnvironment environment,
      UnitMemory memory,
      Copying copying,
      String target,
      LunConfig config,
      UnaryOperator<LogicalUnit> faults)
      throws IOException {
    LunIdentity identity = LunIdentity.of(target, config.number());
    int physicalBlock = config.physicalBlockSize() / config.blockSize();
    UnitProfile profile =
        UnitProfile.disk(
                inquiry(),
                identity.serialNumber(),
                identity.designators(target),
                Integer.numberOfTrailingZeros(physicalBlock),
                UnitProfile.MAXIMUM_TRANSFER_LENGTH,
                config.atomic())
            .reachedBy(environment.ports())
            .managedBy(environment.management())
            .removable(config.medium().removable());
    UnitSurroundings surroundings =
        UnitSurroundings.usual()
            .with(memory)
            .with(copying)
            .erasing(config.medium().eraseRate().map(Size::bytes).orElse(0L))
            .neverReady(config.medium().notReady());
    return new ServedLun(
        target,
        config,
        identity,
        store,
        disk(store, writable ? profile : profile.readOnly(), environment, faults, surroundings));
  }

  private static DiskUnit disk(
      BlockStore store,
      UnitProfile profile,
      UnitEnvironment environment,
      UnaryOperator<LogicalUnit> faults,
      UnitSurroundings surroundings)
      throws IOException {
    ReservationStore reservations = environment.reservations().of(profile.serialNumber());
    try {
      return DiskUnit.over(
          store, profile, environment.provisioning(), faults, surroundings, reservations);
    } catch (IOException damage) {
      throw new IOException(
          "the persistent reservations in %s cannot be read: %s; move the file away to begin without them"
              .formatted(reservations, damage.getMessage()),
          damage);
    }
  }

  /** What every unit of this program says in its standard INQUIRY data. */
  static StandardInquiry inquiry() {
    return StandardInquiry.disk(LunIdentity.VENDOR, LunIdentity.PRODUCT, Version.REVISION);
  }

  /** The unit as those see it who set its limits. */
  LimitedUnit limited() {
    return new LimitedUnit(
        target,
        config.number(),
        config.volume(),
        config.blockSize(),
        config.physicalBlockSize(),
        disk);
  }

  /** What a Linux initiator will make of the atomic limits of now. */
  LinuxAtomicLimits linux() {
    return limited().linux();
  }

  /** Asks the store for something cheap: how it answers is how it is. */
  BlockOutcome health() {
    CompletableFuture<BlockOutcome> outcome = new CompletableFuture<>();
    store.submit(new BlockOperation.Status(0, 1, 1), outcome::complete);
    return outcome.getNow(new BlockOutcome.Stopped("the store does not answer"));
  }

  /** 200 while every volume answers, else 503 and the first reason. */
  static Answer health(List<ServedLun> luns) {
    for (ServedLun lun : luns) {
      if (lun.health() instanceof BlockOutcome.Stopped(String why)) {
        return Answer.error(503, lun.config().volume() + ": " + why);
      }
    }
    return Answer.json(200, Json.object(json -> json.writeStringField("status", "ok")));
  }
}
