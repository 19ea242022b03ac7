package org.untorn.daemon.config;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The part of a pool's capacity whose use its initiators are warned of.
 *
 * @param percent 1 to 99; 100 for no warning
 */
public record Threshold(int percent) {

  /** What is used if nothing else is said. */
  public static final Threshold DEFAULT = new Threshold(80);

  private static final Threshold NONE = new Threshold(100);
  private static final Pattern SYNTAX = Pattern.compile("([1-9][0-9]?)%");

  /** Reads {@code 80%}, or {@code none}. */
  public static Parsed<Threshold> parse(String text) {
    if (text.equals("none")) {
      return Parsed.value(NONE);
    }
    Matcher percent = SYNTAX.matcher(text);
    return percent.matches()
        ? Parsed.value(new Threshold(Integer.parseInt(percent.group(1))))
        : Parsed.wrong("'" + text + "' is no threshold; write 1% to 99%, or none");
  }

  /** As it is read. */
  @Override
  public String toString() {
    return equals(NONE) ? "none" : percent + "%";
  }
}
