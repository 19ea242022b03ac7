package org.untorn.daemon.fault;

import java.util.regex.Pattern;

/**
 * A word of a rule.
 *
 * @param column where it begins, from 1
 */
record RuleWord(String text, int column) {

  private static final Pattern HEX = Pattern.compile("(?:0x)?([0-9a-fA-F]{1,2})h?");

  /** Ends the reading of a rule with a sentence. */
  static final class Wrong extends Exception {
    private static final long serialVersionUID = 1;

    Wrong(int column, String what) {
      super("column %d: %s".formatted(column, what));
    }
  }

  /** What to throw when this word is wrong. */
  Wrong wrong(String what) {
    return new Wrong(column, what);
  }

  /** Whether a text is a byte in hexadecimal. */
  static boolean isHex(String text) {
    return HEX.matcher(text).matches();
  }

  /** A byte in hexadecimal that stands in this word. */
  int hex(String part) throws Wrong {
    if (!isHex(part)) {
      throw wrong("'" + part + "' is no hexadecimal number from 00 to FF");
    }
    return Integer.parseInt(part.replaceAll("^0x|h$", ""), 16);
  }
}
