package org.untorn.daemon;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.untorn.backstore.BlockStore;
import org.untorn.backstore.fault.PowerSupply;
import org.untorn.core.CopyManager;
import org.untorn.core.LogicalUnit;
import org.untorn.core.TargetDevice;
import org.untorn.core.UnitMemory;
import org.untorn.daemon.access.AccessRules;
import org.untorn.daemon.access.Secrets;
import org.untorn.daemon.config.Advertised;
import org.untorn.daemon.config.DaemonConfig;
import org.untorn.daemon.config.Endpoint;
import org.untorn.daemon.config.FaultConfig;
import org.untorn.daemon.config.LimitsConfig;
import org.untorn.daemon.config.LunConfig;
import org.untorn.daemon.config.PortalConfig;
import org.untorn.daemon.config.Storage;
import org.untorn.daemon.config.TargetConfig;
import org.untorn.daemon.control.ControlApi;
import org.untorn.daemon.control.ControlFile;
import org.untorn.daemon.control.ControlToken;
import org.untorn.daemon.control.Route;
import org.untorn.daemon.crash.Recordings;
import org.untorn.daemon.fault.DeviceFaults;
import org.untorn.daemon.history.Histories;
import org.untorn.daemon.volume.PoolVolumes;
import org.untorn.daemon.volume.VolumeAdmin;
import org.untorn.iscsi.IscsiOptions;
import org.untorn.iscsi.IscsiServer;
import org.untorn.iscsi.Limits;
import org.untorn.iscsi.Listener;
import org.untorn.iscsi.session.NetworkPortal;
import org.untorn.iscsi.session.ScsiTarget;
import org.untorn.iscsi.session.TargetAddresses;

/**
 * A running target: the one place where the parts are put together.
 *
 * <pre>
 *   Medium ── Pool ── BlockStore ── DiskUnit ── TargetDevice ── IscsiServer
 *   {@link OpenStore}                {@link ServedLun}
 * </pre>
 *
 * Life cycle: {@link #start} opens from the left to the right, {@link #close} closes from the right
 * to the left: first nobody can ask, then what was asked is made durable.
 */
