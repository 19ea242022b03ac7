package org.untorn.testkit.vm;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The guest's kernels and root file system, built from Debian packages and kept in a cache folder.
 *
 * <pre>
 *   $UNTORN_VM_CACHE (default ~/.cache/untorn/vm)
 *     └── key                hash of the packages, their versions and the scripts
 *         ├── root.img       the root file system; never written (QEMU's writes go to a scratch file)
 *         ├── stable/        vmlinux, initrd, release
 *         └── backports/     vmlinux, initrd, release
 * </pre>
 *
 * @param folder the folder of the key
 */
public record GuestImage(Path folder) {

  private static final String BUILDER = "build-guest.sh";
  private static final List<String> RESOURCES =
      List.of(
          BUILDER,
          "guest/initrd-init",
          "guest/guest-init",
          "guest/lib.sh",
          "guest/atomic-disk-checks.sh",
          "guest/atomic-tool.h",
          "guest/atomic-tool.c",
          "guest/race.c",
          "guest/scsi.c");
  private static final Duration BUILD_LIMIT = Duration.ofMinutes(15);

  private static Optional<GuestImage> known = Optional.empty();

  /**
   * Builds the image if it is not in the cache yet: about half a minute and 150 MB of packages. If
   * it is, its checksums are verified, once per process.
   *
   * @throws LinuxMachineException if it cannot be built; the message names what is missing
   */
  public static synchronized GuestImage get() {
    GuestImage image = known.orElseGet(GuestImage::build);
    known = Optional.of(image);
    return image;
  }

  private static GuestImage build() {
    try {
      Path scripts = extractResources();
      Path output = scripts.resolve("output");
      Path errors = scripts.resolve("errors");
      Process builder =
          new ProcessBuilder("bash", scripts.resolve(BUILDER).toString(), cache().toString())
              .redirectOutput(output.toFile())
              .redirectError(errors.toFile())
              .start();
      if (!builder.waitFor(BUILD_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
        builder.descendants().forEach(ProcessHandle::destroyForcibly);
        builder.destroyForcibly();
        throw new LinuxMachineException(
            "the guest was not built within " + BUILD_LIMIT + "\n" + Files.readString(errors));
      }
      if (builder.exitValue() != 0) {
        throw new LinuxMachineException(
            "the guest cannot be built:\n" + Files.readString(errors).strip());
      }
      return new GuestImage(Path.of(Files.readString(output).strip()));
    } catch (IOException e) {
      throw new LinuxMachineException("the guest cannot be built: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LinuxMachineException("interrupted while the guest was built", e);
    }
  }

  /** The kernel's release, as {@code uname -r} prints it. */
  public String release(GuestKernel kernel) {
    try {
      return Files.readString(folder.resolve(kernel.folder()).resolve("release")).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Path vmlinux(GuestKernel kernel) {
    return folder.resolve(kernel.folder()).resolve("vmlinux");
  }

  Path initrd(GuestKernel kernel) {
    return folder.resolve(kernel.folder()).resolve("initrd");
  }

  Path root() {
    return folder.resolve("root.img");
  }

  /** Copies the scripts and sources, which may be in a jar, to a temporary folder. */
  static Path extractResources() throws IOException {
    Path folder = Files.createTempDirectory("untorn-guest-");
    Files.createDirectory(folder.resolve("guest"));
    for (String name : RESOURCES) {
      try (InputStream in = GuestImage.class.getResourceAsStream(name)) {
        if (in == null) {
          throw new IOException("the test kit lacks its file " + name);
        }
        Path copy = folder.resolve(name);
        Files.write(copy, in.readAllBytes());
        copy.toFile().deleteOnExit();
      }
    }
    return folder;
  }

  private static Path cache() {
    return Optional.ofNullable(System.getenv("UNTORN_VM_CACHE"))
        .map(Path::of)
        .orElseGet(() -> Path.of(System.getProperty("user.home"), ".cache", "untorn", "vm"));
  }

  /** The last lines of a text file, for a failure message. */
  static String tail(Path file, int lines) {
    try {
      List<String> all =
          new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).lines().toList();
      return String.join("\n", all.subList(Math.max(0, all.size() - lines), all.size()));
    } catch (IOException e) {
      return "(nothing: " + e.getMessage() + ")";
    }
  }
}
