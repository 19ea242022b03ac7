package org.untorn.daemon;

import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import org.untorn.daemon.check.CheckCommand;
import org.untorn.daemon.config.Advertised;
import org.untorn.daemon.config.BlockCount;
import org.untorn.daemon.config.Endpoint;
import org.untorn.daemon.config.Parsed;
import org.untorn.daemon.config.PortalConfig;
import org.untorn.daemon.config.Size;
import org.untorn.daemon.config.Threshold;
import org.untorn.daemon.crash.CrashStatesCommand;
import org.untorn.daemon.doctor.DoctorCommand;
import org.untorn.daemon.fault.FaultCommand;
import org.untorn.daemon.fault.PowerCommand;
import org.untorn.daemon.fault.ResetCommand;
import org.untorn.daemon.limits.LimitsCommand;
import org.untorn.daemon.lun.LunCommand;
import org.untorn.daemon.portal.PortalCommand;
import org.untorn.daemon.session.SessionsCommand;
import org.untorn.daemon.verdict.VerdictCommand;
import org.untorn.daemon.volume.VolumeCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/**
 * The program {@code untorn}. Its exit codes: 0 done; 1 it failed; 2 it was asked for something
 * that cannot be. What is wrong stands in one line on standard error.
 */
@Command(
    name = "untorn",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    versionProvider = Version.class,
    subcommands = {
      ServeCommand.class,
      VolumeCommand.class,
      LunCommand.class,
      CheckCommand.class,
      ConfigCommand.class,
      DoctorCommand.class,
      SessionsCommand.class,
      PortalCommand.class,
      ProveCommand.class,
      VerdictCommand.class,
      LimitsCommand.class,
      PowerCommand.class,
      FaultCommand.class,
      ResetCommand.class,
      CrashStatesCommand.class
    },
    header = "An iSCSI target whose WRITE ATOMIC(16) never tears.",
    footer = {
      "",
      "First steps:",
      "  untorn serve                          a disk of 1 GiB, kept in ./untorn-data",
      "  untorn serve --ram --listen 127.0.0.1:0 --json",
      "                                        one for a test: in memory, any port, one line of"
          + " JSON",
      "  untorn serve --help                   every option",
      "  untorn volume --help                  volumes, snapshots, clones; images in and out",
      "  untorn lun --help                     logical units, while the daemon runs",
      "  untorn check DIR                      verify every checksum of a pool",
      "  untorn doctor /dev/sdX                what atomic writes a Linux disk offers",
      "  untorn prove                          power cuts tear plain writes and never atomic ones",
      "  untorn crash-states --help            every state that a power cut may have left",
      "",
      "Exit codes: 0 done, 1 it failed, 2 it was asked for something that cannot be.",
      "More words on standard error: UNTORN_LOG=debug"
    })
public final class Main implements Callable<Integer> {

  @Spec private CommandSpec spec = CommandSpec.create();

  private Main() {}

  /** Without a command: says what there is. */
  @Override
  public Integer call() {
    spec.commandLine().usage(spec.commandLine().getErr());
    return spec.exitCodeOnInvalidInput();
  }

  /** Runs the program and ends the process with its exit code. */
  public static void main(String[] arguments) {
    System.exit(commandLine().execute(arguments));
  }

  /** The program as a library: what the command line does, without ending the process. */
  static CommandLine commandLine() {
    return new CommandLine(new Main())
        .registerConverter(Endpoint.class, text -> converted(Endpoint.parse(text)))
        .registerConverter(
            PortalConfig.Settings.class, text -> converted(PortalConfig.Settings.parse(text)))
        .registerConverter(Advertised.class, text -> converted(Advertised.parse(text)))
        .registerConverter(Size.class, text -> converted(Size.parse(text)))
        .registerConverter(Threshold.class, text -> converted(Threshold.parse(text)))
        .registerConverter(BlockCount.class, text -> converted(BlockCount.parse(text)))
        .setParameterExceptionHandler(Main::wrongUsage)
        .setExecutionExceptionHandler(Main::failed)
        .setUsageHelpWidth(100);
  }

  private static <T> T converted(Parsed<T> parsed) {
    return switch (parsed) {
      case Parsed.Value<T>(T value) -> value;
      case Parsed.Wrong<T>(String why) -> throw new TypeConversionException(why);
    };
  }

  private static int wrongUsage(ParameterException problem, String[] arguments) {
    CommandLine command = problem.getCommandLine();
    String path = command.getCommandSpec().qualifiedName();
    print(command.getErr(), List.of(problem.getMessage() + " (see '" + path + " --help')"));
    return command.getCommandSpec().exitCodeOnInvalidInput();
  }

  private static int failed(
      Exception problem, CommandLine command, CommandLine.ParseResult parseResult) {
    print(command.getErr(), List.of(problem.toString()));
    return command.getCommandSpec().exitCodeOnExecutionException();
  }

  /** Says what is wrong, the program's name before each line. */
  static void print(PrintWriter err, List<String> lines) {
    lines.stream().flatMap(String::lines).forEach(line -> err.println("untorn: " + line));
    err.flush();
  }
}
