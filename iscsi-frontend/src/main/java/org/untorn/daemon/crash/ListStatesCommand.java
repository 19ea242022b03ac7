package org.untorn.daemon.crash;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.untorn.daemon.config.Parsed;
import org.untorn.daemon.volume.VolumeAdmin;
import org.untorn.daemon.volume.VolumeOptions;
import org.untorn.daemon.volume.VolumeReport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code untorn crash-states list}: lists crash states, and has them checked. */
@Command(
    name = "list",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    header = "List the states that a power cut may have left, and have each checked.",
    description = {
      "",
      "A state is named by what it is: 57~41~45:0..3 is that the power goes when command 57 was just",
      "sent, and all survives but command 41 and blocks 0 to 3 of command 45. States with the same",
      "content are one. A checker gets an image of each, and says by exit code 0 that it is good; it",
      "may change the image. Of the first bad state losses are taken away as long as it stays bad.",
      "",
      "Exit codes: 0 listed, and all are good; 1 some are bad, or it failed; 2 it was asked for",
      "something that cannot be."
    },
    footer = {
      "",
      "Examples:",
      "  untorn crash-states list disk0-lun0",
      "  untorn crash-states list disk0-lun0 --run 'fsck.ext4 -fn {}'",
      "  untorn crash-states list disk0-lun0 --run 'fsck.ext4 -fn {}' --state 57~41"
    })
final class ListStatesCommand implements Callable<Integer> {

  private static final int MOST_STATES = 1_000_000;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "VOLUME", description = "The volume that was recorded.")
  private String volume = "";

  @Option(
      names = "--states",
      paramLabel = "N",
      order = 1,
      description = "So many at most; if there are more, a sample. Default: 1000.")
  private int most = 1000;

  @Option(
      names = "--seed",
      paramLabel = "S",
      order = 2,
      description = "What a sample is drawn from. Default: 1.")
  private long seed = 1;

  @Option(
      names = "--state",
      paramLabel = "STATE",
      order = 3,
      description = "This one and no others; may be given several times.")
  private List<String> wanted = new ArrayList<>();

  @Option(
      names = "--run",
      paramLabel = "COMMAND",
      order = 4,
      description = "Have the shell run this for each state; {} stands for the name of its image.")
  private Optional<String> run = Optional.empty();

  @Mixin private VolumeOptions options = new VolumeOptions();

  @Override
  public Integer call() {
    VolumeReport report = new VolumeReport(spec, options.json());
    if (most < 1 || most > MOST_STATES) {
      return report.impossible("--states %d: from 1 to %d can be had".formatted(most, MOST_STATES));
    }
    if (run.isPresent() && !run.get().contains(Checker.IMAGE)) {
      return report.impossible(
          "--run '%s': say with {} where the image stands".formatted(run.get()));
    }
    try {
      return options.use(false, admin -> list(admin, report));
    } catch (IOException problem) {
      return report.failed(problem);
    }
  }

  private int list(VolumeAdmin admin, VolumeReport report) throws IOException {
    Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
    try (RecordedRun recorded = RecordedRun.open(admin, volume, temporary)) {
      return switch (states(recorded)) {
        case Parsed.Wrong<CrashStates>(String why) -> report.impossible(why);
        case Parsed.Value<CrashStates>(CrashStates states) -> report(recorded, states);
      };
    }
  }

  private Parsed<CrashStates> states(RecordedRun recorded) {
    if (wanted.isEmpty()) {
      return Parsed.value(CrashStates.of(recorded.recording(), recorded.places(), most, seed));
    }
    return Parsed.all(
            wanted.stream().map(text -> CrashState.parse(text, recorded.recording())).toList())
        .then(states -> Parsed.value(new CrashStates(false, states)));
  }

  private int report(RecordedRun recorded, CrashStates states) throws IOException {
    Optional<Check> check = Optional.empty();
    if (run.isPresent()) {
      check = Optional.of(Check.of(recorded, states.all(), new Checker(run.get())));
    }
    StatesReport said =
        new StatesReport(
            volume,
            recorded.recording(),
            states,
            !wanted.isEmpty(),
            seed,
            check,
            state ->
                "untorn crash-states export %s %s bad.img%s"
                    .formatted(volume, state, options.again()));
    PrintWriter out = spec.commandLine().getOut();
    if (options.json()) {
      out.println(said.json());
    } else {
      said.print(out);
    }
    out.flush();
    return check.filter(all -> !all.bad().isEmpty()).isPresent()
        ? spec.exitCodeOnExecutionException()
        : spec.exitCodeOnSuccess();
  }
}
