package org.untorn.daemon.volume;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code untorn volume export}: a volume becomes an image file. */
@Command(
    name = "export",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    header = "Write what a volume or snapshot holds now into an image file.",
    description = {
      "",
      "Writes to the volume go on meanwhile and are not in it. A raw file has holes where nothing",
      "was ever written. It has its name when it is whole."
    })
final class ExportCommand implements Callable<Integer> {

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(index = "0", paramLabel = "NAME", description = "A volume or snapshot.")
  private String name = "";

  @Parameters(
      index = "1",
      paramLabel = "FILE",
      description = "The image; '-' is standard output (raw).")
  private String file = "";

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      order = 1,
      description =
          "raw, or one that qemu-img makes: qcow2, vmdk, vdi, vhdx, vpc. Default: as the file's"
              + " name ends, else raw.")
  private Optional<String> format = Optional.empty();

  @Option(names = "--force", order = 2, description = "Replace the file if it is there.")
  private boolean force;

  @Mixin private VolumeOptions options = new VolumeOptions();

  @Override
  public Integer call() {
    VolumeReport report = new VolumeReport(spec, options.json());
    boolean toStandardOutput = file.equals("-");
    String wanted = format.orElse(toStandardOutput ? QemuImg.RAW : QemuImg.formatOf(file));
    if (toStandardOutput && !wanted.equals(QemuImg.RAW)) {
      return report.impossible("standard output takes raw images only; give a file");
    }
    if (!toStandardOutput && Files.exists(Path.of(file)) && !force) {
      return report.impossible(file + " is there already; say --force to replace it");
    }
    try {
      return options.use(
          false,
          admin ->
              toStandardOutput
                  ? silently(report, export(admin, RawImage.stream(System.out)))
                  : report.answer("exported %s", toFile(admin, Path.of(file), wanted)));
    } catch (FileSystemException problem) {
      return report.impossible(
          "cannot write %s (%s)".formatted(file, problem.getClass().getSimpleName()));
    } catch (IOException problem) {
      return report.failed(problem);
    }
  }

  /** Nothing but the image goes to standard output. */
  private int silently(VolumeReport report, VolumeAnswer answer) {
    return switch (answer) {
      case VolumeAnswer.Done _ -> spec.exitCodeOnSuccess();
      case VolumeAnswer.Refused _ -> report.answer("", answer);
    };
  }

  private VolumeAnswer toFile(VolumeAdmin admin, Path target, String wanted) throws IOException {
    Path raw = target.resolveSibling(target.getFileName() + ".part");
    Path converted = target.resolveSibling(target.getFileName() + ".part-" + wanted);
    try {
      VolumeAnswer answer;
      try (RawImage.FileSink sink = new RawImage.FileSink(raw)) {
        answer = export(admin, sink);
      }
      if (answer instanceof VolumeAnswer.Done) {
        if (wanted.equals(QemuImg.RAW)) {
          move(raw, target);
        } else {
          QemuImg.convert(raw, QemuImg.RAW, converted, wanted);
          move(converted, target);
        }
      }
      return answer;
    } finally {
      Files.deleteIfExists(raw);
      Files.deleteIfExists(converted);
    }
  }

  private static void move(Path from, Path to) throws IOException {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException _) {
      Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private VolumeAnswer export(VolumeAdmin admin, ContentSink sink) throws IOException {
    return Terminal.isThere()
        ? shown(admin, sink, spec.commandLine().getErr())
        : admin.exportTo(name, sink);
  }

  private VolumeAnswer shown(VolumeAdmin admin, ContentSink sink, PrintWriter terminal)
      throws IOException {
    Progress progress = new Progress("exporting " + name, sink, terminal, System::nanoTime);
    try {
      return admin.exportTo(name, progress);
    } finally {
      progress.clear();
    }
  }
}
