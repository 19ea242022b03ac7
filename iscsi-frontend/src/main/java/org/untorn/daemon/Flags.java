package org.untorn.daemon;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.untorn.daemon.config.Advertised;
import org.untorn.daemon.config.BlockCount;
import org.untorn.daemon.config.ConfigFile;
import org.untorn.daemon.config.DaemonConfig;
import org.untorn.daemon.config.Endpoint;
import org.untorn.daemon.config.FaultConfig;
import org.untorn.daemon.config.LunSettings;
import org.untorn.daemon.config.MediumConfig;
import org.untorn.daemon.config.Parsed;
import org.untorn.daemon.config.PortalConfig;
import org.untorn.daemon.config.Size;
import org.untorn.daemon.config.Storage;
import org.untorn.daemon.config.TargetConfig;
import org.untorn.daemon.config.Threshold;
import org.untorn.vpd.AtomicLimits;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/**
 * The options that say what to serve, shared by {@code serve} and {@code config}. They end in the
 * same {@link DaemonConfig} as a file: either they describe the one disk, or {@code --config} does
 * and they may only say where to listen and where to store.
 */
final class Flags {

  @ArgGroup(validate = false, heading = "%nWhere to listen and where to store:%n", order = 1)
  private Place place = new Place();

  @ArgGroup(validate = false, heading = "%nThe disk (one target with LUN 0):%n", order = 2)
  private Disk disk = new Disk();

  @ArgGroup(validate = false, heading = "%nThe medium of the disk:%n", order = 3)
  private Medium medium = new Medium();

  @ArgGroup(
      validate = false,
      heading =
          "%nThe limits of WRITE ATOMIC (a bare number is blocks, a suffix like 64KiB is bytes):%n",
      order = 4)
  private Atomic atomic = new Atomic();

  @ArgGroup(validate = false, heading = "%nWho may log in:%n", order = 5)
  private AccessFlags access = new AccessFlags();

  @ArgGroup(validate = false, heading = "%nTo break it on purpose:%n", order = 6)
  private FaultFlags faults = new FaultFlags();

  static final class Place {

    @Option(
        names = "--config",
        paramLabel = "FILE",
        order = 10,
        description = "Serve the targets of a YAML file instead; see 'untorn config --help'.")
    private Optional<Path> config = Optional.empty();

    @Option(
        names = {"--listen", "--portal"},
        paramLabel = "HOST:PORT[,TAG]",
        order = 11,
        description =
            "Where initiators connect; port 0: any. May be given several times; each is a target"
                + " port of its own unless a portal group TAG makes them one. Default:"
                + " 127.0.0.1:3260.")
    private List<PortalConfig.Settings> listen = new ArrayList<>();

    @Option(
        names = "--advertise",
        paramLabel = "HOST:PORT",
        order = 12,
        description =
            "What SendTargets answers: an address, 'none' (initiators go on with the one they"
                + " used), or 'reached', by which they came. Default: reached.")
    private Optional<Advertised> advertised = Optional.empty();

    @Option(
        names = "--control",
        paramLabel = "HOST:PORT",
        order = 13,
        description = "Where the control API (HTTP) listens. Default: 127.0.0.1:0, any port.")
    private Optional<Endpoint> control = Optional.empty();

    @Option(
        names = "--dir",
        paramLabel = "DIR",
        order = 14,
        description = "Keep the blocks in this directory. Default: untorn-data.")
    private Optional<String> dir = Optional.empty();

    @Option(
        names = "--ram",
        order = 15,
        description = "Keep the blocks in memory; they are gone at the end.")
    private boolean ram;

    @Option(
        names = "--capacity",
        paramLabel = "SIZE",
        order = 16,
        description =
            "What all volumes and snapshots may take together. Default: as much as they can ever"
                + " hold.")
    private Optional<Size> capacity = Optional.empty();

    @Option(
        names = "--threshold",
        paramLabel = "PERCENT",
        order = 17,
        description =
            "Initiators are warned (unit attention 38h/07h) when so much of the capacity is used,"
                + " 1%% to 99%%, or none. Default: 80%%.")
    private Optional<Threshold> threshold = Optional.empty();
  }

  static final class Disk {

    @Option(
        names = "--volume",
        paramLabel = "NAME",
        order = 20,
        description =
            "The volume or snapshot to serve; a volume is made if it is not there. Default: made of"
                + " the target's name, disk0-lun0.")
    private Optional<String> volume = Optional.empty();

