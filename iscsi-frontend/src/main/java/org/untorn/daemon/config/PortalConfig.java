package org.untorn.daemon.config;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import org.untorn.iscsi.session.NetworkPortal;

/**
 * Where initiators connect, and the portal group that this is.
 *
 * @param endpoint port 0 lets the kernel choose
 * @param tag the portal group tag, 1 to 65535
 */
public record PortalConfig(Endpoint endpoint, int tag) {

  private static final int LAST_TAG = 0xFFFF;

  /**
   * A portal as a user writes it: {@code HOST:PORT}, or {@code HOST:PORT,TAG} as SendTargets has
   * it.
   *
   * @param tag where the user says it
   */
  public record Settings(Endpoint endpoint, OptionalInt tag) {

    /** Reads one. */
    public static Parsed<Settings> parse(String text) {
      int comma = text.lastIndexOf(',');
      if (comma < 0) {
        return Endpoint.parse(text).then(where -> Parsed.value(at(where)));
      }
      String tag = text.substring(comma + 1).strip();
      if (!tag.matches("\\d{1,5}") || number(tag) < 1 || number(tag) > LAST_TAG) {
        return Parsed.wrong(
            "'" + tag + "' is no portal group tag; write HOST:PORT,TAG with a TAG of 1 to 65535");
      }
      return Endpoint.parse(text.substring(0, comma))
          .then(where -> Parsed.value(new Settings(where, OptionalInt.of(number(tag)))));
    }

    /** One whose tag is not said. */
    public static Settings at(Endpoint endpoint) {
      return new Settings(endpoint, OptionalInt.empty());
    }

    private static int number(String tag) {
      return Integer.parseInt(tag);
    }
  }

  /** The one portal of a small target. */
  public static PortalConfig at(Endpoint endpoint) {
    return new PortalConfig(endpoint, NetworkPortal.FIRST_GROUP);
  }

  /**
   * Gives each portal whose tag is not said the lowest that no other has, so that each is a target
   * port of its own.
   *
   * @param usual the portal if none is asked for
   */
  static Parsed<List<PortalConfig>> settle(List<Settings> asked, Endpoint usual) {
    List<Settings> all = asked.isEmpty() ? List.of(Settings.at(usual)) : asked;
    Set<Integer> taken = new HashSet<>();
    Set<Endpoint> endpoints = new HashSet<>();
    for (Settings one : all) {
      one.tag().ifPresent(taken::add);
      if (one.endpoint().port() != 0 && !endpoints.add(one.endpoint())) {
        return Parsed.wrong("two portals are at %s: one will do".formatted(one.endpoint()));
      }
    }
    List<PortalConfig> portals = new ArrayList<>();
    int next = NetworkPortal.FIRST_GROUP;
    for (Settings one : all) {
      while (one.tag().isEmpty() && !taken.add(next)) {
        next++;
      }
      portals.add(new PortalConfig(one.endpoint(), one.tag().orElse(next)));
    }
    return Parsed.value(List.copyOf(portals));
  }

  @Override
  public String toString() {
    return endpoint + "," + tag;
  }
}
