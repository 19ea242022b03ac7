package org.untorn.daemon.doctor;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.untorn.daemon.config.Size;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code untorn doctor}: what a disk, the kernel and a file system offer of atomic writes. */
@Command(
    name = "doctor",
    mixinStandardHelpOptions = true,
    header = "Tell what atomic writes a Linux disk or directory offers, and try them.",
    description = {
      "",
      "Of a disk (/dev/sdX, as root, while nothing uses it): what it offers itself, what the kernel",
      "makes of that, and whether atomic writes at every size arrive and misuse is refused. Of a",
      "directory: the same for the files of its file system and the disk below.",
      "",
      "Nothing changes: a disk is written what was just read from it; in a directory a temporary",
      "file is used. Exit codes: 0 all checks passed, 1 one did not, or the disk is in use, or there",
      "are no atomic writes to check, 2 there is no such disk or directory."
    })
public final class DoctorCommand implements Callable<Integer> {

  private static final Path SYSFS = Path.of("/sys");
  private static final int SCRATCH_FILE = 8 << 20;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "PATH", description = "A disk like /dev/sda, or a directory.")
  private Path path = Path.of("/");

  @Override
  public Integer call() throws IOException {
    if (!Files.exists(path)) {
      return complain(spec.exitCodeOnInvalidInput(), "there is no " + path);
    }
    return Files.isDirectory(path) ? directory() : disk();
  }

  private int disk() throws IOException {
    String name = path.toRealPath().getFileName().toString();
    if (!Files.exists(SYSFS.resolve("class/block").resolve(name))) {
      return complain(spec.exitCodeOnInvalidInput(), path + " is neither a disk nor a directory");
    }
    DiskFacts facts = DiskFacts.read(SYSFS, name, System.getProperty("os.version"));
    AtomicFile.Statx statx = AtomicFile.statx(path.toString());
    print(
        "%s: %s, blocks of %d bytes, physical ones of %d"
            .formatted(
                path,
                facts.vendorAndModel().isEmpty() ? "a disk" : facts.vendorAndModel(),
                facts.queue().logicalBlockSize(),
                facts.queue().physicalBlockSize()),
        Diagnosis.offers(facts));
    return switch (AtomicFile.open(path.toString())) {
      case AtomicFile.Result.Failed(int error) ->
          complain(
              spec.exitCodeOnExecutionException(),
              "no check was made: cannot have %s alone, %s".formatted(path, Libc.error(error)));
      case AtomicFile.Result.Opened(AtomicFile file) -> {
        try (file) {
          List<Diagnosis.Check> checks = new ArrayList<>();
          checks.add(Diagnosis.statxAgrees(facts.queue(), statx));
          checks.addAll(checks(file, statx));
          yield verdict(statx, checks);
        }
      }
    };
  }

  private int directory() throws IOException {
    Path file = Files.createTempFile(path, "untorn-doctor-", "");
    try {
      Files.write(file, new byte[SCRATCH_FILE]);
      AtomicFile.Statx statx = AtomicFile.statx(file.toString());
      print(
          path + ": a directory on " + Files.getFileStore(path),
          List.of(Diagnosis.fileSystem(statx)));
      return switch (AtomicFile.open(file.toString())) {
        case AtomicFile.Result.Failed(int error) ->
            complain(
                spec.exitCodeOnExecutionException(),
                "no check was made: no direct I/O in %s, %s".formatted(path, Libc.error(error)));
        case AtomicFile.Result.Opened(AtomicFile opened) -> {
          try (opened) {
            yield verdict(statx, checks(opened, statx));
          }
        }
      };
    } finally {
      Files.delete(file);
    }
  }

  /** Every power of two, and all kinds of misuse. */
  private static List<Diagnosis.Check> checks(AtomicFile file, AtomicFile.Statx statx) {
    List<Diagnosis.Check> checks = new ArrayList<>();
    if (!statx.supported()) {
      return checks;
    }
    int min = (int) statx.unitMin();
    int max = (int) Math.min(statx.unitMax(), SCRATCH_FILE / 4);
    for (int length = min; length <= max; length *= 2) {
      checks.add(
          Diagnosis.mustBeWritten(new Size(length) + " at once", file.rewrite(length, length, 1)));
    }
    checks.add(Diagnosis.mustBeRefused("in two buffers", file.rewrite(0, 2 * min, 2)));
    checks.add(Diagnosis.mustBeRefused("not naturally aligned", file.rewrite(min, 2 * min, 1)));
    checks.add(Diagnosis.mustBeRefused("no power of two", file.rewrite(0, 3 * min, 1)));
    if (max == statx.unitMax()) {
      checks.add(Diagnosis.mustBeRefused("longer than the longest", file.rewrite(0, 2 * max, 1)));
    }
    return checks;
  }

  private int verdict(AtomicFile.Statx statx, List<Diagnosis.Check> checks) {
    long failed = checks.stream().filter(check -> !check.passed()).count();
    PrintWriter out = spec.commandLine().getOut();
    checks.forEach(
        check ->
            out.printf(
                "  %-4s %-28s %s%n", check.passed() ? "ok" : "NOT", check.what(), check.result()));
    out.println();
    if (!statx.supported()) {
      out.println("There are no atomic writes here.");
    } else {
      out.println(failed == 0 ? "Every check passed." : failed + " CHECKS DID NOT PASS.");
    }
    out.flush();
    return statx.supported() && failed == 0
        ? spec.exitCodeOnSuccess()
        : spec.exitCodeOnExecutionException();
  }

  private void print(String title, List<Diagnosis.Offer> offers) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(title);
    out.println();
    offers.forEach(offer -> out.printf("  %-16s %s%n", offer.who(), offer.what()));
    out.println();
    out.flush();
  }

  private int complain(int exitCode, String why) {
    PrintWriter err = spec.commandLine().getErr();
    err.println("untorn: " + why);
    err.flush();
    return exitCode;
  }
}
