package org.untorn.daemon.session;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.Callable;
import org.untorn.daemon.control.DaemonAnswer;
import org.untorn.daemon.control.DaemonOption;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code untorn sessions}: who is logged in, and {@code drop}, which ends a session. */
@Command(
    name = "sessions",
    aliases = "session",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    header = "Show who is logged in to a daemon, or drop a session.",
    description = {
      "",
      "Of each session: its handle (TSIH), the initiator and its CHAP user, where it comes from, how",
      "long it has lasted, and what it did a second on average; with --keys what was negotiated."
    },
    footer = {
      "",
      "Examples:",
      "  untorn sessions",
      "  untorn sessions --control 127.0.0.1:41817 --json",
      "  untorn session drop 7",
      "",
      "Exit codes: 0 done, 1 it failed or no daemon answers, 2 it cannot be, or the daemon refused."
    })
public final class SessionsCommand implements Callable<Integer> {

  @Spec private CommandSpec spec = CommandSpec.create();

  @Mixin private DaemonOption daemon = new DaemonOption();

  @Option(names = "--keys", order = 1, description = "Show what was negotiated, too.")
  private boolean keys;

  @Option(names = "--json", order = 2, description = "Answer with one line of JSON.")
  private boolean json;

  @Override
  public Integer call() {
    return new DaemonAnswer(spec, this::showAll).show(json, () -> daemon.ask("GET", "/sessions"));
  }

  private void showAll(PrintWriter out, JsonNode answer) {
    if (answer.path("sessions").isEmpty()) {
      out.println("Nobody is logged in.");
    }
    answer.path("sessions").forEach(session -> show(out, session));
  }

  private void show(PrintWriter out, JsonNode session) {
    out.printf(
        "%5d  %s%s%n       %s by %s from %s since %s; %d commands/s, %d KiB/s on average%n",
        session.path("tsih").asInt(),
        session.path("initiator").asText(),
        session.has("user") ? " (user " + session.path("user").asText() + ")" : "",
        session.path("discovery").asBoolean() ? "discovery" : session.path("target").asText(),
        session.path("to").asText() + "," + session.path("portalGroupTag").asInt(),
        session.path("from").asText(),
        age(Duration.ofSeconds(session.path("seconds").asLong())),
        session.path("commandsPerSecond").asLong(),
        session.path("bytesPerSecond").asLong() >> 10);
    if (keys) {
      Iterator<Map.Entry<String, JsonNode>> negotiated =
          session.path("negotiated").properties().iterator();
      negotiated.forEachRemaining(
          key -> out.printf("       %s=%s%n", key.getKey(), key.getValue().asText()));
    }
  }

  private static String age(Duration age) {
    return "%d:%02d:%02d".formatted(age.toHours(), age.toMinutesPart(), age.toSecondsPart());
  }

  @Command(
      name = "drop",
      mixinStandardHelpOptions = true,
      header = "Close a session's connection; its initiator may log in again.")
  int drop(
      @Parameters(paramLabel = "TSIH", description = "The session's handle.") int tsih,
      @Mixin DaemonOption which,
      @Option(names = "--json", description = "Answer with one line of JSON.") boolean asJson) {
    return new DaemonAnswer(spec, (out, _) -> out.println("dropped session " + tsih))
        .show(asJson, () -> which.ask("DELETE", "/sessions/" + tsih));
  }
}
