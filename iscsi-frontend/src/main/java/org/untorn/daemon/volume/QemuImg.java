package org.untorn.daemon.volume;

import java.io.File;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Images of other formats, which {@code qemu-img} makes of raw ones and the other way round. */
public final class QemuImg {

  public static final String RAW = "raw";

  private static final Map<String, String> BY_SUFFIX =
      Map.of(
          "qcow2", "qcow2",
          "vmdk", "vmdk",
          "vdi", "vdi",
          "vhdx", "vhdx",
          "vhd", "vpc");

  private QemuImg() {}

  /**
   * The format that a file's name speaks of. What is in a file is never asked: a raw image holds
   * what its user wrote, and that may look like another format, which names other files.
   */
  public static String formatOf(String fileName) {
    String suffix = fileName.substring(fileName.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    return BY_SUFFIX.getOrDefault(suffix, RAW);
  }

  /** Makes {@code to} of {@code from}. */
  public static void convert(Path from, String fromFormat, Path to, String toFormat)
      throws IOException {
    run(
        List.of(
            program(),
            "convert",
            "-f",
            fromFormat,
            "-O",
            toFormat,
            from.toAbsolutePath().toString(),
            to.toAbsolutePath().toString()));
  }

  private static String program() throws IOException {
    String path = System.getenv().getOrDefault("PATH", "");
    for (String directory : path.split(File.pathSeparator, -1)) {
      Path program = Path.of(directory, "qemu-img");
      if (Files.isExecutable(program)) {
        return program.toString();
      }
    }
    throw new IOException(
        "only raw images can be had without qemu-img; install it (Debian: qemu-utils), or say"
            + " --format raw");
  }

  private static void run(List<String> command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String said =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    try {
      if (process.waitFor() != 0) {
        throw new IOException(said.lines().findFirst().orElse("qemu-img failed"));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while qemu-img ran");
    }
  }
}
