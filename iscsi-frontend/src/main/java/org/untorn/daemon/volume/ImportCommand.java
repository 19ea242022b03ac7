package org.untorn.daemon.volume;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.untorn.daemon.config.Size;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code untorn volume import}: an image file becomes a volume. */
@Command(
    name = "import",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    header = "Make a volume of an image file.",
    description = {
      "",
      "The volume appears when all of it is there. Blocks of zeros take no room. A last block that",
      "is not whole is filled with zeros."
    })
final class ImportCommand implements Callable<Integer> {

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(index = "0", paramLabel = "NAME", description = "The new volume's name.")
  private String name = "";

  @Parameters(
      index = "1",
      paramLabel = "FILE",
      description = "The image; '-' is standard input (raw).")
  private String file = "";

  @Option(
      names = "--size",
      paramLabel = "SIZE",
      order = 1,
      description = "The volume's capacity. Default: the image's.")
  private Optional<Size> size = Optional.empty();

  @Option(
      names = "--block-size",
      paramLabel = "BYTES",
      order = 2,
      description = "Bytes per logical block, 512 or 4096. Default: 512.")
  private Optional<Size> blockSize = Optional.empty();

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      order = 3,
      description =
          "raw, or one that qemu-img reads: qcow2, vmdk, vdi, vhdx, vpc. Default: as the file's"
              + " name ends, else raw.")
  private Optional<String> format = Optional.empty();

  @Mixin private VolumeOptions options = new VolumeOptions();

  @Override
  public Integer call() {
    VolumeReport report = new VolumeReport(spec, options.json());
    boolean fromStandardInput = file.equals("-");
    String given = format.orElse(fromStandardInput ? QemuImg.RAW : QemuImg.formatOf(file));
    if (fromStandardInput && !given.equals(QemuImg.RAW)) {
      return report.impossible("standard input gives raw images only; give a file");
    }
    if (!fromStandardInput && !Files.isReadable(Path.of(file))) {
      return report.impossible("there is no file %s to read".formatted(file));
    }
    int block = VolumeCommand.blockSize(blockSize);
    OptionalLong bytes =
        size.isPresent() ? OptionalLong.of(size.get().bytes()) : OptionalLong.empty();
    try {
      return options.use(
          true,
          admin ->
              report.answer(
                  "imported %s",
                  fromStandardInput
                      ? importFrom(admin, RawImage.stream(System.in, block, bytes))
                      : fromFile(admin, Path.of(file), given, block, bytes)));
    } catch (FileSystemException problem) {
      return report.impossible(
          "cannot read %s (%s)".formatted(file, problem.getClass().getSimpleName()));
    } catch (IOException problem) {
      return report.failed(problem);
    }
  }

  private VolumeAnswer fromFile(
      VolumeAdmin admin, Path image, String given, int block, OptionalLong bytes)
      throws IOException {
    if (given.equals(QemuImg.RAW)) {
      return importFrom(admin, RawImage.file(image, block, bytes));
    }
    Path raw = image.resolveSibling(image.getFileName() + ".part-raw");
    try {
      QemuImg.convert(image, given, raw, QemuImg.RAW);
      return importFrom(admin, RawImage.file(raw, block, bytes));
    } finally {
      Files.deleteIfExists(raw);
    }
  }

  private VolumeAnswer importFrom(VolumeAdmin admin, ContentSource source) throws IOException {
    return Terminal.isThere()
        ? shown(admin, source, spec.commandLine().getErr())
        : admin.importFrom(name, source);
  }

  private VolumeAnswer shown(VolumeAdmin admin, ContentSource source, PrintWriter terminal)
      throws IOException {
    return admin.importFrom(
        name,
        sink -> {
          Progress progress = new Progress("importing " + name, sink, terminal, System::nanoTime);
          try {
            source.copyTo(progress);
          } finally {
            progress.clear();
          }
        });
  }
}
