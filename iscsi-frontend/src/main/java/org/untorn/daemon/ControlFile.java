package org.untorn.daemon;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * The file {@code control.json} in a directory store: {@code {"url":"http://...","pid":1}}. It is
 * there while the daemon runs, so that others find its control API by the directory alone.
 */
final class ControlFile implements AutoCloseable {

  private static final String NAME = "control.json";

  private final Path file;

  private ControlFile(Path file) {
    this.file = file;
  }

  /** Writes it, in one piece, over what a killed daemon may have left. */
  static ControlFile write(Path directory, URI url) throws IOException {
    Path file = directory.resolve(NAME);
    Path beside = directory.resolve(NAME + ".new");
    String text =
        Json.object(
            json -> {
              json.writeStringField("url", url.toString());
              json.writeNumberField("pid", ProcessHandle.current().pid());
            });
    Files.writeString(beside, text + "\n");
    Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE);
    return new ControlFile(file);
  }

  /** Removes it. */
  @Override
  public void close() throws IOException {
    Files.deleteIfExists(file);
  }
}
