package org.untorn.daemon.control;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/**
 * The file {@code control.json} in a directory store: {@code {"url":"http://...","pid":1}}. It is
 * there while the daemon runs, so that others find its control API by the directory alone. A daemon
 * that was killed leaves it behind.
 */
public final class ControlFile implements AutoCloseable {

  private static final String NAME = "control.json";

  private final Path file;

  private ControlFile(Path file) {
    this.file = file;
  }

  /** Writes it, in one piece, over what a killed daemon may have left. */
  public static ControlFile write(Path directory, URI url) throws IOException {
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

  /** The control API of the daemon that keeps its blocks there, if one says that it does. */
  public static Optional<URI> read(Path directory) throws IOException {
    Path file = directory.resolve(NAME);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try (JsonParser json = new JsonFactory().createParser(file.toFile())) {
      while (json.nextToken() != null) {
        if (json.currentToken() == JsonToken.VALUE_STRING && "url".equals(json.currentName())) {
          return Optional.of(URI.create(json.getText()));
        }
      }
      return Optional.empty();
    } catch (IllegalArgumentException problem) {
      throw new IOException(file + " names no control API: " + problem.getMessage(), problem);
    }
  }

  /** Removes it. */
  @Override
  public void close() throws IOException {
    Files.deleteIfExists(file);
  }
}
