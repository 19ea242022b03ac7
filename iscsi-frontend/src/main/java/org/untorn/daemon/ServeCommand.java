package org.untorn.daemon;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.UnaryOperator;
import org.untorn.daemon.config.DaemonConfig;
import org.untorn.daemon.config.LunConfig;
import org.untorn.daemon.config.Parsed;
import org.untorn.daemon.config.Size;
import org.untorn.daemon.crash.Recordings;
import org.untorn.daemon.fault.Defect;
import org.untorn.daemon.history.Histories;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code untorn serve}: serves until the process is told to end. */
@Command(
    name = "serve",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    versionProvider = Version.class,
    header = "Serve disks over iSCSI until SIGTERM or SIGINT, which end it cleanly (exit code 0).",
    description = {
      "",
      "Without options: one disk of 1 GiB at 127.0.0.1:3260, kept in ./untorn-data, where the",
      "next start finds it again. When it is ready it says how to connect."
    },
    footer = {
      "",
      "Examples:",
      "  untorn serve --ram --listen 127.0.0.1:0 --json        for a test: any port, one line of JSON",
      "  untorn serve --size 10GiB --block-size 4096           a disk of 4 KiB blocks",
      "  untorn serve --atomic-max 64KiB                       atomic writes of 64 KiB at most",
      "  untorn serve --profile scsi_debug-6.16                the limits of Linux's scsi_debug",
      "  untorn serve --config untorn.yaml                     several targets and luns"
    })
final class ServeCommand implements Callable<Integer> {

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--json",
      order = 1,
      description = "When ready print one line of JSON on standard output, and nothing else there.")
  private boolean json;

  @Option(
      names = "--record",
      paramLabel = "SIZE",
      arity = "0..1",
      fallbackValue = "64MiB",
      order = 2,
      description =
          "Record what is written to each disk, up to SIZE (64MiB if none is given), for 'untorn"
              + " crash-states'.")
  private Optional<Size> record = Optional.empty();

  @Mixin private Flags flags = new Flags();

  @Override
  public Integer call() throws InterruptedException {
    if (flags.asksForDefects()) {
      PrintWriter out = spec.commandLine().getOut();
      for (Defect defect : Defect.values()) {
        out.printf("%-25s %s%n", defect.label(), defect.description());
      }
      out.flush();
      return spec.exitCodeOnSuccess();
    }
    Parsed<Recordings> recordings =
        record.map(Recordings::of).orElseGet(() -> Parsed.value(Recordings.none()));
    return switch (flags.config().then(config -> recordings.then(made -> served(config, made)))) {
      case Parsed.Value<Served>(Served served) -> serve(served);
      case Parsed.Wrong<Served>(String why) -> {
        Main.print(spec.commandLine().getErr(), List.of(why));
        yield spec.exitCodeOnInvalidInput();
      }
    };
  }

  /** What is to be served, and what is to be remembered of it. */
  private record Served(DaemonConfig config, Histories histories, Recordings recordings) {}

  private Parsed<Served> served(DaemonConfig config, Recordings recordings) {
    return Parsed.value(new Served(config, histories(config), recordings));
  }

  private static Histories histories(DaemonConfig config) {
    return config.history()
        ? Histories.of(config.luns().stream().map(LunConfig::volume).toList())
        : Histories.none();
  }

  private int serve(Served served) throws InterruptedException {
    Daemon daemon;
    try {
      daemon =
          Daemon.start(
              served.config(), UnaryOperator.identity(), served.histories(), served.recordings());
    } catch (IOException problem) {
      Main.print(spec.commandLine().getErr(), List.of(String.valueOf(problem.getMessage())));
      return spec.exitCodeOnExecutionException();
    }
    Warnings.ofRoot();
    daemon.endWithProcess();
    PrintWriter out = spec.commandLine().getOut();
    out.println(json ? daemon.ready().json() : daemon.ready().text());
    out.flush();
    daemon.awaitEnd();
    return spec.exitCodeOnSuccess();
  }
}
