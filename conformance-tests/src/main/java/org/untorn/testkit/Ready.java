package org.untorn.testkit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.InetSocketAddress;
import java.net.URI;

/**
 * What a target says of itself when it is ready: the one line that {@code untorn serve --json}
 * prints.
 *
 * @param address where it listens
 * @param target the iSCSI name of its first target
 * @param lun the first logical unit of that target
 * @param url the same three as libiscsi, QEMU and sg3_utils take them
 * @param control the URL of the control API
 */
public record Ready(InetSocketAddress address, String target, int lun, String url, URI control) {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** Reads the ready line. */
  static Ready parse(String line) {
    try {
      JsonNode ready = JSON.readTree(line);
      if (!"ready".equals(ready.path("event").asText())) {
        throw new IllegalArgumentException("not a ready event: " + line);
      }
      URI portal = URI.create("iscsi://" + field(ready, "portal"));
      return new Ready(
          new InetSocketAddress(portal.getHost(), portal.getPort()),
          field(ready, "target"),
          Integer.parseInt(field(ready, "lun")),
          field(ready, "url"),
          URI.create(field(ready, "control")));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("not JSON: " + line, e);
    }
  }

  /** Where it listens, as {@code host:port}. */
  public String portal() {
    return address.getHostString() + ":" + address.getPort();
  }

  private static String field(JsonNode object, String name) {
    JsonNode value = object.path(name);
    if (value.isMissingNode()) {
      throw new IllegalArgumentException("no \"" + name + "\" in " + object);
    }
    return value.asText();
  }
}
