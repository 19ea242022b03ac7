package org.untorn.iscsi.login;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The text of login and text PDUs: {@code key=value} pairs, each followed by a zero byte (RFC 7143
 * 6.1).
 */
public final class TextPairs {

  /** The longest key name in bytes (6.1). */
  static final int MAX_KEY_LENGTH = 63;

  /** The longest name there is (4.2.7.1). */
  private static final int MAX_SHOWN = 223;

  /** One pair. */
  public record Pair(String key, String value) {}

  private TextPairs() {}

  /** A data segment as text; each byte that is not UTF-8 becomes the replacement character. */
  public static String text(ByteBuf data) {
    return data.toString(StandardCharsets.UTF_8);
  }

  /** The pairs of a whole text, or empty if one of them is none. */
  public static Optional<List<Pair>> parse(String text) {
    List<Pair> pairs = new ArrayList<>();
    int start = 0;
    while (start < text.length()) {
      int end = text.indexOf('\0', start);
      end = end < 0 ? text.length() : end;
      if (end > start) {
        String pair = text.substring(start, end);
        int equals = pair.indexOf('=');
        if (!isKey(pair, equals)) {
          return Optional.empty();
        }
        pairs.add(new Pair(pair.substring(0, equals), pair.substring(equals + 1)));
      }
      start = end + 1;
    }
    return Optional.of(List.copyOf(pairs));
  }

  private static boolean isKey(String pair, int length) {
    if (length < 1 || length > MAX_KEY_LENGTH) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      char c = pair.charAt(i);
      if (c <= ' ' || c > '~') {
        return false;
      }
    }
    return true;
  }

  /** A value of a peer as it may stand in a log: printable characters, and not too many. */
  public static String printable(String value) {
    String shown = value.replaceAll("[^ -~]", "?");
    return shown.length() <= MAX_SHOWN ? shown : shown.substring(0, MAX_SHOWN) + "...";
  }

  /** The text of pairs. */
  public static String format(List<Pair> pairs) {
    StringBuilder text = new StringBuilder();
    for (Pair pair : pairs) {
      text.append(pair.key()).append('=').append(pair.value()).append('\0');
    }
    return text.toString();
  }
}
