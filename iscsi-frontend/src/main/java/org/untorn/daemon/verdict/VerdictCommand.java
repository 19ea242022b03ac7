package org.untorn.daemon.verdict;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.untorn.daemon.control.Json;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code untorn verdict}: judges a recorded history. */
@Command(
    name = "verdict",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    header = "Judge a recorded history: what a disk did with its promises.",
    description = {
      "",
      "Says of each range that was written before a power cut whether it is new, old, torn, lost,",
      "reordered, misdirected or corrupt, and which promises (atomicity, durability, ordering,",
      "integrity, linearisability) that breaks. The same history has the same verdict for ever.",
      "",
      "Exit codes: 0 all promises were kept, 1 some were not or the history is not whole, 2 the file",
      "is no history, or cannot be written."
    },
    footer = {"", "Example:", "  untorn verdict proof.json --html proof.html"})
public final class VerdictCommand implements Callable<Integer> {

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "FILE", description = "Evidence, or a history that a disk recorded.")
  private Path file = Path.of("");

  @Option(names = "--json", description = "Answer with one line of JSON.")
  private boolean json;

  @Option(names = "--junit", paramLabel = "OUT", description = "Write JUnit XML, too.")
  private Optional<Path> junit = Optional.empty();

  @Option(names = "--html", paramLabel = "OUT", description = "Write a page for people, too.")
  private Optional<Path> html = Optional.empty();

  @Override
  public Integer call() {
    Evidence evidence;
    List<Judged> all;
    try {
      evidence = EvidenceFile.read(file);
      all = Judged.all(evidence);
    } catch (IOException | IllegalArgumentException problem) {
      return refused("cannot judge " + file + ": " + problem.getMessage());
    }
    try {
      if (junit.isPresent()) {
        write(junit.get(), VerdictXml.of(evidence, all));
      }
      if (html.isPresent()) {
        write(html.get(), VerdictPage.of(evidence, all));
      }
    } catch (IOException problem) {
      return refused("cannot write " + problem.getMessage());
    }
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(Json.object(fields -> VerdictJson.write(fields, evidence.gaps().isEmpty(), all)));
    } else {
      out.print(VerdictText.of(all));
      evidence.gaps().forEach(out::println);
    }
    out.flush();
    return evidence.gaps().isEmpty() && all.stream().allMatch(one -> one.verdict().kept())
        ? spec.exitCodeOnSuccess()
        : spec.exitCodeOnExecutionException();
  }

  private static void write(Path to, String text) throws IOException {
    try {
      Files.writeString(to, text);
    } catch (IOException problem) {
      throw new IOException(to + ": " + problem.getMessage(), problem);
    }
  }

  private int refused(String why) {
    PrintWriter err = spec.commandLine().getErr();
    err.println("untorn: " + why);
    err.flush();
    return spec.exitCodeOnInvalidInput();
  }
}
