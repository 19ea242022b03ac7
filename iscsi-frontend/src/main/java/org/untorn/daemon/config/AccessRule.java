package org.untorn.daemon.config;

import java.net.InetAddress;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Whom a target lets in. Of a target's rules the first that fits an initiator holds; where none
 * fits, it is not let in; where there are none, everybody is.
 *
 * @param initiator the initiator's name, in lower case, {@code *} for any characters and {@code ?}
 *     for one; empty: any. Whoever connects says what name it has: only a user proves it.
 * @param network where it comes from; empty: anywhere
 * @param user the CHAP name that it must prove to have; empty: it need not
 * @param luns the units that it may use: the LUN of each here, by the LUN that it is seen under;
 *     empty: all, under their own
 * @param targetUser the CHAP name by which the target proves itself; empty: it does not
 */
public record AccessRule(
    Optional<String> initiator,
    Optional<Network> network,
    Optional<String> user,
    Optional<String> targetUser,
    Optional<SortedMap<Integer, Integer>> luns) {

  private static final int MAX_CHAP_NAME = 255;

  /** Checks what only the whole rule can show. */
  public static Parsed<AccessRule> of(
      Optional<String> initiator,
      Optional<Network> network,
      Optional<String> user,
      Optional<String> targetUser,
      Optional<SortedMap<Integer, Integer>> luns) {
    if (targetUser.isPresent() && user.isEmpty()) {
      return Parsed.wrong("a 'targetUser' needs a 'user': only who proves itself may ask");
    }
    if (targetUser.isPresent() && targetUser.equals(user)) {
      return Parsed.wrong("'user' and 'targetUser' must have different names and secrets");
    }
    return Parsed.value(
        new AccessRule(
            initiator.map(name -> name.toLowerCase(Locale.ROOT)), network, user, targetUser, luns));
  }

  /** A rule about a user, wherever it comes from: it may use all units. */
  public static AccessRule ofUser(String user) {
    return new AccessRule(
        Optional.empty(), Optional.empty(), Optional.of(user), Optional.empty(), Optional.empty());
  }

  /** Reads the name of a user: it may have no blank, which ends it in a file of secrets. */
  public static Parsed<String> userName(String text) {
    return text.isEmpty() || text.length() > MAX_CHAP_NAME || !text.matches("[!-~]+")
        ? Parsed.wrong("'" + text + "' is no CHAP name: 1 to 255 characters of ASCII, no blank")
        : Parsed.value(text);
  }

  /** Whether the rule is about an initiator. */
  public boolean fits(String name, Optional<InetAddress> address) {
    return initiator.map(pattern -> matches(pattern, name.toLowerCase(Locale.ROOT))).orElse(true)
        && network.map(net -> address.map(net::contains).orElse(false)).orElse(true);
  }

  private static boolean matches(String pattern, String name) {
    String regex =
        pattern
            .codePoints()
            .mapToObj(c -> c == '*' ? ".*" : c == '?' ? "." : Pattern.quote(Character.toString(c)))
            .collect(Collectors.joining());
    return Pattern.compile(regex, Pattern.DOTALL).matcher(name).matches();
  }
}
