package org.untorn.daemon;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.untorn.daemon.config.DaemonConfig;
import org.untorn.daemon.config.Endpoint;
import org.untorn.daemon.control.Answer;
import org.untorn.daemon.control.ControlApi;
import org.untorn.daemon.control.ControlToken;
import org.untorn.daemon.control.OpenApi;
import org.untorn.daemon.crash.Recordings;
import org.untorn.daemon.fault.DeviceFaults;
import org.untorn.daemon.history.Histories;
import org.untorn.daemon.limits.LimitsApi;
import org.untorn.daemon.lun.LunAdmin;
import org.untorn.daemon.lun.LunsApi;
import org.untorn.daemon.portal.GroupsApi;
import org.untorn.daemon.portal.PortalsApi;
import org.untorn.daemon.session.SessionsApi;
import org.untorn.daemon.volume.PoolVolumes;
import org.untorn.daemon.volume.SnapshotsApi;
import org.untorn.daemon.volume.VolumesApi;
import org.untorn.iscsi.IscsiServer;

/** What the control API answers, and who may ask it. */
final class ControlResources {

  private ControlResources() {}

  /** The resources that have others below them. */
  static Map<String, ControlApi.Tree> trees(
      PoolVolumes volumes,
      List<ServedLun> luns,
      LunAdmin changes,
      IscsiServer server,
      Histories histories,
      Recordings recordings,
      DeviceFaults faults) {
    return Map.ofEntries(
        Map.entry("/volumes", new VolumesApi(volumes)),
        Map.entry("/snapshots", new SnapshotsApi(volumes)),
        Map.entry("/portals", new PortalsApi(server)),
        Map.entry("/groups", new GroupsApi(() -> luns.stream().map(ServedLun::limited).toList())),
        Map.entry(
            "/sessions", new SessionsApi(server::sessions, server::drop, InstantSource.system())),
        Map.entry("/history", histories),
        Map.entry("/recordings", recordings),
        Map.entry(
            "/luns",
            new LunsApi(
                new LimitsApi(() -> luns.stream().map(ServedLun::limited).toList()), changes)),
        Map.entry("/power", faults.powerApi()),
        Map.entry("/faults", faults.faultsApi()),
        Map.entry("/reset", faults.resetApi()));
  }

  /** The resources that are one page. */
  static Map<String, Supplier<Answer>> pages(
      List<String> names, List<ServedLun> luns, IscsiServer server) {
    TargetsPage targets =
        new TargetsPage(new Portal(server.address()), names, luns, server::sessions);
    Metrics metrics = new Metrics(names, luns, server::sessions);
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

  /** What whoever asks the control API has to know: something, if other hosts can reach it. */
  static Optional<ControlToken> token(DaemonConfig config) throws IOException {
    Optional<ControlToken> token = ControlToken.load(config.access().controlToken());
    try {
      refuseWithoutToken(config.control().resolve(), config.control(), token);
    } catch (UnknownHostException _) {
      // It is asked again with the address that is listened on.
    }
    return token;
  }

  /** Refuses an address that other hosts reach, if there is no token. */
  static void refuseWithoutToken(
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
}
