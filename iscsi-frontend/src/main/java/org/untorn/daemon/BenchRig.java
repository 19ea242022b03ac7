package org.untorn.daemon;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.untorn.backstore.fault.PowerSupply;
import org.untorn.daemon.config.AccessConfig;
import org.untorn.daemon.config.DaemonConfig;
import org.untorn.daemon.config.Endpoint;
import org.untorn.daemon.config.FaultConfig;
import org.untorn.daemon.config.LunConfig;
import org.untorn.daemon.config.Parsed;
import org.untorn.daemon.config.PortalConfig;
import org.untorn.daemon.config.Size;
import org.untorn.daemon.config.Storage;
import org.untorn.daemon.config.TargetConfig;
import org.untorn.daemon.prove.Experiment;
import org.untorn.daemon.prove.Rig;
import org.untorn.daemon.volume.VolumeAdmin;

/**
 * A daemon in this process that serves disks of zeros on a free port of the loopback, with a switch
 * for their power.
 */
final class BenchRig implements Rig {

  private static final String TARGET = "iqn.2026-11.org.untorn:bench";

  private final Daemon daemon;
  private final Optional<Path> directory;

  private BenchRig(Daemon daemon, Optional<Path> directory) {
    this.daemon = daemon;
    this.directory = directory;
  }

  /**
   * Builds one.
   *
   * @param inMemory whether its blocks are kept in memory, or in a temporary directory
   */
  static BenchRig build(Experiment experiment, boolean inMemory, FaultConfig faults)
      throws IOException {
    Optional<Path> directory =
        inMemory ? Optional.empty() : Optional.of(Files.createTempDirectory("untorn-prove-"));
    Storage storage = directory.<Storage>map(Storage.Directory::new).orElseGet(Storage.Memory::new);
    List<LunConfig> luns =
        IntStream.range(0, experiment.units()).mapToObj(unit -> lun(experiment, unit)).toList();
    Endpoint anywhere = new Endpoint("127.0.0.1", 0);
    Parsed<DaemonConfig> config =
        DaemonConfig.of(
            List.of(PortalConfig.Settings.at(anywhere)),
            Optional.empty(),
            Optional.of(anywhere),
            Optional.of(storage),
            Optional.empty(),
            AccessConfig.OPEN,
            List.of(new TargetConfig(TARGET, luns)));
    return switch (config) {
      case Parsed.Value<DaemonConfig>(DaemonConfig value) ->
          new BenchRig(Daemon.start(value.with(faults)), directory);
      case Parsed.Wrong<DaemonConfig>(String why) -> throw new IOException(why);
    };
  }

  private static LunConfig lun(Experiment experiment, int unit) {
    return new LunConfig(
        unit,
        name(unit),
        Optional.of(new Size((long) experiment.region() * experiment.blockLength())),
        experiment.blockLength(),
        LunConfig.DEFAULT_PHYSICAL_BLOCK_SIZE,
        experiment.limits());
  }

  private static String name(int unit) {
    return unit == 0 ? "bench" : "bench-" + unit;
  }

  @Override
  public VolumeAdmin volumes() {
    return daemon.volumes();
  }

  @Override
  public String volume(int unit) {
    return name(unit);
  }

  @Override
  public InetSocketAddress address() {
    return daemon.ready().portal().bound();
  }

  @Override
  public String target() {
    return TARGET;
  }

  @Override
  public PowerSupply power() {
    return daemon.power().orElseThrow();
  }

  @Override
  public void close() throws IOException {
    daemon.close();
    if (directory.isPresent()) {
      try (Stream<Path> files = Files.walk(directory.get())) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }
}
