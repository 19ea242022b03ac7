package org.untorn.conformance.qemu;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import org.untorn.testkit.ExternalTool;

/** Makes images of real file systems and moves them between files and a target. */
final class Images {

  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final ExternalTool qemuImg =
      ExternalTool.find("qemu-img", "Debian: qemu-utils and qemu-block-extra");

  /** An ext4 file system that holds this Java installation. */
  Path ext4(Path directory, String size) {
    Path image = directory.resolve("ext4.img");
    var _ =
        ExternalTool.find("mkfs.ext4", "Debian: e2fsprogs")
            .run(LIMIT, "-q", "-d", System.getProperty("java.home"), image.toString(), size)
            .successfulOutput();
    return image;
  }

  /** A squashfs file system that holds this Java installation, not compressed. */
  Path squashfs(Path directory) {
    Path image = directory.resolve("squashfs.img");
    var _ =
        ExternalTool.find("mksquashfs", "Debian: squashfs-tools")
            .run(
                LIMIT,
                System.getProperty("java.home"),
                image.toString(),
                "-quiet",
                "-no-progress",
                "-noI",
                "-noD",
                "-noF",
                "-noX")
            .successfulOutput();
    return image;
  }

  /** Copies an image to a target; QEMU flushes at the end. */
  void copyIn(Path image, String target) {
    run("convert", "-n", "-f", "raw", "--target-image-opts", image.toString(), target);
  }

  /** Copies a whole target to a file. */
  void copyOut(String source, Path image) {
    run("convert", "-O", "raw", "--image-opts", source, image.toString());
  }

  private void run(String... arguments) {
    var _ = qemuImg.run(LIMIT, arguments).successfulOutput();
  }

  /** The SHA-256 of the first {@code length} bytes of a file. */
  static String sha256(Path file, long length) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      byte[] buffer = new byte[1 << 20];
      long left = length;
      while (left > 0) {
        int read = in.readNBytes(buffer, 0, (int) Math.min(left, buffer.length));
        if (read == 0) {
          throw new IOException(file + " ends " + left + " bytes early");
        }
        digest.update(buffer, 0, read);
        left -= read;
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
