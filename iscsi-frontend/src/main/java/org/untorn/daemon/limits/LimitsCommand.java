package org.untorn.daemon.limits;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.StreamSupport;
import org.untorn.daemon.config.Parsed;
import org.untorn.daemon.control.DaemonOption;
import org.untorn.daemon.control.RefusedException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code untorn limits}: shows and sets the limits of units while they are served. */
@Command(
    name = "limits",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    header = "Show or set the block limits and atomic limits of disks while they are served.",
    description = {
      "",
      "Every initiator gets a unit attention, INQUIRY DATA HAS CHANGED; Linux takes the new limits",
      "when it is told to rescan: echo 1 > /sys/block/sdX/device/rescan. They hold until the daemon",
      "ends. The names that LIO (atomic_max_len) and scsi_debug (atomic_wr_max_length) have are",
      "understood, too. Without a verb: the limits of all disks."
    },
    footer = {
      "",
      "Examples:",
      "  untorn limits",
      "  untorn limits set atomic-max=64KiB atomic-max-with-boundary=64KiB",
      "  untorn limits set --lun 1 atomic_wr_max_length=21 atomic_wr_gran=7 atomic_wr_align=5",
      "  untorn limits set profile=scsi_debug-6.16 --json",
      "",
      "Exit codes: 0 done, 1 it failed or no daemon answers, 2 it cannot be, or the daemon refused."
    })
public final class LimitsCommand implements Callable<Integer> {

  @Spec private CommandSpec spec = CommandSpec.create();

  @Mixin private DaemonOption daemon = new DaemonOption();

  @Mixin private Which which = new Which();

  @Option(names = "--json", description = "Answer with one line of JSON.")
  private boolean json;

  /** Which disks are meant. */
  static final class Which {

    @Option(
        names = "--target-name",
        paramLabel = "IQN",
        order = 1,
        description = "The disks of this target. Default: any.")
    private Optional<String> target = Optional.empty();

    @Option(
        names = "--lun",
        paramLabel = "N",
        order = 2,
        description = "The disk with this number. Default: any.")
    private Optional<Integer> lun = Optional.empty();

    List<JsonNode> among(JsonNode units) {
      return StreamSupport.stream(units.spliterator(), false)
          .filter(unit -> target.isEmpty() || target.get().equals(unit.path("target").asText()))
          .filter(unit -> lun.isEmpty() || lun.get() == unit.path("lun").asInt())
          .toList();
    }
  }

  @Override
  public Integer call() {
    return show(which, daemon, json);
  }

  @Command(
      name = "show",
      mixinStandardHelpOptions = true,
      header = "Show the limits, and what Linux makes of the atomic ones.")
  int show(
      @Mixin Which meant,
      @Mixin DaemonOption asked,
      @Option(names = "--json", description = "Answer with one line of JSON.") boolean asJson) {
    return run(
        () -> {
          List<JsonNode> units = meant.among(asked.ask("GET", "/luns").path("luns"));
          if (units.isEmpty()) {
            return wrong("no such disk is served; 'untorn limits' shows all");
          }
          units.forEach(unit -> print(unit, asJson));
          return spec.exitCodeOnSuccess();
        });
  }

  @Command(
      name = "set",
      mixinStandardHelpOptions = true,
      header = "Set limits of a disk, all of them at once or none.",
      description = {
        "",
        "NAME is one that 'untorn limits' shows, one of LIO or scsi_debug, or 'profile'. VALUE is in",
        "blocks, or in bytes with a suffix like KiB; odd values are taken if SBC-4 allows them."
      })
  int set(
      @Parameters(paramLabel = "NAME=VALUE", arity = "1..*", description = "What to set.")
          Map<String, String> values,
      @Mixin Which meant,
      @Mixin DaemonOption asked,
      @Option(names = "--json", description = "Answer with one line of JSON.") boolean asJson) {
    Map<String, String> byKey = new LinkedHashMap<>();
    for (Map.Entry<String, String> value : values.entrySet()) {
      switch (key(value.getKey())) {
        case Parsed.Wrong<String>(String why) -> {
          return wrong(why);
        }
        case Parsed.Value<String>(String key) -> {
          if (byKey.put(key, value.getValue()) != null) {
            return wrong(key + " is given twice");
          }
        }
      }
    }
    return run(
        () -> {
          List<JsonNode> units = meant.among(asked.ask("GET", "/luns").path("luns"));
          if (units.size() != 1) {
            return wrong(
                "that means %d disks; say which with --lun and --target-name"
                    .formatted(units.size()));
          }
          String path =
              "/luns/%s/%d/limits"
                  .formatted(
                      units.getFirst().path("target").asText(),
                      units.getFirst().path("lun").asInt());
          print(
              asked.ask(
                  "POST",
                  path,
                  body -> {
                    for (Map.Entry<String, String> value : byKey.entrySet()) {
                      body.writeStringField(value.getKey(), value.getValue());
                    }
                  }),
              asJson);
          return spec.exitCodeOnSuccess();
        });
  }

  private static Parsed<String> key(String name) {
    return name.equals(LimitsApi.PROFILE)
        ? Parsed.value(name)
        : Limit.named(name).then(limit -> Parsed.value(limit.key()));
  }

  private void print(JsonNode unit, boolean asJson) {
    PrintWriter out = spec.commandLine().getOut();
    if (asJson) {
      out.println(unit);
      return;
    }
    out.printf(
        "%s lun %d (%s), in blocks of %d bytes:%n",
        unit.path("target").asText(),
        unit.path("lun").asInt(),
        unit.path("volume").asText(),
        unit.path("blockSize").asInt());
    for (Limit limit : Limit.values()) {
      out.printf(
          "  %-33s %10d  %s%n",
          limit.key(),
          unit.path("limits").path(limit.key()).asLong(),
          String.join(", ", limit.aliases()));
    }
    JsonNode linux = unit.path("linux");
    if (linux.has("dropped")) {
      out.printf("  Linux uses no atomic writes: %s%n", linux.path("dropped").asText());
    } else {
      out.printf(
          "  Linux: atomic writes of %d to %d bytes%n",
          linux.path("atomic_write_unit_min_bytes").asLong(),
          linux.path("atomic_write_unit_max_bytes").asLong());
    }
  }

  /** Asks a daemon. */
  private interface Asking {
    int ask() throws IOException;
  }

  private int run(Asking asking) {
    try {
      return asking.ask();
    } catch (RefusedException refused) {
      return wrong(String.valueOf(refused.getMessage()));
    } catch (IOException problem) {
      say(String.valueOf(problem.getMessage()));
      return spec.exitCodeOnExecutionException();
    } finally {
      spec.commandLine().getOut().flush();
    }
  }

  private int wrong(String why) {
    say(why);
    return spec.exitCodeOnInvalidInput();
  }

  private void say(String why) {
    spec.commandLine().getErr().println("untorn: " + why);
    spec.commandLine().getErr().flush();
  }
}
