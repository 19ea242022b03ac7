package org.untorn.daemon.control;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The document that describes the control API: docs/openapi.yaml. */
public final class OpenApi {

  private static final String FILE = "openapi.yaml";

  private OpenApi() {}

  /** All of it. */
  public static String text() {
    try (InputStream in = OpenApi.class.getResourceAsStream(FILE)) {
      if (in == null) {
        throw new IllegalStateException("this was built without " + FILE);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + FILE, e);
    }
  }

  /** The resource {@code /openapi.yaml}. */
  public static Answer answer() {
    return Answer.text(200, "application/yaml", text());
  }
}
