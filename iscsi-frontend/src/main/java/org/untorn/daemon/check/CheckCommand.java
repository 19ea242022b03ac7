package org.untorn.daemon.check;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.untorn.backstore.DirectoryMedium;
import org.untorn.backstore.Finding;
import org.untorn.backstore.Medium;
import org.untorn.backstore.PoolCheck;
import org.untorn.backstore.PoolRepair;
import org.untorn.backstore.ReadOnlyDirectory;
import org.untorn.daemon.control.Json;
import org.untorn.daemon.volume.Terminal;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code untorn check}: reads all of a pool and says what is wrong with it. */
@Command(
    name = "check",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    header = "Verify every checksum of a pool that nobody serves, or repair it.",
    description = {
      "",
      "Reads both superblocks, the checkpoint, the log behind it, and every block of every volume",
      "and snapshot, and says in words what is damaged, where, and whose blocks are hit. A torn end",
      "of the log, as a crash leaves it, is no damage. DIR may be read-only: without --repair nothing",
      "is changed.",
      "",
      "Exit codes: 0 all is sound, 1 something is damaged, 2 there is no pool, or it is in use."
    })
public final class CheckCommand implements Callable<Integer> {

  /** So many findings stand in JSON; all of them are counted. */
  private static final int MOST_FINDINGS = 10_000;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(
      paramLabel = "DIR",
      arity = "0..1",
      description = "The directory that holds the blocks. Default: untorn-data.")
  private Path dir = Path.of("untorn-data");

  @Option(
      names = "--repair",
      description = {
        "Make a pool that is refused one that opens, with all in it that is provably good, and check",
        "it then. Blocks that are lost end in MEDIUM ERROR until they are written again. The",
        "superblocks and checkpoints as they were are kept beside it, as *.damaged-1."
      })
  private boolean repair;

  @Option(
      names = "--accept-loss",
      description = {
        "With --repair: go on without changes of which nobody knows any more what they did. Blocks",
        "that they wrote keep what they held before. Without this such a pool stays as it is."
      })
  private boolean acceptLoss;

  @Option(names = "--json", description = "Answer with one line of JSON.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    if (!Files.isDirectory(dir)) {
      return complain("there is no directory " + dir);
    }
    if (acceptLoss && !repair) {
      return complain("--accept-loss goes with --repair");
    }
    try (Medium medium = ReadOnlyDirectory.open(dir)) {
      if (medium.files().stream().noneMatch(PoolCheck::isOfAPool)) {
        return complain("there is no pool in " + dir);
      }
      if (!repair) {
        return check(medium, new Teller(spec.commandLine().getOut()));
      }
    } catch (FileSystemException problem) {
      return complain(problem);
    } catch (IOException problem) {
      return complain(String.valueOf(problem.getMessage()));
    }
    try (Medium medium = DirectoryMedium.open(dir)) {
      return repair(medium);
    } catch (FileSystemException problem) {
      return complain(problem);
    } catch (IOException problem) {
      return complain(String.valueOf(problem.getMessage()));
    }
  }

  private int check(Medium medium, Teller teller) throws IOException {
    PoolCheck.Summary summary = PoolCheck.run(medium, teller);
    teller.end(summary);
    return summary.findings() == 0 && teller.givenUp.isEmpty()
        ? spec.exitCodeOnSuccess()
        : spec.exitCodeOnExecutionException();
  }

  private int repair(Medium medium) throws IOException {
    Teller teller = new Teller(spec.commandLine().getOut());
    return switch (PoolRepair.run(medium, acceptLoss)) {
      case PoolRepair.Outcome.Opens _ -> check(medium, teller);
      case PoolRepair.Outcome.Repaired repaired -> {
        repaired.unknown().forEach(teller::gaveUp);
        teller.noted("repaired; what was there before is kept as *.damaged-1 and so on");
        yield check(medium, teller);
      }
      case PoolRepair.Outcome.Refused refused -> {
        PrintWriter err = spec.commandLine().getErr();
        refused.unknown().forEach(err::println);
        String wayOut =
            refused.unknown().isEmpty()
                ? "restore the pool's files from a copy"
                : "restore the pool's files from a copy, or go on without with --accept-loss";
        complain("nothing was changed: %s; %s".formatted(refused.why(), wayOut));
        yield spec.exitCodeOnExecutionException();
      }
    };
  }

  private int complain(FileSystemException problem) {
    return complain(
        "cannot read %s (%s)".formatted(problem.getFile(), problem.getClass().getSimpleName()));
  }

  private int complain(String why) {
    PrintWriter err = spec.commandLine().getErr();
    err.println("untorn: " + why);
    err.flush();
    return spec.exitCodeOnInvalidInput();
  }

  /** Says what is found, while it is found; with {@code --json} all of it at the end. */
  private final class Teller implements PoolCheck.Listener {

    private static final int STEPS = 100;

    private final PrintWriter out;
    private final List<Finding> findings = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private final List<String> givenUp = new ArrayList<>();
    private final boolean shows = !json && Terminal.isThere();
    private long shown = -1;

    Teller(PrintWriter out) {
      this.out = out;
    }

    @Override
    public void found(Finding finding) {
      if (json && findings.size() < MOST_FINDINGS) {
        findings.add(finding);
      } else if (!json) {
        clear();
        out.println(finding);
        out.flush();
      }
    }

    void gaveUp(String what) {
      givenUp.add(what);
      if (!json) {
        out.println("given up: " + what);
        out.flush();
      }
    }

    @Override
    public void noted(String what) {
      if (json) {
        notes.add(what);
      } else {
        clear();
        out.println("(" + what + ")");
        out.flush();
      }
    }

    @Override
    public void progress(long done, long total) {
      long step = done / Math.max(1, total / STEPS);
      if (shows && step != shown) {
        shown = step;
        out.printf("\rchecking %d %%, %d of %d MiB", step, done >> 20, total >> 20);
        out.flush();
      }
    }

    private void clear() {
      if (shows) {
        out.print("\r\u001b[K");
      }
    }

    void end(PoolCheck.Summary summary) {
      clear();
      if (json) {
        out.println(Json.object(fields -> write(fields, summary)));
      } else if (summary.findings() == 0) {
        out.printf(
            "%s is sound: %d volumes and snapshots, %d MiB read%n",
            dir, summary.volumes(), summary.bytes() >> 20);
      } else {
        out.printf("%s is damaged in %d places%n", dir, summary.findings());
      }
      out.flush();
    }

    private void write(JsonGenerator fields, PoolCheck.Summary summary) throws IOException {
      fields.writeBooleanField("sound", summary.findings() == 0);
      fields.writeNumberField("volumes", summary.volumes());
      fields.writeNumberField("bytes", summary.bytes());
      fields.writeNumberField("findings", summary.findings());
      fields.writeArrayFieldStart("found");
      for (Finding finding : findings) {
        fields.writeStartObject();
        if (finding.blocks().isPresent()) {
          Finding.Blocks blocks = finding.blocks().get();
          fields.writeStringField("volume", blocks.volume());
          fields.writeNumberField("lba", blocks.lba());
          fields.writeNumberField("blocks", blocks.count());
        }
        fields.writeStringField("what", finding.what());
        fields.writeEndObject();
      }
      fields.writeEndArray();
      writeStrings(fields, "notes", notes);
      writeStrings(fields, "givenUp", givenUp);
    }

    private static void writeStrings(JsonGenerator fields, String name, List<String> values)
        throws IOException {
      fields.writeArrayFieldStart(name);
      for (String value : values) {
        fields.writeString(value);
      }
      fields.writeEndArray();
    }
  }
}
