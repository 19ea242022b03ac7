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
      "Exit codes: 0 all promises were kept, 1 some were not, 2 the file is no history."
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
  public Integer call() throws IOException {
    Evidence evidence;
    List<Judged> all;
    try {
      evidence = EvidenceFile.read(file);
      all = Judged.all(evidence);
    } catch (IOException | IllegalArgumentException problem) {
      PrintWriter err = spec.commandLine().getErr();
      err.println("untorn: cannot judge " + file + ": " + problem.getMessage());
      err.flush();
      return spec.exitCodeOnInvalidInput();
    }
    if (junit.isPresent()) {
      Files.writeString(junit.get(), VerdictXml.of(all));
    }
    if (html.isPresent()) {
      Files.writeString(html.get(), VerdictPage.of(evidence, all));
    }
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(Json.object(fields -> VerdictJson.write(fields, all)));
    } else {
      out.print(VerdictText.of(all));
    }
    out.flush();
    return all.stream().allMatch(one -> one.verdict().kept())
        ? spec.exitCodeOnSuccess()
        : spec.exitCodeOnExecutionException();
  }
}
