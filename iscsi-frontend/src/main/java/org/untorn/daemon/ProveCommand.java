package org.untorn.daemon;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.untorn.daemon.config.FaultConfig;
import org.untorn.daemon.config.LunConfig;
import org.untorn.daemon.config.Parsed;
import org.untorn.daemon.config.Size;
import org.untorn.daemon.control.Json;
import org.untorn.daemon.fault.Defect;
import org.untorn.daemon.prove.Experiment;
import org.untorn.daemon.prove.Proof;
import org.untorn.daemon.prove.ProofException;
import org.untorn.daemon.prove.Run;
import org.untorn.daemon.verdict.Evidence;
import org.untorn.daemon.verdict.EvidenceFile;
import org.untorn.daemon.verdict.VerdictJson;
import org.untorn.daemon.verdict.VerdictText;
import org.untorn.daemon.volume.Terminal;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code untorn prove}: shows that plain writes tear and atomic ones do not. */
@Command(
    name = "prove",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    header = "Prove that power cuts tear plain writes and never atomic ones.",
    description = {
      "",
      "Serves a disk with a volatile write cache on a free port of the loopback, writes to it over",
      "iSCSI, cuts its power again and again - inside a write, at a flush, at rest - and reads"
          + " what",
      "is left: once with WRITE(16), once with WRITE ATOMIC(16), the same workload from the same",
      "seed. Keeps what happened in an evidence file, which 'untorn verdict' reads.",
      "",
      "Exit codes: 0 plain writes tore and every promise was kept, 1 not so, 2 it was asked for",
      "something that cannot be."
    },
    footer = {
      "",
      "Examples:",
      "  untorn prove                                  1000 cuts",
      "  untorn prove --block-size 4KiB --luns 3 --snapshots",
      "  untorn prove --cuts 50 --defect flush-lies    a disk that is broken: it says how",
      "  untorn prove --replay untorn-proof.json       the same again, to the same hash"
    })
final class ProveCommand implements Callable<Integer> {

