package org.untorn.daemon.config;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where to listen: {@code 127.0.0.1:3260}, {@code [::1]:0}, {@code localhost:3260}.
 *
 * @param host a name or an address; an IPv6 address without its brackets
 * @param port 0 to 65535; 0 lets the kernel choose
 */
public record Endpoint(String host, int port) {

  private static final Pattern SYNTAX =
      Pattern.compile("(?:\\[([0-9a-fA-F:.%]+)]|([^\\s:\\[\\]]+)):(\\d{1,5})");

  /** Reads an endpoint. */
  public static Parsed<Endpoint> parse(String text) {
    Matcher parts = SYNTAX.matcher(text.strip());
    if (!parts.matches() || Integer.parseInt(parts.group(3)) > 0xffff) {
      return Parsed.wrong(
          "'" + text + "' is no place to listen; write HOST:PORT, for example 127.0.0.1:3260");
    }
    String host = parts.group(1) != null ? parts.group(1) : parts.group(2);
    return Parsed.value(new Endpoint(host, Integer.parseInt(parts.group(3))));
  }

  /** The address to bind, looked up now. */
  public InetSocketAddress resolve() throws UnknownHostException {
    return new InetSocketAddress(InetAddress.getByName(host), port);
  }

  /** An address that was bound, as a user would write it. */
  public static Endpoint of(InetSocketAddress bound) {
    return new Endpoint(bound.getAddress().getHostAddress(), bound.getPort());
  }

  @Override
  public String toString() {
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }
}
