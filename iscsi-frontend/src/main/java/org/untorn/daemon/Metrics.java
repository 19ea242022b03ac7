package org.untorn.daemon;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tags;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import org.untorn.core.Command;
import org.untorn.core.CommandCode;
import org.untorn.core.CommandCounters.Count;
import org.untorn.iscsi.session.SessionInfo;

/**
 * What Prometheus is told: nothing is counted twice, every meter reads the counters that the units
 * keep anyway.
 *
 * <pre>
 *   untorn_commands_total{target,lun,opcode,command}   completed, with whatever status
 *   untorn_blocks_total{...}                           what those that ended in GOOD asked for
 *   untorn_errors_total{...}                           ended in another status
 *   untorn_sessions{target}                            sessions, discovery sessions aside
 *   untorn_build_info{version}                         1
 * </pre>
 */
final class Metrics {

  /** The media type of {@link #scrape}. */
  static final String MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8";

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

  private final List<ServedLun> luns;

  /** Guarded by this object. */
  private final Map<ServedLun, List<Meter>> meters = new HashMap<>();

  /**
   * Meters for these units.
   *
   * @param targets the names of the targets
   * @param luns all units, now
   * @param sessions the sessions of all targets, now
   */
  Metrics(List<String> targets, List<ServedLun> luns, Supplier<List<SessionInfo>> sessions) {
    this.luns = luns;
    Gauge.builder("untorn.build.info", () -> 1).tag("version", Version.CURRENT).register(registry);
    targets.forEach(
        target ->
            Gauge.builder("untorn.sessions", () -> count(sessions.get(), target))
                .tag("target", target)
                .register(registry));
  }

  private static long count(List<SessionInfo> sessions, String target) {
    return sessions.stream().filter(session -> session.targetName().equals(target)).count();
  }

  /** Meters for the units that are there now, and no others. */
  private void follow() {
    List<ServedLun> now = List.copyOf(luns);
    for (ServedLun gone : List.copyOf(meters.keySet())) {
      if (!now.contains(gone)) {
        Optional.ofNullable(meters.remove(gone)).stream()
            .flatMap(List::stream)
            .forEach(registry::remove);
      }
    }
    now.forEach(lun -> meters.computeIfAbsent(lun, this::register));
  }

  private List<Meter> register(ServedLun lun) {
    List<Meter> registered = new ArrayList<>();
    List<Count> rows = lun.disk().counters().snapshot();
    for (int row = 0; row < rows.size(); row++) {
      Command command = rows.get(row).command();
      Tags tags =
          Tags.of(
              "target",
              lun.target(),
              "lun",
              Integer.toString(lun.config().number()),
              "opcode",
              opcode(command),
              "command",
              command.name());
      registered.add(counter("untorn.commands", lun, row, Count::commands, tags));
      registered.add(counter("untorn.blocks", lun, row, Count::blocks, tags));
      registered.add(counter("untorn.errors", lun, row, Count::errors, tags));
    }
    return registered;
  }

  private FunctionCounter counter(
      String name, ServedLun lun, int row, ToLongFunction<Count> value, Tags tags) {
    return FunctionCounter.builder(
            name,
            lun.disk().counters(),
            counters -> value.applyAsLong(counters.snapshot().get(row)))
        .tags(tags)
        .register(registry);
  }

  /** The operation code in hexadecimal, and after a slash the service action: 9C, 9E/10. */
  static String opcode(Command command) {
    return CommandCode.of(command).toString().toUpperCase(Locale.ROOT);
  }

  /** All of it in the Prometheus text format. */
  synchronized String scrape() {
    follow();
    return registry.scrape();
  }
}
