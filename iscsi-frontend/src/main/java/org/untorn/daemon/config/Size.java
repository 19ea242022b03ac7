package org.untorn.daemon.config;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An amount as a user writes it: {@code 512}, {@code 64KiB}, {@code 1G}. The suffixes are powers of
 * 1024: KiB, MiB, GiB, TiB, or their first letter alone; B is bytes.
 *
 * @param bytes 0 to 2^63 - 1
 */
public record Size(long bytes) {

  private static final Pattern SYNTAX = Pattern.compile("(\\d{1,19})([kmgt]?)(i?b)?");
  private static final String UNITS = "kmgt";

  /** Reads a size; a number without a suffix is bytes. */
  public static Parsed<Size> parse(String text) {
    Matcher parts = SYNTAX.matcher(text.strip().toLowerCase(Locale.ROOT));
    if (!parts.matches() || decimal(parts)) {
      return Parsed.wrong("'" + text + "' is no size; write for example 512, 64KiB, 1GiB");
    }
    try {
      int shift = parts.group(2).isEmpty() ? 0 : 10 * (UNITS.indexOf(parts.group(2)) + 1);
      return Parsed.value(
          new Size(Math.multiplyExact(Long.parseLong(parts.group(1)), 1L << shift)));
    } catch (ArithmeticException | NumberFormatException e) {
      return Parsed.wrong("'" + text + "' is more than any disk has");
    }
  }

  /** Whether the suffix is one of KB, MB and so on, which are powers of 1000 to some; or "ib". */
  private static boolean decimal(Matcher parts) {
    String end = parts.group(3);
    return end != null && parts.group(2).isEmpty() == end.equals("ib");
  }

  /** The shortest way to write it exactly. */
  @Override
  public String toString() {
    String[] units = {"", "KiB", "MiB", "GiB", "TiB"};
    int unit = bytes == 0 ? 0 : Math.min(Long.numberOfTrailingZeros(bytes) / 10, units.length - 1);
    return (bytes >> (10 * unit)) + units[unit];
  }
}