final class Daemon implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Daemon.class);

  /** What is closed at the end, the newest first. */
  private final Deque<AutoCloseable> parts;

  private final ReadyReport ready;
  private final CountDownLatch ended = new CountDownLatch(1);

  private final Optional<PowerSupply> power;
  private final List<Route> routes;
  private final VolumeAdmin volumes;

  private Daemon(
      Deque<AutoCloseable> parts,
      ReadyReport ready,
      Optional<PowerSupply> power,
      List<Route> routes,
      VolumeAdmin volumes) {
    this.parts = parts;
    this.ready = ready;
    this.power = power;
    this.routes = routes;
    this.volumes = volumes;
  }

  /**
   * Opens everything; when it returns, initiators can log in.
   *
   * @throws IOException that says in one line what cannot be had and what to do; nothing is left
   *     open
   */
  static Daemon start(DaemonConfig config) throws IOException {
    return start(config, UnaryOperator.identity());
  }

  /**
   * The same with something between each volume and its disk.
   *
   * @param filter makes what stands over a volume
   */
  static Daemon start(DaemonConfig config, UnaryOperator<BlockStore> filter) throws IOException {
    return start(config, filter, Histories.none(), Recordings.none());
  }

  /**
   * The same, remembering what is asked of each volume.
   *
   * @param histories for which volumes that is
   */
  static Daemon start(DaemonConfig config, UnaryOperator<BlockStore> filter, Histories histories)
      throws IOException {
    return start(config, filter, histories, Recordings.none());
  }

  /**
   * The same, recording what is written to each volume.
   *
   * @param recordings how much of it
   */
  static Daemon start(
      DaemonConfig config,
      UnaryOperator<BlockStore> filter,
      Histories histories,
      Recordings recordings)
      throws IOException {
    AccessRules access = accessRules(config);
    Optional<ControlToken> token = ControlResources.token(config);
    DeviceFaults faults = faults(config);
    Deque<AutoCloseable> parts = new ArrayDeque<>();
    try {
      OpenStore store = OpenStore.open(config, faults::over);
      parts.push(store);
      ReservationFiles reservations = new ReservationFiles(config.storage());
      parts.push(reservations);
      Function<String, UnitEnvironment> environment =
          target ->
              new UnitEnvironment(
                  store.provisioning(),
                  LunIdentity.ports(target, config.portals()),
                  UnitEnvironment.management(config.control()),
                  reservations);
      List<ServedLun> luns = new CopyOnWriteArrayList<>();
      CopyManager copies = new CopyManager(new SecureRandom());
      Map<String, TargetDevice> devices = new LinkedHashMap<>();
      for (TargetConfig target : config.targets()) {
        devices.put(
            target.name(),
            device(
                target,
                environment.apply(target.name()),
                store,
                copies,
                faults,
                below -> histories.over(filter.apply(below)),
                recordings,
                luns));
      }
      Map<String, ScsiTarget> targets = new LinkedHashMap<>();
      devices.forEach((name, device) -> targets.put(name, ScsiTarget.of(device)));
      IscsiServer server =
          IscsiServer.start(
              options(config.advertised()).with(access).with(limits(config.access().limits())),
              targets,
              faults::between);
      parts.push(server);
      for (PortalConfig portal : config.portals()) {
        var _ =
            Listening.bound(
                portal.endpoint(),
                "--listen",
                address -> server.listen(new NetworkPortal(address, portal.tag())));
      }
      faults
          .power()
          .ifPresent(power -> power.listener(new Initiators(server, luns, histories, recordings)));
      Consumer<String> settled = faults::changed;
      Consumer<String> changed = settled.andThen(histories::changed).andThen(recordings::changed);
      ServedVolumes served = new ServedVolumes(luns, server::sessions, changed);
      PoolVolumes volumes = store.volumes(served);
      LunChanges changes =
          new LunChanges(
              devices,
              luns,
              volumes,
              (target, lun) ->
                  lun(
                      target,
                      environment.apply(target),
                      lun,
                      store,
                      copies,
                      faults,
                      (_, below) -> below),
              changed);
      store.warnOfUse(served::spaceIsShort);
      recordings.begin(volumes);
      ControlApi control =
          Listening.bound(
              config.control(),
              "--control",
              address -> {
                ControlResources.refuseWithoutToken(address, config.control(), token);
                return ControlApi.listen(
                    address,
                    config.control().host(),
                    token,
                    ControlResources.pages(List.copyOf(devices.keySet()), luns, server),
                    ControlResources.trees(
                        volumes, luns, changes, server, histories, recordings, faults));
              });
      parts.push(control);
      Portal controlPortal = new Portal(control.address());
      URI controlUrl = URI.create("http://" + controlPortal.reachable());
      if (config.storage() instanceof Storage.Directory(Path directory)) {
        parts.push(ControlFile.write(directory, controlUrl));
      }
      Warnings.of(config.storage(), luns);
      Warnings.of(server.listeners().stream().map(Portal::of).toList(), access);
      return new Daemon(
          parts,
          new ReadyReport(
              server.listeners().stream().map(Listener::portal).toList(),
              controlUrl,
              config.storage(),
              List.copyOf(luns)),
          faults.power(),
          control.routes(),
          volumes);
    } catch (IOException | RuntimeException problem) {
      closeAll(parts);
      throw problem;
    }
  }

  /** Makes a target's units, and appends them to {@code luns}. */
  private static TargetDevice device(
      TargetConfig target,
      UnitEnvironment environment,
      OpenStore store,
      CopyManager copies,
      DeviceFaults faults,
      UnaryOperator<BlockStore> filter,
      Recordings recordings,
      List<ServedLun> luns)
      throws IOException {
    TreeMap<Integer, LogicalUnit> units = new TreeMap<>();
    for (LunConfig config : target.luns()) {
      ServedLun lun =
          lun(
              target.name(),
              environment,
              config,
              store,
              copies,
              faults,
              (writable, below) -> {
                BlockStore seen = filter.apply(below);
                return writable ? recordings.over(config.volume(), seen) : seen;
              });
      luns.add(lun);
      units.put(config.number(), lun.disk().unit());
    }
    return new TargetDevice(target.name(), units, ServedLun.inquiry());
  }

  /** Makes what stands between a volume and its disk. */
  @FunctionalInterface
  private interface Between {
    BlockStore over(boolean writable, BlockStore below) throws IOException;
  }

  /** Makes a unit over its volume. */
  private static ServedLun lun(
      String target,
      UnitEnvironment environment,
      LunConfig config,
      OpenStore store,
      CopyManager copies,
      DeviceFaults faults,
      Between between)
      throws IOException {
    OpenStore.Blocks blocks = store.volume(config);
    return ServedLun.over(
        between.over(blocks.writable(), faults.over(target, config, blocks.store())),
        blocks.writable(),
        environment,
        blocks.writable() ? store.memory(config) : UnitMemory.ofThisProcess(),
        store.copying(copies, config.volume()),
        target,
        config,
        disk -> faults.around(target, config, disk));
  }

  private static IscsiOptions options(Advertised advertised) {
    return IscsiOptions.on(List.of())
        .with(
            switch (advertised) {
              case Advertised.Reached _ -> new TargetAddresses.OfConnection();
              case Advertised.Nothing _ -> new TargetAddresses.Omitted();
              case Advertised.At(Endpoint endpoint) ->
                  new TargetAddresses.Configured(List.of(endpoint.toString()));
            });
  }

  private static Limits limits(LimitsConfig limits) {
    return new Limits(
        limits.connections(),
        limits.halfOpen(),
        Duration.ofSeconds(limits.loginSeconds()),
        limits.wrongLogins(),
        limits.commands(),
        limits.data().bytes(),
        limits.connectionData().bytes());
  }

  /** Who may log in, with the secrets that it takes. */
  static AccessRules accessRules(DaemonConfig config) throws IOException {
    Optional<String> environment = Optional.ofNullable(System.getenv(Secrets.VARIABLE));
    return AccessRules.of(config, Secrets.load(config.access().secrets(), environment));
  }

  /** How it is broken, with the rules and defects that it takes. */
  static DeviceFaults faults(DaemonConfig config) throws IOException {
    return DeviceFaults.of(config.faults(), config.luns().stream().map(LunConfig::volume).toList());
  }

  /** Where it listens and what it serves. */
  ReadyReport ready() {
    return ready;
  }

  /** All that its control API answers. */
  List<Route> routes() {
    return routes;
  }

  /** Who manages the volumes. */
  VolumeAdmin volumes() {
    return volumes;
  }

  /** What cuts the power of the device, if that can be done ({@link FaultConfig#cache}). */
  Optional<PowerSupply> power() {
    return power;
  }

  /**
   * Closes this when the process is told to end (SIGTERM, SIGINT). The process then ends with exit
   * code 0, or 1 if what was acknowledged could not be made durable.
   */
  void endWithProcess() {
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  int exitCode = closeAll(parts) ? 0 : 1;
                  // Without this the exit code would be that of the signal, 143 or 130.
                  Runtime.getRuntime().halt(exitCode);
                },
                "untorn-end"));
  }

  /** Waits until it is closed. */
  void awaitEnd() throws InterruptedException {
    ended.await();
  }

  /** Ends all sessions, makes everything durable, and lets go of ports and files. */
  @Override
  public void close() {
    closeAll(parts);
    ended.countDown();
  }

  /** Closes the newest first; one that fails does not keep the others open. */
  private static boolean closeAll(Deque<AutoCloseable> parts) {
    boolean allWell = true;
    while (!parts.isEmpty()) {
      AutoCloseable part = parts.pop();
      try {
        part.close();
      } catch (Exception problem) {
        LOG.error("{} did not close", part.getClass().getSimpleName(), problem);
        allWell = false;
      }
    }
    return allWell;
  }
}
