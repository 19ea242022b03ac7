package org.untorn.daemon.control;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.untorn.daemon.config.Parsed;

/** Reads the body of a request that is one small JSON object. */
public final class JsonBody {

  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final int LONGEST = 64 << 10;

  private JsonBody() {}

  /** The object, which has no keys but those that are known. */
  public static Parsed<JsonNode> read(Request request, Set<String> known) throws IOException {
    byte[] bytes = request.body().readNBytes(LONGEST);
    try {
      JsonNode body = MAPPER.readTree(new String(bytes, StandardCharsets.UTF_8));
      if (!body.isObject()) {
        return Parsed.wrong("send a JSON object with " + keys(known));
      }
      for (String key : body.propertyStream().map(Map.Entry::getKey).toList()) {
        if (!known.contains(key)) {
          return Parsed.wrong("unknown key '" + key + "'; there are " + keys(known));
        }
      }
      return Parsed.value(body);
    } catch (JsonProcessingException problem) {
      return Parsed.wrong("that is no JSON: " + problem.getOriginalMessage());
    }
  }

  private static String keys(Set<String> known) {
    return String.join(", ", new TreeSet<>(known));
  }
}
