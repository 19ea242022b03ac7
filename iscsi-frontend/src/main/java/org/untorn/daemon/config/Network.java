package org.untorn.daemon.config;

import java.math.BigInteger;
import java.net.InetAddress;

/**
 * A network as {@code 10.1.0.0/16}, {@code fd00::/8}, or one address.
 *
 * @param address its first address
 * @param prefix how many leading bits the addresses of the network share
 */
public record Network(InetAddress address, int prefix) {

  /** Reads a network; names are not looked up. */
  public static Parsed<Network> parse(String text) {
    String[] parts = text.strip().split("/", -1);
    try {
      InetAddress address = InetAddress.ofLiteral(parts[0]);
      int bits = address.getAddress().length * Byte.SIZE;
      int prefix = parts.length == 1 ? bits : Integer.parseInt(parts[1]);
      if (parts.length <= 2 && prefix >= 0 && prefix <= bits) {
        Network network = new Network(address, prefix);
        return network.host().signum() == 0
            ? Parsed.value(network)
            : Parsed.wrong(
                "'%s' has bits behind its first %d; write a network's first address"
                    .formatted(text, prefix));
      }
    } catch (IllegalArgumentException _) {
      // said below: ofLiteral and parseInt throw it
    }
    return Parsed.wrong(
        "'" + text + "' is no network; write for example 10.1.0.0/16, fd00::/8 or 192.0.2.7");
  }

  private static BigInteger number(InetAddress address) {
    return new BigInteger(1, address.getAddress());
  }

  private int hostBits() {
    return address.getAddress().length * Byte.SIZE - prefix;
  }

  /** What stands behind the prefix. */
  private BigInteger host() {
    return number(address).mod(BigInteger.ONE.shiftLeft(hostBits()));
  }

  /** Whether an address is in it. */
  public boolean contains(InetAddress other) {
    return other.getAddress().length == address.getAddress().length
        && number(other).shiftRight(hostBits()).equals(number(address).shiftRight(hostBits()));
  }

  @Override
  public String toString() {
    boolean one = hostBits() == 0;
    return one ? address.getHostAddress() : address.getHostAddress() + "/" + prefix;
  }
}
