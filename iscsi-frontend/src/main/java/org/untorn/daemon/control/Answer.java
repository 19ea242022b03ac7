package org.untorn.daemon.control;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalLong;

/**
 * An answer of the control API.
 *
 * @param status of HTTP
 * @param allow what the resource takes, if the method is not among it
 * @param length of the body in bytes; not known of one that is made while it is sent
 */
public record Answer(
    int status, String mediaType, List<String> allow, OptionalLong length, Body body) {

  private static final String JSON = "application/json";

  /**
   * Writes the body of an answer; what it throws ends the connection, for it is too late to say.
   */
  @FunctionalInterface
  public interface Body {
    void writeTo(OutputStream out) throws IOException;
  }

  public Answer {
    allow = List.copyOf(allow);
  }

  public static Answer text(int status, String mediaType, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return new Answer(
        status, mediaType, List.of(), OptionalLong.of(bytes.length), out -> out.write(bytes));
  }

  public static Answer json(int status, String object) {
    return text(status, JSON, object + "\n");
  }

  /** {@code {"error": "..."}}: one line that says what is wrong and what to do. */
  public static Answer error(int status, String what) {
    return json(status, Json.object(json -> json.writeStringField("error", what)));
  }

  /** 405: the resource is there, but does not take this. */
  public static Answer notAllowed(Request request, String... allow) {
    Answer error =
        error(
            405,
            "%s answers %s, not %s"
                .formatted(request.path(), String.join(" and ", allow), request.method()));
    return new Answer(405, JSON, List.of(allow), error.length, error.body);
  }

  /** A body of unknown length. */
  public static Answer stream(String mediaType, Body body) {
    return new Answer(200, mediaType, List.of(), OptionalLong.empty(), body);
  }
}
