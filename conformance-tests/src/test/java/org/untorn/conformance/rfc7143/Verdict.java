package org.untorn.conformance.rfc7143;

import java.util.Arrays;

/** Why a case did not pass. */
final class Verdict {

  private Verdict() {}

  /** The target did what the standard forbids, or not what it demands. */
  static final class Broken extends RuntimeException {
    private static final long serialVersionUID = 1;

    Broken(String what) {
      super(what);
    }
  }

  /** The target says, in the way that the standard has for it, that it has no such thing. */
  static final class NotSupported extends RuntimeException {
    private static final long serialVersionUID = 1;

    NotSupported(String what) {
      super(what);
    }
  }

  @SuppressWarnings("AnnotateFormatMethod") // the source launcher has the JDK's annotations only
  static void check(boolean holds, String what, Object... arguments) {
    if (!holds) {
      throw new Broken(what.formatted(arguments));
    }
  }

  static void same(String what, Object expected, Object actual) {
    check(expected.equals(actual), "%s: %s, expected %s", what, actual, expected);
  }

  static void oneOf(String what, Object actual, Object... expected) {
    check(
        Arrays.asList(expected).contains(actual),
        "%s: %s, expected one of %s",
        what,
        actual,
        Arrays.toString(expected));
  }
}
