package org.untorn.daemon.fault;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.untorn.daemon.control.DaemonAnswer;
import org.untorn.daemon.control.DaemonOption;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code untorn power}: cuts the power of a running device, and brings it back. */
@Command(
    name = "power",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    header = "Cut the power of a device that was started with --power, and bring it back.",
    description = {
      "",
      "A cut resets all connections at once. What was written and not flushed survives, vanishes or",
      "is torn, block by block; an atomic write is whole or absent. Without a verb: how things are."
    },
    footer = {
      "",
      "Examples:",
      "  untorn power cut",
      "  untorn power cut --at 'write 100 block 3' --back 2s",
      "  untorn power cut --at 'pdu 9'               a rule can say more: pdu=data-out nth=3 cut-power",
      "  untorn power cut --at 'chance 0.001' --back 1s --again",
      "  untorn power on",
      "  untorn power status --json",
      "",
      "Exit codes: 0 done, 1 it failed or no daemon answers, 2 it cannot be, or the daemon refused."
    })
public final class PowerCommand implements Callable<Integer> {

  @Spec private CommandSpec spec = CommandSpec.create();

  @Mixin private DaemonOption daemon = new DaemonOption();

  @Option(names = "--json", description = "Answer with one line of JSON.")
  private boolean json;

  @Override
  public Integer call() {
    return status(daemon, json);
  }

  @Command(
      name = "status",
      mixinStandardHelpOptions = true,
      header = "Say whether the power is on, what is planned, and what the last cuts did.")
  int status(
      @Mixin DaemonOption which,
      @Option(names = "--json", description = "Answer with one line of JSON.") boolean asJson) {
    return show(asJson, () -> which.ask("GET", "/power"));
  }

  @Command(
      name = "cut",
      mixinStandardHelpOptions = true,
      header = "Cut the power, now or at a moment to come.")
  int cut(
      @Option(
              names = "--at",
              paramLabel = "MOMENT",
              defaultValue = "now",
              description =
                  "now, write N, write N block K, flush N, pdu N (of any connection, either way),"
                      + " after 500ms, or chance 0.001 (at each write). Default: now.")
          String at,
      @Option(
              names = "--back",
              paramLabel = "TIME",
              description = "How long it stays off, like 2s. Default: until 'untorn power on'.")
          Optional<String> back,
      @Option(names = "--again", description = "The same again when it is back.") boolean again,
      @Mixin DaemonOption which,
      @Option(names = "--json", description = "Answer with one line of JSON.") boolean asJson) {
    return show(
        asJson,
        () ->
            which.ask(
                "POST",
                "/power",
                body -> {
                  body.writeStringField("cut", at);
                  body.writeBooleanField("again", again);
                  if (back.isPresent()) {
                    body.writeStringField("back", back.get());
                  }
                }));
  }

  @Command(
      name = "on",
      mixinStandardHelpOptions = true,
      header = "Bring the power back; every initiator is told POWER ON OCCURRED.")
  int on(
      @Mixin DaemonOption which,
      @Option(names = "--json", description = "Answer with one line of JSON.") boolean asJson) {
    return show(
        asJson, () -> which.ask("POST", "/power", body -> body.writeBooleanField("on", true)));
  }

  @Command(
      name = "clear",
      mixinStandardHelpOptions = true,
      header = "Forget the cut that is planned.")
  int clear(
      @Mixin DaemonOption which,
      @Option(names = "--json", description = "Answer with one line of JSON.") boolean asJson) {
    return show(
        asJson, () -> which.ask("POST", "/power", body -> body.writeBooleanField("clear", true)));
  }

  private int show(boolean asJson, DaemonAnswer.Asking asking) {
    return new DaemonAnswer(spec, PowerCommand::print).show(asJson, asking);
  }

  private static void print(PrintWriter out, JsonNode power) {
    out.printf(
        "power %s; %d writes and %d flushes so far, %d writes at risk; seed %d%n",
        power.path("on").asBoolean() ? "on" : "off",
        power.path("writes").asLong(),
        power.path("flushes").asLong(),
        power.path("atRisk").asLong(),
        power.path("seed").asLong());
    if (power.has("plan")) {
      JsonNode plan = power.path("plan");
      out.printf(
          "  planned: cut at %s%s%s%n",
          plan.path("at").asText(),
          plan.has("back") ? ", back after " + plan.path("back").asText() : "",
          plan.path("again").asBoolean() ? ", again and again" : "");
    }
    for (JsonNode cut : power.path("cuts")) {
      out.printf(
          "  cut %d (%s): of the writes at risk %d survived, %d vanished, %d were torn%s%n",
          cut.path("number").asLong(),
          cut.path("at").asText(),
          cut.path("survived").asLong(),
          cut.path("vanished").asLong(),
          cut.path("torn").asLong(),
          cut.has("problem") ? "; " + cut.path("problem").asText() : "");
    }
  }
}
