package org.untorn.daemon.verdict;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.untorn.oracle.Event;
import org.untorn.oracle.History;
import org.untorn.oracle.Operation;

/**
 * The file that evidence is kept in: JSON, an event per line.
 *
 * <pre>{@code
 * {"format":"untorn-history-1","facts":{"seed":"42"},"recordings":[
 *  {"name":"plain writes","blockLength":512,"stampSeed":42,"events":[
 *   {"found":0,"contents":"0*512"},
 *   {"write":1,"lba":64,"unit":1,"contents":"stamps*8"},        "atomic":true, "fua":true
 *   {"answered":1},                                             or {"failed":1}
 *   {"flush":2},
 *   {"read":3,"lba":64,"blocks":2},
 *   {"answered":3,"contents":"1*2"},
 *   {"cut":true}
 *  ]}
 * ],"sha256":"..."}
 * }</pre>
 *
 * {@code sha256} is that of all text before its comma. The same evidence is the same text.
 */
public final class EvidenceFile {

  private static final String FORMAT = "untorn-history-1";
  private static final JsonFactory FACTORY = new JsonFactory();
  private static final String HASH_FIELD = ",\"sha256\":\"";

  private EvidenceFile() {}

  /** The text of a file, with the hash that stands in it. */
  public record Text(String text, String hash) {}

  /** Evidence as text. */
  public static Text text(Evidence evidence) throws IOException {
    StringWriter out = new StringWriter();
    try (JsonGenerator json = FACTORY.createGenerator(out)) {
      json.disable(JsonGenerator.Feature.AUTO_CLOSE_JSON_CONTENT);
      json.writeStartObject();
      json.writeStringField("format", FORMAT);
      json.writeObjectFieldStart("facts");
      for (Map.Entry<String, String> fact : evidence.facts().entrySet()) {
        json.writeStringField(fact.getKey(), fact.getValue());
      }
      json.writeEndObject();
      json.writeArrayFieldStart("recordings");
      for (Recording recording : evidence.recordings()) {
        json.writeRaw("\n ");
        write(json, recording);
      }
      json.writeRaw('\n');
      json.writeEndArray();
    }
    String hash = sha256(out.toString());
    return new Text(out + HASH_FIELD + hash + "\"}\n", hash);
  }

  private static void write(JsonGenerator json, Recording recording) throws IOException {
    json.writeStartObject();
    json.writeStringField("name", recording.name());
    json.writeNumberField("blockLength", recording.blockLength());
    if (recording.stampSeed().isPresent()) {
      json.writeNumberField("stampSeed", recording.stampSeed().getAsLong());
    }
    json.writeArrayFieldStart("events");
    Contents contents = new Contents(recording.stampSeed(), recording.blockLength());
    Map<Integer, Long> reads = new LinkedHashMap<>();
    for (Event event : recording.history().events()) {
      json.writeRaw("\n  ");
      json.writeStartObject();
      write(json, event, contents, reads);
      json.writeEndObject();
      contents.note(event);
    }
    json.writeRaw("\n ");
    json.writeEndArray();
    json.writeEndObject();
  }

  private static void write(
      JsonGenerator json, Event event, Contents contents, Map<Integer, Long> reads)
      throws IOException {
    switch (event) {
      case Event.Sent(int id, Operation operation) -> write(json, id, operation, contents, reads);
      case Event.Answered(int id, List<Long> read) -> {
        json.writeNumberField("answered", id);
        Long lba = reads.remove(id);
        if (lba != null) {
          json.writeStringField("contents", contents.text(lba, read));
        }
      }
      case Event.Failed(int id) -> json.writeNumberField("failed", id);
      case Event.Cut _ -> json.writeBooleanField("cut", true);
      case Event.Found(long lba, List<Long> found) -> {
        json.writeNumberField("found", lba);
        json.writeStringField("contents", contents.text(lba, found));
      }
    }
  }

