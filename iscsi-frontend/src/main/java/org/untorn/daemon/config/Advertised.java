package org.untorn.daemon.config;

/**
 * What SendTargets says of where a target is. An initiator behind address translation (a virtual
 * machine's user network, a container's published port) reaches the portal by an address that this
 * host does not know.
 */
public sealed interface Advertised {

  /** The address by which the initiator reached it. */
  record Reached() implements Advertised {

    @Override
    public String toString() {
      return "reached";
    }
  }

  /** Nothing: the initiator goes on with the address it used (RFC 7143 appendix C). */
  record Nothing() implements Advertised {

    @Override
    public String toString() {
      return "none";
    }
  }

  /** A certain address. */
  record At(Endpoint endpoint) implements Advertised {

    @Override
    public String toString() {
      return endpoint.toString();
    }
  }

  /** Reads {@code reached}, {@code none} or an endpoint. */
  static Parsed<Advertised> parse(String text) {
    return switch (text) {
      case "reached" -> Parsed.value(new Reached());
      case "none" -> Parsed.value(new Nothing());
      default -> Endpoint.parse(text).then(endpoint -> Parsed.value(new At(endpoint)));
    };
  }
}
