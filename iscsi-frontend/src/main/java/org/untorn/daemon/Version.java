package org.untorn.daemon;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.untorn.daemon.control.Json;
import picocli.CommandLine.IVersionProvider;

/** The version of this build: the resource {@code version.txt}, which Maven fills in. */
final class Version implements IVersionProvider {

  /** For example {@code 0.1.0-SNAPSHOT}. */
  static final String CURRENT = read();

  /** PRODUCT REVISION LEVEL of INQUIRY: major and minor version, at most four characters. */
  static final String REVISION = CURRENT.replaceFirst("^(\\d+\\.\\d+).*", "$1");

  @Override
  public String[] getVersion() {
    return new String[] {"untorn " + CURRENT + " on Java " + Runtime.version()};
  }

  /** The resource {@code /version}. */
  static String json() {
    return Json.object(
        json -> {
          json.writeStringField("name", "untorn");
          json.writeStringField("version", CURRENT);
          json.writeStringField("java", Runtime.version().toString());
        });
  }

  private static String read() {
    try (InputStream in =
        Objects.requireNonNull(Version.class.getResourceAsStream("version.txt"))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
    } catch (IOException e) {
      throw new UncheckedIOException("version.txt cannot be read", e);
    }
  }
}
