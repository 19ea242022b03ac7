package org.untorn.daemon.portal;

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
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code untorn portal}: where initiators connect; {@code close} and {@code open}; {@code access},
 * the asymmetric access states of the target port groups.
 */
@Command(
    name = "portal",
    aliases = "portals",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    header = "Show where initiators connect to a daemon; close and open a portal; ALUA states.",
    description = {
      "",
      "Of each portal: its number, its address and portal group tag, whether it listens, and how many",
      "connections came by it. One that is closed takes none, and those that it had are reset without",
      "a word, as by a cable that is pulled; open listens again at the same address."
    },
    footer = {
      "",
      "Examples:",
      "  untorn portal",
      "  untorn portal close 2 --control 127.0.0.1:41817",
      "  untorn portal open 2",
      "  untorn portal access 2 standby",
      "",
      "Exit codes: 0 done, 1 it failed or no daemon answers, 2 it cannot be, or the daemon refused."
    })
public final class PortalCommand implements Callable<Integer> {

  private static final String JSON_HELP = "Answer with one line of JSON.";
  private static final String NUMBER_HELP = "The portal's number, from 1.";

  @Spec private CommandSpec spec = CommandSpec.create();

  @Mixin private DaemonOption daemon = new DaemonOption();

  @Option(names = "--json", order = 1, description = JSON_HELP)
  private boolean json;

  /** Shows all. */
  @Override
  public Integer call() {
    return new DaemonAnswer(
            spec, (out, answer) -> answer.path("portals").forEach(portal -> show(out, portal)))
        .show(json, () -> daemon.ask("GET", "/portals"));
  }

  private static void show(PrintWriter out, JsonNode portal) {
    out.printf(
        "%3d  %s,%d  %s, %d connections%s%n",
        portal.path("number").asInt(),
        portal.path("portal").asText(),
        portal.path("tag").asInt(),
        portal.path("open").asBoolean() ? "open" : "closed",
        portal.path("connections").asInt(),
        portal.has("cut") ? ", " + portal.path("cut").asInt() + " cut" : "");
  }

  @Command(name = "list", mixinStandardHelpOptions = true, header = "Show all portals.")
  int list(
      @Mixin DaemonOption which,
      @Option(names = "--json", description = JSON_HELP) boolean asJson) {
    return new DaemonAnswer(
            spec, (out, answer) -> answer.path("portals").forEach(portal -> show(out, portal)))
        .show(asJson, () -> which.ask("GET", "/portals"));
  }

  @Command(
      name = "close",
      mixinStandardHelpOptions = true,
      header = "Stop listening at a portal, and reset the connections that came by it.")
  int close(
      @Parameters(paramLabel = "NUMBER", description = NUMBER_HELP) int number,
      @Mixin DaemonOption which,
      @Option(names = "--json", description = JSON_HELP) boolean asJson) {
    return change(number, "close", which, asJson);
  }

  @Command(
      name = "open",
      mixinStandardHelpOptions = true,
      header = "Listen again at a portal that was closed.")
  int open(
      @Parameters(paramLabel = "NUMBER", description = NUMBER_HELP) int number,
      @Mixin DaemonOption which,
      @Option(names = "--json", description = JSON_HELP) boolean asJson) {
    return change(number, "open", which, asJson);
  }

  @Command(
      name = "access",
      mixinStandardHelpOptions = true,
      header = "Show the access states of the target port groups, or put a group into another.",
      description = {
        "",
        "A portal group is a target port group of the same number. The states: active/optimized,",
        "active/non-optimized, standby, unavailable, transitioning. Initiators hear of a change by the",
        "unit attention 2Ah/06h."
      })
  int access(
      @Parameters(
              index = "0",
              arity = "0..1",
              paramLabel = "TAG",
              description = "The target port group.")
          Optional<Integer> tag,
      @Parameters(
              index = "1",
              arity = "0..1",
              paramLabel = "STATE",
              description = "The state that it is put into.")
          Optional<String> state,
      @Option(
              names = "--target",
              paramLabel = "IQN",
              description = "For the units of this target only.")
          Optional<String> target,
      @Option(names = "--lun", paramLabel = "N", description = "For units of this number only.")
          Optional<Integer> lun,
      @Option(
              names = "--fails",
              description = "Change nothing: initiators hear that it failed, 2Ah/07h.")
          boolean fails,
      @Mixin DaemonOption which,
      @Option(names = "--json", description = JSON_HELP) boolean asJson) {
    DaemonAnswer answer =
        new DaemonAnswer(
            spec, (out, told) -> told.path("groups").forEach(group -> showGroup(out, group)));
    if (tag.isEmpty()) {
      return answer.show(asJson, () -> which.ask("GET", "/groups"));
    }
    return answer.show(
        asJson,
        () ->
            which.ask(
                "POST",
                "/groups/" + tag.get(),
                body -> {
                  body.writeStringField("state", state.orElse(""));
                  body.writeBooleanField("fails", fails);
                  if (target.isPresent()) {
                    body.writeStringField("target", target.get());
                  }
                  if (lun.isPresent()) {
                    body.writeNumberField("lun", lun.get());
                  }
                }));
  }

  private static void showGroup(PrintWriter out, JsonNode group) {
    out.printf(
        "%5d  %-21s %s/%d%n",
        group.path("group").asInt(),
        group.path("state").asText(),
        group.path("target").asText(),
        group.path("lun").asInt());
  }

  private int change(int number, String what, DaemonOption which, boolean asJson) {
    return new DaemonAnswer(spec, PortalCommand::show)
        .show(
            asJson, () -> which.ask("POST", "/portals/%d/%s".formatted(number, what), body -> {}));
  }
}
