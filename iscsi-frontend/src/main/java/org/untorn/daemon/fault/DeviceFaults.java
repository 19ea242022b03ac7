package org.untorn.daemon.fault;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.untorn.backstore.BlockStore;
import org.untorn.backstore.fault.PowerSupply;
import org.untorn.backstore.fault.TornPlainWrites;
import org.untorn.daemon.config.FaultConfig;
import org.untorn.daemon.config.LunConfig;

/**
 * The faults of a device, put where they belong: filters stand between a disk and its volume only
 * if they were asked for.
 */
public final class DeviceFaults {

  private final FaultConfig config;
  private final Optional<PowerSupply> power;

  public DeviceFaults(FaultConfig config) {
    this.config = config;
    this.power =
        config
            .cache()
            .map(
                size ->
                    new PowerSupply(
                        config.seed(),
                        size.bytes(),
                        (delay, action) ->
                            CompletableFuture.delayedExecutor(delay.toNanos(), TimeUnit.NANOSECONDS)
                                .execute(action)));
  }

  /** What cuts the power, if that can be done. */
  public Optional<PowerSupply> power() {
    return power;
  }

  /** What the disk of a logical unit sees of its volume. */
  public BlockStore over(LunConfig lun, BlockStore volume) {
    BlockStore cached = power.isPresent() ? power.get().protect(lun.volume(), volume) : volume;
    return config.tearPlainWrites() ? new TornPlainWrites(cached) : cached;
  }

  /** A volume was changed by other means than its unit's commands. */
  public void changed(String volume) {
    power.ifPresent(supply -> supply.changed(volume));
  }
}