  private static void write(
      JsonGenerator json, int id, Operation operation, Contents contents, Map<Integer, Long> reads)
      throws IOException {
    switch (operation) {
      case Operation.Write write -> {
        json.writeNumberField("write", id);
        json.writeNumberField("lba", write.lba());
        json.writeNumberField("unit", write.unit());
        if (write.atomic()) {
          json.writeBooleanField("atomic", true);
        }
        if (write.stable()) {
          json.writeBooleanField("fua", true);
        }
        json.writeStringField("contents", contents.text(id, write));
      }
      case Operation.Read(long lba, int blocks) -> {
        json.writeNumberField("read", id);
        json.writeNumberField("lba", lba);
        json.writeNumberField("blocks", blocks);
        reads.put(id, lba);
      }
      case Operation.Flush _ -> json.writeNumberField("flush", id);
    }
  }

  /**
   * Reads a file.
   *
   * @throws IOException that says in one line what is wrong with it
   */
  public static Evidence read(Path file) throws IOException {
    try {
      return parse(Files.readString(file));
    } catch (IllegalArgumentException problem) {
      throw new IOException(file + " is no history: " + problem.getMessage(), problem);
    }
  }

  /**
   * Reads the text of a file.
   *
   * @throws IllegalArgumentException that says in one line what is wrong with it
   */
  public static Evidence parse(String text) {
    JsonNode root;
    try {
      root = new ObjectMapper().readTree(text);
    } catch (JsonProcessingException problem) {
      throw new IllegalArgumentException(problem.getOriginalMessage(), problem);
    }
    if (!root.path("format").asText().equals(FORMAT)) {
      throw new IllegalArgumentException("its format is not " + FORMAT);
    }
    int hashAt = text.lastIndexOf(HASH_FIELD);
    String hash = root.path("sha256").asText();
    if (hashAt < 0 || !sha256(text.substring(0, hashAt)).equals(hash)) {
      throw new IllegalArgumentException("it was changed: its sha256 does not fit");
    }
    Map<String, String> facts = new LinkedHashMap<>();
    root.path("facts").properties().forEach(f -> facts.put(f.getKey(), f.getValue().asText()));
    List<Recording> recordings = new ArrayList<>();
    for (JsonNode recording : root.path("recordings")) {
      recordings.add(recording(recording));
    }
    return new Evidence(facts, recordings);
  }

  /** The hash that stands in a file. */
  public static String hashOf(Path file) throws IOException {
    String text = Files.readString(file);
    return new ObjectMapper().readTree(text).path("sha256").asText();
  }

  private static Recording recording(JsonNode node) {
    OptionalLong seed =
        node.has("stampSeed")
            ? OptionalLong.of(node.path("stampSeed").asLong())
            : OptionalLong.empty();
    int blockLength = node.path("blockLength").asInt();
    Contents contents = new Contents(seed, blockLength);
    List<Event> events = new ArrayList<>();
    Map<Integer, Long> reads = new LinkedHashMap<>();
    for (JsonNode line : node.path("events")) {
      Event event = event(line, contents, reads);
      contents.note(event);
      events.add(event);
    }
    return new Recording(node.path("name").asText(), blockLength, seed, new History(events));
  }

  private static Event event(JsonNode line, Contents contents, Map<Integer, Long> reads) {
    long lba = line.path("lba").asLong();
    String text = line.path("contents").asText();
    if (line.has("write")) {
      int id = line.path("write").asInt();
      return new Event.Sent(
          id,
          new Operation.Write(
              lba,
              contents.parse(text, id, lba),
              line.path("atomic").asBoolean(),
              line.path("unit").asInt(),
              line.path("fua").asBoolean()));
    } else if (line.has("flush")) {
      return new Event.Sent(line.path("flush").asInt(), new Operation.Flush());
    } else if (line.has("read")) {
      reads.put(line.path("read").asInt(), lba);
      return new Event.Sent(
          line.path("read").asInt(), new Operation.Read(lba, line.path("blocks").asInt()));
    } else if (line.has("answered")) {
      int id = line.path("answered").asInt();
      Long from = reads.remove(id);
      return new Event.Answered(id, from == null ? List.of() : contents.parse(text, 0, from));
    } else if (line.has("failed")) {
      return new Event.Failed(line.path("failed").asInt());
    } else if (line.has("cut")) {
      return new Event.Cut();
    } else if (line.has("found")) {
      long from = line.path("found").asLong();
      return new Event.Found(from, contents.parse(text, 0, from));
    }
    throw new IllegalArgumentException("an event that is none: " + line);
  }

  private static String sha256(String text) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(digest.digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException missing) {
      throw new IllegalStateException("every Java has SHA-256", missing);
    }
  }
}
