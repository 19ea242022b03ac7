package org.untorn.daemon;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.untorn.core.TargetDevice;
import org.untorn.daemon.config.LunConfig;
import org.untorn.daemon.config.LunSettings;
import org.untorn.daemon.config.Parsed;
import org.untorn.daemon.lun.LunAdmin;
import org.untorn.daemon.volume.PoolVolumes;
import org.untorn.daemon.volume.VolumeAnswer;
import org.untorn.daemon.volume.VolumeAnswer.Reason;
import org.untorn.daemon.volume.VolumeInfo;
import org.untorn.daemon.volume.VolumeRequest;

/**
 * Adds logical units to the targets of a running daemon, and removes them. Nothing of it is kept:
 * what is served when the daemon begins is its configuration's.
 *
 * <p>A unit is in the list of all from before its first command until after its last one; so nobody
 * deletes its volume meanwhile.
 */
final class LunChanges implements LunAdmin {

  /** Makes a unit over its volume. */
  @FunctionalInterface
  interface Maker {
    ServedLun make(String target, LunConfig config) throws IOException;
  }

  private static final long PATIENCE_SECONDS = 10;

  private final Map<String, TargetDevice> devices;
  private final List<ServedLun> luns;
  private final PoolVolumes volumes;
  private final Maker maker;
  private final Consumer<String> released;

  /**
   * Changes to a list of units.
   *
   * @param luns all units; any thread may look while it changes
   * @param released hears of a volume that is served no more
   */
  LunChanges(
      Map<String, TargetDevice> devices,
      List<ServedLun> luns,
      PoolVolumes volumes,
      Maker maker,
      Consumer<String> released) {
    this.devices = Map.copyOf(devices);
    this.luns = luns;
    this.volumes = volumes;
    this.maker = maker;
    this.released = released;
  }

  @Override
  public synchronized Answer add(String asked, LunSettings settings) {
    String target =
        asked.isEmpty() && devices.size() == 1 ? devices.keySet().iterator().next() : asked;
    if (!devices.containsKey(target)) {
      return noTarget(asked);
    }
    synchronized (volumes) { // it deletes no volume under its own monitor meanwhile
      Optional<VolumeInfo> volume = settings.volume().flatMap(volumes.list()::find);
      return switch (of(settings, volume).settle(target, lowestFree(target))) {
        case Parsed.Wrong<LunConfig>(String why) -> new Answer.Refused(Reason.INVALID, why);
        case Parsed.Value<LunConfig>(LunConfig config) -> add(target, config, volume);
      };
    }
  }

  /** What is there has its blocks already. */
  private static LunSettings of(LunSettings asked, Optional<VolumeInfo> volume) {
    return new LunSettings(
        asked.number(),
        asked.volume(),
        asked.size(),
        asked.blockSize().or(() -> volume.map(there -> there.geometry().dataLength())),
        asked.physicalBlockSize(),
        asked.profile(),
        asked.atomic(),
        asked.protection(),
        asked.medium());
  }

  private int lowestFree(String target) {
    int number = 0;
    while (find(target, Integer.toString(number)).isPresent()) {
      number++;
    }
    return number;
  }

  private Answer add(String target, LunConfig config, Optional<VolumeInfo> volume) {
    Optional<Answer> refused =
        taken(target, config).or(() -> volume.isEmpty() ? created(config) : Optional.empty());
    if (refused.isPresent()) {
      return refused.get();
    }
    ServedLun lun;
    try {
      lun = maker.make(target, config);
    } catch (IOException problem) {
      return new Answer.Refused(Reason.CONFLICT, String.valueOf(problem.getMessage()));
    }
    luns.add(lun);
    TargetDevice device = devices.get(target);
    if (device == null || !device.add(config.number(), lun.disk().unit())) {
      luns.remove(lun);
      return new Answer.Refused(Reason.CONFLICT, taken(config.number()));
    }
    return new Answer.Done(lun.limited(), true);
  }

  private static String taken(int number) {
    return "there is a LUN %d already; choose another number, or remove it first".formatted(number);
  }

  private Optional<Answer> taken(String target, LunConfig config) {
    if (find(target, Integer.toString(config.number())).isPresent()) {
      return Optional.of(new Answer.Refused(Reason.CONFLICT, taken(config.number())));
    }
    return luns.stream()
        .filter(lun -> lun.config().volume().equals(config.volume()))
        .findFirst()
        .map(
            lun ->
                new Answer.Refused(
                    Reason.CONFLICT,
                    "%s is served as LUN %d of %s already; remove that first, or serve a clone"
                        .formatted(config.volume(), lun.config().number(), lun.target())));
  }

  /** Makes the volume of a unit; why it cannot if it cannot. */
  private Optional<Answer> created(LunConfig config) {
    if (config.size().isEmpty()) {
      return Optional.of(
          new Answer.Refused(
              Reason.NOT_FOUND,
              "there is no volume %s; give a size to have it made".formatted(config.volume())));
    }
    return volumes.perform(
                new VolumeRequest.Create(
                    config.volume(),
                    config.initialSize(),
                    config.blockSize(),
                    config.protection().orElse(0)))
            instanceof VolumeAnswer.Refused(Reason reason, String why)
        ? Optional.of(new Answer.Refused(reason, why))
        : Optional.empty();
  }

  @Override
  public synchronized Answer remove(String target, String number) {
    TargetDevice device = devices.get(target);
    if (device == null) {
      return noTarget(target);
    }
    Optional<ServedLun> found = find(target, number);
    Optional<CompletableFuture<Void>> removed =
        found.flatMap(lun -> device.remove(lun.config().number()));
    if (found.isEmpty() || removed.isEmpty()) {
      return new Answer.Refused(
          Reason.NOT_FOUND,
          "there is no LUN %s of %s; 'untorn lun list' shows all".formatted(number, target));
    }
    ServedLun lun = found.get();
    CompletableFuture<Void> gone = removed.get().thenRun(() -> gone(lun));
    return new Answer.Done(lun.limited(), ends(gone));
  }

  private void gone(ServedLun lun) {
    luns.remove(lun);
    released.accept(lun.config().volume());
  }

  private static boolean ends(CompletableFuture<Void> gone) {
    try {
      gone.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
      return true;
    } catch (TimeoutException _) {
      return false;
    } catch (ExecutionException problem) {
      throw new IllegalStateException("a unit did not go", problem);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private Optional<ServedLun> find(String target, String number) {
    return luns.stream()
        .filter(
            lun ->
                lun.target().equals(target)
                    && Integer.toString(lun.config().number()).equals(number))
        .findFirst();
  }

  private Answer noTarget(String asked) {
    return new Answer.Refused(
        asked.isEmpty() ? Reason.INVALID : Reason.NOT_FOUND,
        "%s; there are %s"
            .formatted(
                asked.isEmpty() ? "say which target" : "there is no target " + asked,
                String.join(", ", devices.keySet().stream().sorted().toList())));
  }
}
