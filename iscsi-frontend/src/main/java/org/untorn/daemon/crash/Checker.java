package org.untorn.daemon.crash;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * A command that says whether an image is good: it ends with 0.
 *
 * @param command for the shell; {@value #IMAGE} in it stands for the image's name
 */
record Checker(String command) {

  /** What stands for the image. */
  static final String IMAGE = "{}";

  private static final int MOST_OUTPUT = 64 << 10;
  private static final int BRIEF = 1 << 10;

  /** What it said of an image, both streams together. */
  record Verdict(int exitCode, String output) {
    boolean isGood() {
      return exitCode == 0;
    }

    /** The same with no more than the beginning of what it said. */
    Verdict brief() {
      return new Verdict(exitCode, output.substring(0, Math.min(BRIEF, output.length())));
    }
  }

  /** Runs it. */
  Verdict run(Path image) throws IOException {
    String quoted = "'" + image.toAbsolutePath().toString().replace("'", "'\\''") + "'";
    Process process =
        new ProcessBuilder(List.of("/bin/sh", "-c", command.replace(IMAGE, quoted)))
            .redirectErrorStream(true)
            .start();
    process.getOutputStream().close();
    byte[] output = process.getInputStream().readNBytes(MOST_OUTPUT);
    process.getInputStream().transferTo(OutputStream.nullOutputStream());
    try {
      int exitCode = process.waitFor();
      return new Verdict(exitCode, new String(output, StandardCharsets.UTF_8).strip());
    } catch (InterruptedException e) {
      process.destroy();
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while the checker ran");
    }
  }
}
