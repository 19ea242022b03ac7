package org.untorn.daemon;

import io.netty.util.internal.PlatformDependent;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.untorn.backstore.BlockStore;
import org.untorn.backstore.fault.PowerSupply;
import org.untorn.core.LogicalUnit;
import org.untorn.core.TargetDevice;
import org.untorn.daemon.access.AccessRules;
import org.untorn.daemon.access.Secrets;
import org.untorn.daemon.config.Advertised;
import org.untorn.daemon.config.DaemonConfig;
import org.untorn.daemon.config.Endpoint;
import org.untorn.daemon.config.FaultConfig;
import org.untorn.daemon.config.LimitsConfig;
import org.untorn.daemon.config.LunConfig;
import org.untorn.daemon.config.Storage;
import org.untorn.daemon.config.TargetConfig;
import org.untorn.daemon.control.Answer;
import org.untorn.daemon.control.ControlApi;
import org.untorn.daemon.control.ControlFile;
import org.untorn.daemon.control.ControlToken;
import org.untorn.daemon.control.OpenApi;
import org.untorn.daemon.control.Route;
import org.untorn.daemon.crash.Recordings;
import org.untorn.daemon.fault.DeviceFaults;
import org.untorn.daemon.history.Histories;
import org.untorn.daemon.limits.LimitsApi;
import org.untorn.daemon.session.SessionsApi;
import org.untorn.daemon.volume.PoolVolumes;
import org.untorn.daemon.volume.SnapshotsApi;
import org.untorn.daemon.volume.VolumeAdmin;
import org.untorn.daemon.volume.VolumesApi;
import org.untorn.iscsi.IscsiOptions;
import org.untorn.iscsi.IscsiServer;
import org.untorn.iscsi.Limits;
import org.untorn.iscsi.session.ScsiTarget;
import org.untorn.iscsi.session.TargetAddresses;
import org.untorn.vpd.LinuxAtomicLimits;

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
    Optional<ControlToken> token = controlToken(config);
    DeviceFaults faults = faults(config);
    Deque<AutoCloseable> parts = new ArrayDeque<>();
    try {
      OpenStore store = OpenStore.open(config, faults::over);
      parts.push(store);
      List<ServedLun> luns = new ArrayList<>();
      Map<String, ScsiTarget> targets = new LinkedHashMap<>();
      for (TargetConfig target : config.targets()) {
        targets.put(
            target.name(),
            ScsiTarget.of(
                device(
                    target,
                    store,
                    faults,
                    below -> histories.over(filter.apply(below)),
                    recordings,
                    luns)));
      }
      IscsiServer server =
          bound(
              config.listen(),
              "--listen",
              address ->
                  IscsiServer.start(
                      options(address, config.advertised())
                          .with(access)
                          .with(limits(config.access().limits())),
                      targets,
                      faults::between));
      parts.push(server);
      faults
          .power()
          .ifPresent(power -> power.listener(new Initiators(server, luns, histories, recordings)));
      Portal portal = new Portal(server.address());
      Consumer<String> changed = faults::changed;
      ServedVolumes served =
          new ServedVolumes(
              luns,
              server::sessions,
              changed.andThen(histories::changed).andThen(recordings::changed));
      PoolVolumes volumes = store.volumes(served);
      store.warnOfUse(served::spaceIsShort);
      recordings.begin(volumes);
      ControlApi control =
          bound(
              config.control(),
              "--control",
              address -> {
                refuseWithoutToken(address, config.control(), token);
                return ControlApi.listen(
                    address,
                    config.control().host(),
                    token,
                    pages(portal, luns, server),
                    trees(volumes, luns, server, histories, recordings, faults));
              });
      parts.push(control);
      Portal controlPortal = new Portal(control.address());
      URI controlUrl = URI.create("http://" + controlPortal.reachable());
      if (config.storage() instanceof Storage.Directory(Path directory)) {
        parts.push(ControlFile.write(directory, controlUrl));
      }
      warn(config.storage(), luns);
      warn(portal, access);
      return new Daemon(
          parts,
          new ReadyReport(portal, controlUrl, config.storage(), List.copyOf(luns)),
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
      OpenStore store,
      DeviceFaults faults,
      UnaryOperator<BlockStore> filter,
      Recordings recordings,
      List<ServedLun> luns)
      throws IOException {
    TreeMap<Integer, LogicalUnit> units = new TreeMap<>();
    for (LunConfig config : target.luns()) {
      OpenStore.Blocks blocks = store.volume(config);
      BlockStore seen = filter.apply(faults.over(target.name(), config, blocks.store()));
      ServedLun lun =
          ServedLun.over(
              blocks.writable() ? recordings.over(config.volume(), seen) : seen,
              blocks.writable(),
              store.provisioning(),
              target.name(),
              config);
      luns.add(lun);
      units.put(config.number(), faults.around(target.name(), config, lun.disk().unit()));
    }
    return new TargetDevice(target.name(), units, ServedLun.inquiry());
  }

  private static IscsiOptions options(InetSocketAddress listen, Advertised advertised) {
    return IscsiOptions.on(listen)
        .with(
            switch (advertised) {
              case Advertised.Reached _ -> new TargetAddresses.OfConnection();
              case Advertised.Nothing _ -> new TargetAddresses.Omitted();
              case Advertised.At(Endpoint endpoint) ->
                  new TargetAddresses.Configured(List.of(endpoint.toString()));
            });
  }

  private static Map<String, ControlApi.Tree> trees(
      PoolVolumes volumes,
      List<ServedLun> luns,
      IscsiServer server,
      Histories histories,
      Recordings recordings,
      DeviceFaults faults) {
    return Map.of(
        "/volumes",
        new VolumesApi(volumes),
        "/snapshots",
        new SnapshotsApi(volumes),
        "/sessions",
        new SessionsApi(server::sessions, server::drop, InstantSource.system()),
        "/history",
        histories,
        "/recordings",
        recordings,
        "/luns",
        new LimitsApi(luns.stream().map(ServedLun::limited).toList()),
        "/power",
        faults.powerApi(),
        "/faults",
        faults.faultsApi(),
        "/reset",
        faults.resetApi());
  }

  private static Map<String, Supplier<Answer>> pages(
      Portal portal, List<ServedLun> luns, IscsiServer server) {
    TargetsPage targets = new TargetsPage(portal, luns, server::sessions);
    Metrics metrics = new Metrics(luns, server::sessions);
    return Map.of(
        "/version",
        () -> Answer.json(200, Version.json()),
        "/healthz",
        () -> ServedLun.health(luns),
        "/targets",
        () -> Answer.json(200, targets.json()),
        "/openapi.yaml",
        OpenApi::answer,
        "/metrics",
        () -> Answer.text(200, Metrics.MEDIA_TYPE, metrics.scrape()));
  }

  private static void warn(Storage storage, List<ServedLun> luns) {
    long bytes = luns.stream().mapToLong(lun -> lun.store().geometry().bytes()).sum();
    long memory = PlatformDependent.maxDirectMemory();
    if (storage instanceof Storage.Memory && bytes > memory - memory / 4) {
      LOG.warn(
          "disks of {} MiB are kept in {} MiB of memory: full ones will not fit; give less --size,"
              + " or more memory (UNTORN_JAVA_OPTIONS=-XX:MaxDirectMemorySize=...)",
          bytes >> 20,
          memory >> 20);
    }
    for (ServedLun lun : luns) {
      if (lun.config().atomic().supported()
          && lun.linux() instanceof LinuxAtomicLimits.Dropped(String why)) {
        LOG.warn("Linux will not use WRITE ATOMIC with {}: {}", lun.config().volume(), why);
      }
    }
  }

  private static void warn(Portal portal, AccessRules access) {
    if (!portal.isLoopback() && !access.unguarded().isEmpty()) {
      LOG.warn(
          "{} can be reached from other hosts, and asks for no password: whoever can connect reads"
              + " and writes the disks of {}",
          portal.reachable(),
          String.join(", ", access.unguarded()));
    }
    for (String pair : access.shared()) {
      LOG.warn("{} have one secret: each can pass for the other", pair);
    }
  }

  /** For a program that has begun, once, however many daemons it starts. */
  static void warnOfRoot() {
    if (System.getProperty("user.name", "").equals("root")) {
      LOG.warn("this runs as root, and need not: any user who may use the store will do");
    }
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

  /** What whoever asks the control API has to know: something, if other hosts can reach it. */
  static Optional<ControlToken> controlToken(DaemonConfig config) throws IOException {
    Optional<ControlToken> token = ControlToken.load(config.access().controlToken());
    try {
      refuseWithoutToken(config.control().resolve(), config.control(), token);
    } catch (UnknownHostException _) {
      // It is asked again with the address that is listened on.
    }
    return token;
  }

  private static void refuseWithoutToken(
      InetSocketAddress address, Endpoint endpoint, Optional<ControlToken> token)
      throws IOException {
    if (token.isEmpty() && !address.getAddress().isLoopbackAddress()) {
      throw new IOException(
          "other hosts can reach a control API at %s, so it needs a token: give --control-token"
                  .formatted(endpoint)
              + " FILE, or set "
              + ControlToken.VARIABLE);
    }
  }

  /** How it is broken, with the rules and defects that it takes. */
  static DeviceFaults faults(DaemonConfig config) throws IOException {
    return DeviceFaults.of(config.faults(), config.luns().stream().map(LunConfig::volume).toList());
  }

  /** Makes something that listens. */
  private interface Listening<T> {
    T on(InetSocketAddress address) throws IOException;
  }

  private static <T> T bound(Endpoint endpoint, String option, Listening<T> listening)
      throws IOException {
    try {
      return listening.on(endpoint.resolve());
    } catch (UnknownHostException problem) {
      throw new IOException(
          "there is no host '%s' to listen on; give another %s".formatted(endpoint.host(), option),
          problem);
    } catch (IOException problem) {
      throw new IOException(
          "cannot listen on %s (%s); give another %s, or port 0 for any that is free"
              .formatted(endpoint, problem.getMessage(), option),
          problem);
    }
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
