package org.untorn.daemon.config;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Everything that {@code untorn serve} needs to know.
 *
 * <p>Invariants, checked by {@link #of}: there is a target, no two targets have one name, no two
 * logical units one volume.
 *
 * @param portals where initiators connect, at least one
 * @param advertised what SendTargets says of where the targets are
 * @param control where the control API listens
 * @param storage where the blocks are kept
 * @param capacity what all volumes may take together; without it as much as they can ever hold
 * @param threshold the part of it whose use initiators are warned of
 * @param access who may log in, as far as it is not said of one target
 * @param targets at least one
 * @param faults how it is broken
 * @param history whether it remembers what is asked of each volume
 */
public record DaemonConfig(
    List<PortalConfig> portals,
    Advertised advertised,
    Endpoint control,
    Storage storage,
    Optional<Size> capacity,
    Threshold threshold,
    AccessConfig access,
    List<TargetConfig> targets,
    FaultConfig faults,
    boolean history) {

  private static final Endpoint DEFAULT_LISTEN = new Endpoint("127.0.0.1", 3260);
  private static final Endpoint DEFAULT_CONTROL = new Endpoint("127.0.0.1", 0);
  private static final Storage DEFAULT_STORAGE = new Storage.Directory(Path.of("untorn-data"));

  /** Eight segments, of which a pool keeps some for its own work. */
  private static final long SMALLEST_CAPACITY = 512L << 20;

  public DaemonConfig {
    portals = List.copyOf(portals);
    targets = List.copyOf(targets);
  }

  /** One that works, with one portal and the usual threshold. */
  public DaemonConfig(
      Endpoint listen,
      Advertised advertised,
      Endpoint control,
      Storage storage,
      Optional<Size> capacity,
      AccessConfig access,
      List<TargetConfig> targets) {
    this(
        List.of(PortalConfig.at(listen)),
        advertised,
        control,
        storage,
        capacity,
        Threshold.DEFAULT,
        access,
        targets,
        FaultConfig.NONE,
        false);
  }

  /** The same, broken otherwise. */
  public DaemonConfig with(FaultConfig other) {
    return new DaemonConfig(
        portals,
        advertised,
        control,
        storage,
        capacity,
        threshold,
        access,
        targets,
        other,
        history);
  }

  /** The same, which remembers what is asked of it, or does not. */
  public DaemonConfig remembering(boolean everything) {
    return new DaemonConfig(
        portals,
        advertised,
        control,
        storage,
        capacity,
        threshold,
        access,
        targets,
        faults,
        everything);
  }

  /** The same with a threshold, if one is given. */
  public DaemonConfig with(Optional<Threshold> given) {
    return new DaemonConfig(
        portals,
        advertised,
        control,
        storage,
        capacity,
        given.orElse(threshold),
        access,
        targets,
        faults,
        history);
  }

  /** The logical units of all targets. */
  public List<LunConfig> luns() {
    return targets.stream().flatMap(target -> target.luns().stream()).toList();
  }

  /** Fills in the defaults and checks what only the whole can show. */
  public static Parsed<DaemonConfig> of(
      List<PortalConfig.Settings> listen,
      Optional<Advertised> advertised,
      Optional<Endpoint> control,
      Optional<Storage> storage,
      Optional<Size> capacity,
      AccessConfig access,
      List<TargetConfig> targets) {
    if (targets.isEmpty()) {
      return Parsed.wrong("no targets: there is nothing to serve");
    }
    if (capacity.isPresent() && capacity.get().bytes() < SMALLEST_CAPACITY) {
      return Parsed.wrong(
          "a capacity of %s: a pool takes %s at least"
              .formatted(capacity.get(), new Size(SMALLEST_CAPACITY)));
    }
    Set<String> names = new HashSet<>();
    Set<String> volumes = new HashSet<>();
    for (TargetConfig target : targets) {
      if (!names.add(target.name())) {
        return Parsed.wrong("two targets are named " + target.name());
      }
      for (LunConfig lun : target.luns()) {
        if (!volumes.add(lun.volume())) {
          return Parsed.wrong(
              "two logical units keep their blocks in the volume '%s'; give one another 'volume'"
                  .formatted(lun.volume()));
        }
      }
    }
    if (listen.size() > 1 && advertised.orElse(new Advertised.Reached()) instanceof Advertised.At) {
      return Parsed.wrong(
          "one address cannot be advertised for several portals; advertise 'reached' or 'none'");
    }
    return PortalConfig.settle(listen, DEFAULT_LISTEN)
        .then(
            portals ->
                Parsed.value(
                    new DaemonConfig(
                        portals,
                        advertised.orElse(new Advertised.Reached()),
                        control.orElse(DEFAULT_CONTROL),
                        storage.orElse(DEFAULT_STORAGE),
                        capacity,
                        Threshold.DEFAULT,
                        access,
                        targets,
                        FaultConfig.NONE,
                        false)));
  }
}