  private static final String STORE = "store";
  private static final String DEFECTS = "defects";
  private static final int MOST_CUTS = 100_000;
  private static final int MOST_LUNS = 64;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--cuts",
      paramLabel = "N",
      order = 1,
      description = "How often the power is cut in each of the two runs. Default: 1000.")
  private int cuts = 1000;

  @Option(
      names = "--seed",
      paramLabel = "S",
      order = 2,
      description = "Where all choices come from. Default: a new one, which is printed.")
  private Optional<Long> seed = Optional.empty();

  @Option(
      names = "--store",
      paramLabel = "ram|dir",
      order = 3,
      description = "Keep the blocks in memory or in a temporary directory. Default: ram.")
  private String store = "ram";

  @Option(
      names = "--block-size",
      paramLabel = "SIZE",
      order = 3,
      description = "Bytes per logical block, 512 or 4096. Default: 512.")
  private Size blockSize = new Size(LunConfig.DEFAULT_BLOCK_SIZE);

  @Option(
      names = "--luns",
      paramLabel = "N",
      order = 3,
      description = "How many disks are written to, under one power switch. Default: 1.")
  private int luns = 1;

  @Option(
      names = "--snapshots",
      order = 3,
      description = "Take snapshots meanwhile, and look at them after each cut.")
  private boolean snapshots;

  @Option(
      names = "--evidence",
      paramLabel = "FILE",
      order = 4,
      description = "Where the evidence goes. Default: untorn-proof.json.")
  private Path evidence = Path.of("untorn-proof.json");

  @Option(
      names = "--replay",
      paramLabel = "FILE",
      order = 5,
      description = "Do what evidence is of once more, and compare the hashes; changes no file.")
  private Optional<Path> replay = Optional.empty();

  @Option(
      names = "--defect",
      paramLabel = "NAME",
      order = 6,
      description = "Let the disk break a promise ('untorn serve --help'); may be repeated.")
  private List<String> defects = new ArrayList<>();

  @Option(names = "--json", order = 7, description = "Answer with one line of JSON.")
  private boolean json;

  @ArgGroup(
      validate = false,
      heading = "%nThe limits of WRITE ATOMIC (a bare number is blocks, 64KiB is bytes):%n",
      order = 8)
  private Flags.Atomic atomic = new Flags.Atomic();

  @Override
  public Integer call() throws IOException {
    switch (task()) {
      case Parsed.Wrong<Task>(String why) -> {
        Main.print(spec.commandLine().getErr(), List.of(why));
        return spec.exitCodeOnInvalidInput();
      }
      case Parsed.Value<Task>(Task task) -> {
        try {
          return prove(task);
        } catch (ProofException problem) {
          Main.print(
              spec.commandLine().getErr(),
              List.of(problem.getMessage(), "the same again: " + task.commandLine()));
          return spec.exitCodeOnExecutionException();
        }
      }
    }
  }

  private Parsed<Task> task() {
    if (replay.isPresent()) {
      return replayed(replay.get());
    }
    if (cuts < 1 || cuts > MOST_CUTS) {
      return Parsed.wrong("--cuts %d: from 1 to %d can be had".formatted(cuts, MOST_CUTS));
    }
    if (!store.equals("ram") && !store.equals("dir")) {
      return Parsed.wrong("--store " + store + ": there are ram and dir");
    }
    if (luns < 1 || luns > MOST_LUNS) {
      return Parsed.wrong("--luns %d: from 1 to %d can be had".formatted(luns, MOST_LUNS));
    }
    if (!List.of(512L, 4096L).contains(blockSize.bytes())) {
      return Parsed.wrong("--block-size %s: there are 512 and 4KiB".formatted(blockSize));
    }
    int blockLength = Math.toIntExact(blockSize.bytes());
    Parsed<List<Defect>> known = Parsed.all(defects.stream().map(Defect::parse).toList());
    if (known instanceof Parsed.Wrong<List<Defect>>(String why)) {
      return Parsed.wrong("--defect: " + why);
    }
    return atomic
        .limits(blockLength)
        .then(
            limits -> {
              if (limits.maximumTransferLength() == 0) {
                return Parsed.wrong("a disk without WRITE ATOMIC has nothing to prove");
              }
              long chosen = seed.orElseGet(() -> new SecureRandom().nextLong(1L << 48));
              return Parsed.value(
                  new Task(
                      new Experiment(chosen, cuts, blockLength, limits, luns, snapshots),
                      store,
                      defects));
            });
  }

  private static Parsed<Task> replayed(Path file) {
    try {
      Evidence old = EvidenceFile.read(file);
      String broken = old.facts().getOrDefault(DEFECTS, "");
      return Parsed.value(
          new Task(
              Proof.experimentOf(old),
              old.facts().getOrDefault(STORE, "ram"),
              broken.isEmpty() ? List.of() : List.of(broken.split(" ", -1))));
    } catch (IOException | IllegalArgumentException problem) {
      return Parsed.wrong("cannot replay " + file + ": " + problem.getMessage());
    }
  }

  private int prove(Task task) throws IOException {
    Warnings.ofRoot();
    PrintWriter out = spec.commandLine().getOut();
    Proof proof =
        Proof.of(
            task.experiment(),
            () ->
                BenchRig.build(
                    task.experiment(),
                    task.store().equals("ram"),
                    FaultConfig.power(task.experiment().seed())
                        .withDefects(task.defects().toArray(String[]::new))),
            task.facts(),
            progress(out, 2 * task.experiment().cuts()));
    boolean same = true;
    if (replay.isPresent()) {
      same = EvidenceFile.hashOf(replay.get()).equals(proof.evidence().hash());
    } else {
      Files.writeString(evidence, proof.evidence().text());
    }
    boolean well = proof.holds() && same;
    if (json) {
      boolean asBefore = same;
      out.println(Json.object(fields -> write(fields, proof, task, asBefore)));
    } else {
      tell(out, proof, same);
    }
    out.flush();
    if (!well) {
      Main.print(spec.commandLine().getErr(), List.of("the same again: " + task.commandLine()));
    }
    return well ? spec.exitCodeOnSuccess() : spec.exitCodeOnExecutionException();
  }

  private Run.Progress progress(PrintWriter out, int all) {
    if (json || !Terminal.isThere()) {
      return _ -> {};
    }
    return done -> {
      if (done % 20 == 0 || done == all) {
        out.print(done == all ? "\r\u001b[K" : "\r%d of %d cuts".formatted(done, all));
        out.flush();
      }
    };
  }

  private void tell(PrintWriter out, Proof proof, boolean same) {
    out.println(proof.conclusion());
    out.println();
    out.print(VerdictText.of(proof.runs()));
    out.println();
    out.printf("seed %d, %d s%n", proof.experiment().seed(), proof.seconds());
    if (replay.isPresent()) {
      out.println(
          same
              ? "the same happened as in " + replay.get() + ", event by event"
              : "this is not what happened in " + replay.get());
    } else {
      out.printf("evidence in %s%n", evidence);
    }
    out.println("sha256 " + proof.evidence().hash());
  }

  private void write(JsonGenerator fields, Proof proof, Task task, boolean same)
      throws IOException {
    fields.writeBooleanField("holds", proof.holds());
    fields.writeStringField("conclusion", proof.conclusion());
    fields.writeNumberField("seed", proof.experiment().seed());
    fields.writeNumberField("seconds", proof.seconds());
    fields.writeStringField("sha256", proof.evidence().hash());
    if (replay.isPresent()) {
      fields.writeBooleanField("same", same);
    } else {
      fields.writeStringField("evidence", evidence.toString());
    }
    fields.writeStringField("again", task.commandLine());
    VerdictJson.write(fields, true, proof.runs());
  }

  /** What is to be done, and how a user says so. */
  private record Task(Experiment experiment, String store, List<String> defects) {

    Map<String, String> facts() {
      return new TreeMap<>(Map.of(STORE, store, DEFECTS, String.join(" ", defects)));
    }

    String commandLine() {
      return "untorn prove --seed %d --cuts %d --store %s --atomic-max %d --atomic-alignment %d"
              .formatted(
                  experiment.seed(),
                  experiment.cuts(),
                  store,
                  experiment.limits().maximumTransferLength(),
                  experiment.limits().alignment())
          + " --atomic-granularity %d --atomic-max-with-boundary %d --atomic-boundary-max %d"
              .formatted(
                  experiment.limits().granularity(),
                  experiment.limits().maximumTransferLengthWithBoundary(),
                  experiment.limits().maximumBoundarySize())
          + " --block-size %d --luns %d%s"
              .formatted(
                  experiment.blockLength(),
                  experiment.units(),
                  experiment.snapshots() ? " --snapshots" : "")
          + String.join("", defects.stream().map(defect -> " --defect " + defect).toList());
    }
  }
}
