package org.untorn.daemon.fault;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.untorn.backstore.fault.CutPoint;
import org.untorn.daemon.config.Parsed;

/**
 * Moments of a power cut, as users write them:
 *
 * <pre>
 *   now | write N | write N block K | flush N | pdu N | after 500ms | chance 0.001
 * </pre>
 *
 * and durations: {@code 500ms}, {@code 2s}, {@code 1m}.
 */
public final class CutText {

  private static final Pattern WRITE = Pattern.compile("write (\\d{1,18})(?: block (\\d{1,9}))?");
  private static final Pattern FLUSH = Pattern.compile("flush (\\d{1,18})");
  private static final Pattern PDU = Pattern.compile("pdu (\\d{1,18})");
  private static final Pattern AFTER = Pattern.compile("after (\\S+)");
  private static final Pattern CHANCE = Pattern.compile("chance ([01]|[01]?\\.\\d{1,12})");

  /** The longest, 190 years, has a number of nanoseconds. */
  private static final Pattern DURATION = Pattern.compile("(\\d{1,8})(ms|s|m)");

  private CutText() {}

  /** Reads a moment. */
  public static Parsed<CutPoint> parse(String text) {
    String words = text.strip().toLowerCase(Locale.ROOT).replaceAll("\\s+", " ");
    Matcher write = WRITE.matcher(words);
    Matcher flush = FLUSH.matcher(words);
    Matcher pdu = PDU.matcher(words);
    Matcher after = AFTER.matcher(words);
    Matcher chance = CHANCE.matcher(words);
    if (words.equals("now")) {
      return Parsed.value(new CutPoint.Now());
    } else if (write.matches()) {
      long number = Long.parseLong(write.group(1));
      String block = write.group(2);
      return counted(
          number,
          block == null
              ? new CutPoint.AtWrite(number)
              : new CutPoint.InsideWrite(number, Integer.parseInt(block)));
    } else if (flush.matches()) {
      long number = Long.parseLong(flush.group(1));
      return counted(number, new CutPoint.AtFlush(number));
    } else if (pdu.matches()) {
      long number = Long.parseLong(pdu.group(1));
      return counted(number, new CutPoint.AtMessage(number));
    } else if (after.matches()) {
      return duration(after.group(1)).then(delay -> Parsed.value(new CutPoint.After(delay)));
    } else if (chance.matches() && Double.parseDouble(chance.group(1)) <= 1) {
      return Parsed.value(new CutPoint.ByChance(Double.parseDouble(chance.group(1))));
    }
    return Parsed.wrong(
        "'"
            + text
            + "' is no moment: say now, write N, write N block K, flush N, pdu N, after 500ms, or"
            + " chance 0.001");
  }

  private static Parsed<CutPoint> counted(long number, CutPoint point) {
    return number == 0
        ? Parsed.wrong("writes, flushes and PDUs count from 1: there is none with number 0")
        : Parsed.value(point);
  }

  /** Reads a duration. */
  public static Parsed<Duration> duration(String text) {
    Matcher parts = DURATION.matcher(text.strip().toLowerCase(Locale.ROOT));
    if (!parts.matches()) {
      return Parsed.wrong("'" + text + "' is no duration; write for example 500ms, 2s, 1m");
    }
    long number = Long.parseLong(parts.group(1));
    return Parsed.value(
        switch (parts.group(2)) {
          case "ms" -> Duration.ofMillis(number);
          case "s" -> Duration.ofSeconds(number);
          default -> Duration.ofMinutes(number);
        });
  }

  /** The moment as {@link #parse} reads it. */
  public static String of(CutPoint point) {
    return switch (point) {
      case CutPoint.Now _ -> "now";
      case CutPoint.AtWrite(long number) -> "write " + number;
      case CutPoint.InsideWrite(long number, int blocks) -> "write " + number + " block " + blocks;
      case CutPoint.AtFlush(long number) -> "flush " + number;
      case CutPoint.AtMessage(long number) -> "pdu " + number;
      case CutPoint.After(Duration delay) -> "after " + of(delay);
      case CutPoint.ByChance(double probability) ->
          "chance " + new BigDecimal(Double.toString(probability)).toPlainString();
    };
  }

  /** The duration as {@link #duration} reads it. */
  public static String of(Duration delay) {
    return delay.toMillis() + "ms";
  }
}
