package org.untorn.daemon.lun;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.untorn.daemon.config.Size;
import org.untorn.daemon.control.DaemonAnswer;
import org.untorn.daemon.control.DaemonOption;
import org.untorn.daemon.control.RefusedException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code untorn lun}: which logical units a daemon serves, and others from now on. */
@Command(
    name = "lun",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    header = "Add logical units to a running daemon, or remove them.",
    description = {
      "",
      "Initiators that are logged in are told by a unit attention; Linux finds a new unit when it",
      "looks for it: 'iscsiadm -m session --rescan'. What was sent to a unit that is removed ends;",
      "its volume stays, and can be served again.",
      "",
      "All of it lasts until the daemon ends: it begins again with what its options or its",
      "configuration file say. 'untorn volume resize' gives a unit another capacity."
    },
    footer = {
      "",
      "Examples:",
      "  untorn lun list",
      "  untorn lun add vm2",
      "  untorn lun add scratch --size 10GiB --lun 7",
      "  untorn lun remove 7",
      "",
      "Exit codes: 0 done, 1 it failed or no daemon answers, 2 it cannot be, or the daemon refused."
    })
public final class LunCommand implements Callable<Integer> {

  @Spec private CommandSpec spec = CommandSpec.create();

  /** Without a verb: says what there is. */
  @Override
  public Integer call() {
    spec.commandLine().usage(spec.commandLine().getErr());
    return spec.exitCodeOnInvalidInput();
  }

  @Command(
      name = "list",
      mixinStandardHelpOptions = true,
      header = "Show all logical units, their volumes, and how to reach them.")
  int list(
      @Mixin DaemonOption daemon,
      @Option(names = "--json", description = "Answer with one line of JSON.") boolean json) {
    return new DaemonAnswer(spec, LunCommand::showAll)
        .show(json, () -> daemon.ask("GET", "/targets"));
  }

  private static void showAll(PrintWriter out, JsonNode answer) {
    for (JsonNode target : answer.path("targets")) {
      out.println(target.path("name").asText());
      for (JsonNode lun : target.path("luns")) {
        long bytes = lun.path("blocks").asLong() * lun.path("blockSize").asLong();
        out.printf(
            "%7d  %s, %s in blocks of %d bytes%n         %s%n",
            lun.path("lun").asInt(),
            lun.path("volume").asText(),
            new Size(bytes),
            lun.path("blockSize").asInt(),
            lun.path("url").asText());
      }
    }
  }

  @Command(
      name = "add",
      mixinStandardHelpOptions = true,
      header = "Serve a volume or snapshot as another logical unit.")
  int add(
      @Parameters(paramLabel = "VOLUME", description = "A volume; with --size it may be new.")
          String volume,
      @Option(names = "--target", paramLabel = "IQN", description = "Default: the only one.")
          Optional<String> target,
      @Option(names = "--lun", paramLabel = "N", description = "Default: the lowest that is free.")
          Optional<Integer> number,
      @Option(names = "--size", paramLabel = "SIZE", description = "What a new volume holds.")
          Optional<Size> size,
      @Option(
              names = "--block-size",
              paramLabel = "BYTES",
              description = "512 or 4096. Default: the volume's; of a new one 512.")
          Optional<Integer> blockSize,
      @Option(names = "--physical-block-size", paramLabel = "BYTES", description = "Default: 4096.")
          Optional<Integer> physicalBlockSize,
      @Option(
              names = "--profile",
              paramLabel = "NAME",
              description = "The limits of WRITE ATOMIC. Default: default.")
          Optional<String> profile,
      @Mixin DaemonOption daemon,
      @Option(names = "--json", description = "Answer with one line of JSON.") boolean json) {
    return new DaemonAnswer(spec, (out, unit) -> show(out, "added", unit))
        .show(
            json,
            () ->
                daemon.ask(
                    "POST",
                    "/luns",
                    body -> {
                      body.writeStringField("volume", volume);
                      if (target.isPresent()) {
                        body.writeStringField("target", target.get());
                      }
                      if (number.isPresent()) {
                        body.writeNumberField("lun", number.get());
                      }
                      if (size.isPresent()) {
                        body.writeStringField("size", Long.toString(size.get().bytes()));
                      }
                      if (blockSize.isPresent()) {
                        body.writeNumberField("blockSize", blockSize.get());
                      }
                      if (physicalBlockSize.isPresent()) {
                        body.writeNumberField("physicalBlockSize", physicalBlockSize.get());
                      }
                      if (profile.isPresent()) {
                        body.writeStringField("profile", profile.get());
                      }
                    }));
  }

  @Command(
      name = "remove",
      mixinStandardHelpOptions = true,
      header = "Serve a logical unit no more; its volume stays.")
  int remove(
      @Parameters(paramLabel = "N", description = "The logical unit's number.") int number,
      @Option(names = "--target", paramLabel = "IQN", description = "Default: the only one.")
          Optional<String> target,
      @Mixin DaemonOption daemon,
      @Option(names = "--json", description = "Answer with one line of JSON.") boolean json) {
    return new DaemonAnswer(spec, (out, unit) -> show(out, "removed", unit))
        .show(
            json,
            () -> {
              String name = target.isPresent() ? target.get() : onlyTarget(daemon);
              return daemon.ask("DELETE", "/luns/%s/%d".formatted(name, number));
            });
  }

  private static String onlyTarget(DaemonOption daemon) throws IOException {
    List<String> names = new ArrayList<>();
    daemon
        .ask("GET", "/targets")
        .path("targets")
        .forEach(target -> names.add(target.path("name").asText()));
    if (names.size() != 1) {
      throw new RefusedException("say which --target: " + String.join(", ", names));
    }
    return names.getFirst();
  }

  private static void show(PrintWriter out, String verb, JsonNode unit) {
    out.printf(
        "%s LUN %d of %s: %s%s%n",
        verb,
        unit.path("lun").asInt(),
        unit.path("target").asText(),
        unit.path("volume").asText(),
        unit.path("ended").asBoolean(true) ? "" : "; its last commands have not ended yet");
  }
}