    @Option(
        names = "--target-name",
        paramLabel = "IQN",
        order = 20,
        description = "The iSCSI name. Default: " + TargetConfig.DEFAULT_NAME + ".")
    private Optional<String> targetName = Optional.empty();

    @Option(
        names = "--size",
        paramLabel = "SIZE",
        order = 21,
        description =
            "The capacity if the volume is made now, with a suffix like GiB. Default: 1GiB.")
    private Optional<Size> size = Optional.empty();

    @Option(
        names = "--block-size",
        paramLabel = "BYTES",
        order = 22,
        description = "Bytes per logical block, 512 or 4096. Default: 512.")
    private Optional<Size> blockSize = Optional.empty();

    @Option(
        names = "--physical-block-size",
        paramLabel = "BYTES",
        order = 23,
        description =
            "Bytes per physical block, 512 or 4096, not below the logical. Default: 4096.")
    private Optional<Size> physicalBlockSize = Optional.empty();

    @Option(
        names = "--protection",
        paramLabel = "TYPE",
        order = 24,
        description =
            "Protection information (T10 DIF) with each block: type 1, 2 or 3, or 0 for none; a"
                + " volume keeps what it was made with. Default: the volume's, 0 if it is made.")
    private Optional<Integer> protection = Optional.empty();
  }

  static final class Medium {

    @Option(
        names = "--removable",
        order = 25,
        description = "The medium can be taken out: initiators may eject and load it.")
    private boolean removable;

    @Option(
        names = "--not-ready",
        order = 26,
        description = "For tests: the unit is never ready (02h/04h/03h).")
    private boolean notReady;

    @Option(
        names = "--erase-rate",
        paramLabel = "SIZE",
        order = 27,
        description =
            "How much a second FORMAT UNIT and SANITIZE get done. Default: as much as they can.")
    private Optional<String> eraseRate = Optional.empty();

    private Parsed<MediumConfig> config() {
      return eraseRate
          .map(rate -> MediumConfig.rate(rate).then(size -> with(Optional.of(size))))
          .orElseGet(() -> with(Optional.empty()));
    }

    private Parsed<MediumConfig> with(Optional<Size> rate) {
      return Parsed.value(new MediumConfig(removable, notReady, rate));
    }

    private void given(List<String> names) {
      if (removable) {
        names.add("--removable");
      }
      if (notReady) {
        names.add("--not-ready");
      }
      eraseRate.ifPresent(_ -> names.add("--erase-rate"));
    }
  }

  static final class Atomic {

    @Option(
        names = "--profile",
        paramLabel = "NAME",
        order = 30,
        description =
            "The limits to start from: default, scsi_debug-6.11, scsi_debug-6.16, or none"
                + " (WRITE ATOMIC is not supported).")
    private Optional<String> profile = Optional.empty();

    @Option(
        names = "--atomic-max",
        paramLabel = "N",
        order = 31,
        description = "MAXIMUM ATOMIC TRANSFER LENGTH. Default: 8192.")
    private Optional<BlockCount> max = Optional.empty();

    @Option(
        names = "--atomic-alignment",
        paramLabel = "N",
        order = 32,
        description = "ATOMIC ALIGNMENT. Default: 8.")
    private Optional<BlockCount> alignment = Optional.empty();

    @Option(
        names = "--atomic-granularity",
        paramLabel = "N",
        order = 33,
        description = "ATOMIC TRANSFER LENGTH GRANULARITY. Default: 8.")
    private Optional<BlockCount> granularity = Optional.empty();

    @Option(
        names = "--atomic-max-with-boundary",
        paramLabel = "N",
        order = 34,
        description = "MAXIMUM ATOMIC TRANSFER LENGTH WITH ATOMIC BOUNDARY. Default: 8192.")
    private Optional<BlockCount> maxWithBoundary = Optional.empty();

    @Option(
        names = "--atomic-boundary-max",
        paramLabel = "N",
        order = 35,
        description = "MAXIMUM ATOMIC BOUNDARY SIZE. Default: 128.")
    private Optional<BlockCount> boundaryMax = Optional.empty();

    private LunSettings.Atomic settings() {
      return new LunSettings.Atomic(max, alignment, granularity, maxWithBoundary, boundaryMax);
    }

