package org.untorn.daemon;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import org.untorn.daemon.config.ConfigText;
import org.untorn.daemon.config.DaemonConfig;
import org.untorn.daemon.config.Parsed;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code untorn config}: checks what {@code serve} would be told, and shows it as a file. */
@Command(
    name = "config",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    versionProvider = Version.class,
    header = "Check a configuration; with --print show the effective one as YAML.",
    description = {
      "",
      "Takes the options of 'serve'. 'untorn config --print > untorn.yaml' makes a file to start",
      "from; 'untorn serve --config untorn.yaml' serves it. A file may name several targets with",
      "several luns each; all but a target's name and its luns may be left out:",
      "",
      "  listen: 127.0.0.1:3260",
      "  dir: untorn-data                  # or  ram: true",
      "  targets:",
      "    - name: iqn.2026-11.org.example:disk0",
      "      luns:",
      "        - size: 10GiB",
      "          blockSize: 4096",
      "          profile: default",
      "          atomic: {max: 64KiB, alignment: 1, granularity: 1}"
    })
final class ConfigCommand implements Callable<Integer> {

  @Spec private CommandSpec spec = CommandSpec.create();

  @Mixin private Flags flags = new Flags();

  @Option(names = "--print", order = 1, description = "Show the effective configuration.")
  private boolean print;

  @Override
  public Integer call() {
    return switch (flags.config()) {
      case Parsed.Value<DaemonConfig>(DaemonConfig config) -> {
        try {
          var _ = Daemon.accessRules(config);
          var _ = ControlResources.token(config);
          var _ = Daemon.faults(config);
        } catch (IOException problem) {
          Main.print(spec.commandLine().getErr(), List.of(String.valueOf(problem.getMessage())));
          yield spec.exitCodeOnInvalidInput();
        }
        if (print) {
          spec.commandLine().getOut().print(ConfigText.of(config));
          spec.commandLine().getOut().flush();
        }
        yield spec.exitCodeOnSuccess();
      }
      case Parsed.Wrong<DaemonConfig>(String why) -> {
        Main.print(spec.commandLine().getErr(), List.of(why));
        yield spec.exitCodeOnInvalidInput();
      }
    };
  }
}
