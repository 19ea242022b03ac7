package org.untorn.conformance.vm;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import org.untorn.testkit.Ready;

/** What the target says it was sent: the counters of {@code GET /targets} at one moment. */
record Counters(JsonNode targets) {

  private static final ObjectMapper JSON = new ObjectMapper();

  static Counters of(Ready ready) {
    try (InputStream targets = ready.control().resolve("/targets").toURL().openStream()) {
      return new Counters(JSON.readTree(targets));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Commands with an operation code that a logical unit of the first target has carried out. */
  long commands(int lun, int wanted) {
    long sum = 0;
    for (JsonNode unit : targets.path("targets").path(0).path("luns")) {
      if (unit.path("lun").asInt() == lun) {
        for (JsonNode counter : unit.path("commands")) {
          // A command with a service action is told as "9E/10".
          int opcode = Integer.parseInt(counter.path("opcode").asText().substring(0, 2), 16);
          sum += opcode == wanted ? counter.path("commands").asLong() : 0;
        }
      }
    }
    return sum;
  }
}