    /** The limits alone, of a disk with blocks of that many bytes. */
    Parsed<AtomicLimits> limits(int blockLength) {
      return LunSettings.limits(profile, settings(), blockLength);
    }
  }

  /** Whether the defects are to be listed. */
  boolean asksForDefects() {
    return faults.asksForDefects();
  }

  /** What all of them ask for. */
  Parsed<DaemonConfig> config() {
    if (place.dir.isPresent() && place.ram) {
      return Parsed.wrong("--dir and --ram exclude each other: give one");
    }
    Parsed<DaemonConfig> config =
        place.config.isPresent() ? fromFile(place.config.get()) : fromFlags();
    return config.then(read -> Parsed.value(read.with(place.threshold)));
  }

  private Parsed<DaemonConfig> fromFlags() {
    return medium.config().then(this::fromFlags);
  }

  private Parsed<DaemonConfig> fromFlags(MediumConfig like) {
    LunSettings lun =
        new LunSettings(
            Optional.of(0),
            disk.volume,
            disk.size,
            disk.blockSize.map(Flags::bytes),
            disk.physicalBlockSize.map(Flags::bytes),
            atomic.profile,
            atomic.settings(),
            disk.protection,
            like);
    return storage()
        .then(
            storage ->
                access
                    .ofTarget()
                    .then(
                        rules ->
                            TargetConfig.of(
                                disk.targetName.orElse(TargetConfig.DEFAULT_NAME),
                                List.of(lun),
                                rules))
                    .then(
                        target ->
                            DaemonConfig.of(
                                place.listen,
                                place.advertised,
                                place.control,
                                storage,
                                place.capacity,
                                access.ofNode(),
                                List.of(target))))
        .then(
            config ->
                Parsed.value(
                    config
                        .with(faults.over(FaultConfig.NONE))
                        .remembering(faults.asksForHistory())));
  }

  private static int bytes(Size size) {
    return Math.toIntExact(Math.min(size.bytes(), Integer.MAX_VALUE));
  }

  private Parsed<DaemonConfig> fromFile(Path file) {
    List<String> besides = diskFlags();
    if (!besides.isEmpty()) {
      return Parsed.wrong(
          "%s cannot stand beside --config: say it in %s"
              .formatted(String.join(", ", besides), file));
    }
    return storage()
        .then(
            storage ->
                ConfigFile.read(file)
                    .then(
                        contents ->
                            DaemonConfig.of(
                                    place.listen.isEmpty() ? contents.listen() : place.listen,
                                    place.advertised.or(contents::advertised),
                                    place.control.or(contents::control),
                                    storage.or(contents::storage),
                                    place.capacity.or(contents::capacity),
                                    access.over(contents.access()),
                                    contents.targets())
                                .then(
                                    config ->
                                        Parsed.value(
                                            config
                                                .with(faults.over(contents.faults()))
                                                .with(contents.threshold())
                                                .remembering(
                                                    faults.asksForHistory()
                                                        || contents.history())))));
  }

  private Parsed<Optional<Storage>> storage() {
    if (place.ram) {
      return Parsed.value(Optional.of(new Storage.Memory()));
    }
    return place
        .dir
        .map(dir -> Storage.directory(dir).then(storage -> Parsed.value(Optional.of(storage))))
        .orElse(Parsed.value(Optional.empty()));
  }

  /** The names of the options given that describe the disk. */
  private List<String> diskFlags() {
    List<String> given = new ArrayList<>();
    disk.volume.ifPresent(_ -> given.add("--volume"));
    disk.targetName.ifPresent(_ -> given.add("--target-name"));
    disk.size.ifPresent(_ -> given.add("--size"));
    disk.blockSize.ifPresent(_ -> given.add("--block-size"));
    disk.physicalBlockSize.ifPresent(_ -> given.add("--physical-block-size"));
    disk.protection.ifPresent(_ -> given.add("--protection"));
    medium.given(given);
    atomic.profile.ifPresent(_ -> given.add("--profile"));
    atomic.max.ifPresent(_ -> given.add("--atomic-max"));
    atomic.alignment.ifPresent(_ -> given.add("--atomic-alignment"));
    atomic.granularity.ifPresent(_ -> given.add("--atomic-granularity"));
    atomic.maxWithBoundary.ifPresent(_ -> given.add("--atomic-max-with-boundary"));
    atomic.boundaryMax.ifPresent(_ -> given.add("--atomic-boundary-max"));
    given.addAll(access.given());
    return given;
  }
}
