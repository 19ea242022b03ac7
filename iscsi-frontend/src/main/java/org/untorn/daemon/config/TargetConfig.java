package org.untorn.daemon.config;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * One iSCSI target.
 *
 * @param name its iSCSI name (RFC 7143 4.2.7): iqn., eui. or naa., at most 223 bytes, in lower case
 * @param luns at least one, no number twice
 * @param access whom it lets in; empty: everybody
 */
public record TargetConfig(String name, List<LunConfig> luns, List<AccessRule> access) {

  public static final String DEFAULT_NAME = "iqn.2026-11.org.untorn:disk0";

  private static final int MAXIMUM_LENGTH = 223;
  private static final Pattern SYNTAX =
      Pattern.compile(
          "iqn\\.\\d{4}-(0[1-9]|1[0-2])\\.[a-z0-9][a-z0-9.-]*(:[a-z0-9.:-]+)?"
              + "|eui\\.[0-9A-Fa-f]{16}|naa\\.[0-9A-Fa-f]{16}([0-9A-Fa-f]{16})?");

  public TargetConfig {
    luns = List.copyOf(luns);
    access = List.copyOf(access);
  }

  /** A target that lets everybody in. */
  public TargetConfig(String name, List<LunConfig> luns) {
    this(name, luns, List.of());
  }

  /** Checks the name and the numbers, and settles what each logical unit leaves open. */
  public static Parsed<TargetConfig> of(
      String written, List<LunSettings> settings, List<AccessRule> access) {
    String name = written.toLowerCase(Locale.ROOT);
    if (name.length() > MAXIMUM_LENGTH || !SYNTAX.matcher(written).matches()) {
      return Parsed.wrong(
          "'"
              + written
              + "' is no iSCSI name; write for example iqn.2026-11.org.example:disk0, in lower case");
    }
    if (settings.isEmpty()) {
      return Parsed.wrong("target " + name + " has no luns");
    }
    List<LunConfig> luns = new ArrayList<>();
    Set<Integer> numbers = new HashSet<>();
    for (int i = 0; i < settings.size(); i++) {
      switch (settings.get(i).settle(name, i)) {
        case Parsed.Wrong<LunConfig>(String why) -> {
          return Parsed.wrong(why);
        }
        case Parsed.Value<LunConfig>(LunConfig lun) -> {
          if (!numbers.add(lun.number())) {
            return Parsed.wrong("target " + name + " has two luns of number " + lun.number());
          }
          luns.add(lun);
        }
      }
    }
    for (AccessRule rule : access) {
      for (int shown : rule.luns().map(map -> List.copyOf(map.values())).orElse(List.of())) {
        if (!numbers.contains(shown)) {
          return Parsed.wrong(
              "a rule shows LUN %d, which target %s does not have".formatted(shown, name));
        }
      }
    }
    return Parsed.value(new TargetConfig(name, luns, access));
  }
}
