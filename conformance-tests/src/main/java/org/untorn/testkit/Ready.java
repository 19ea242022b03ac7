package org.untorn.testkit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;

/**
 * What a target says of itself when it is ready: the one line that {@code untorn serve --json}
 * prints.
 *
 * @param address where it listens: its first portal
 * @param target the iSCSI name of its first target
 * @param lun the first logical unit of that target
 * @param url the same three as libiscsi, QEMU and sg3_utils take them
 * @param control the URL of the control API
 * @param portals all portals, the first among them
 */
public record Ready(
    InetSocketAddress address,
    String target,
    int lun,
    String url,
    URI control,
    List<Portal> portals) {

  /**
   * A portal.
   *
   * @param address where it listens
   * @param tag its portal group tag, 1 to 65535
   */
  public record Portal(InetSocketAddress address, int tag) {

    /** {@code host:port,tag}, as SendTargets and {@code --listen} have it. */
    @Override
    public String toString() {
      return text(address) + "," + tag;
    }
  }

  private static final ObjectMapper JSON = new ObjectMapper();

  public Ready {
    portals = List.copyOf(portals);
  }

  /** A target with one portal. */
  public Ready(InetSocketAddress address, String target, int lun, String url, URI control) {
    this(address, target, lun, url, control, List.of(new Portal(address, 1)));
  }

  /** Reads the ready line. */
  static Ready parse(String line) {
    try {
      JsonNode ready = JSON.readTree(line);
      if (!"ready".equals(ready.path("event").asText())) {
        throw new IllegalArgumentException("not a ready event: " + line);
      }
      List<Portal> portals = new ArrayList<>();
      for (JsonNode portal : ready.path("portals")) {
        portals.add(
            new Portal(address(field(portal, "portal")), Integer.parseInt(field(portal, "tag"))));
      }
      return new Ready(
          address(field(ready, "portal")),
          field(ready, "target"),
          Integer.parseInt(field(ready, "lun")),
          field(ready, "url"),
          URI.create(field(ready, "control")),
          portals);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("not JSON: " + line, e);
    }
  }

  /** Where it listens, as {@code host:port}. */
  public String portal() {
    return text(address);
  }

  /**
   * The URL of the first logical unit through a portal.
   *
   * @param portal its index, from 0
   */
  public String url(int portal) {
    return "iscsi://%s/%s/%d".formatted(text(portals.get(portal).address()), target, lun);
  }

  private static String text(InetSocketAddress address) {
    String host = address.getHostString();
    return (host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host)
        + ":"
        + address.getPort();
  }

  private static InetSocketAddress address(String portal) {
    URI uri = URI.create("iscsi://" + portal);
    return new InetSocketAddress(uri.getHost(), uri.getPort());
  }

  private static String field(JsonNode object, String name) {
    JsonNode value = object.path(name);
    if (value.isMissingNode()) {
      throw new IllegalArgumentException("no \"" + name + "\" in " + object);
    }
    return value.asText();
  }
}
