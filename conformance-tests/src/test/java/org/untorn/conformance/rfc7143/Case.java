package org.untorn.conformance.rfc7143;

/**
 * One thing that RFC 7143 asks of a target.
 *
 * @param name what the target does, as a sentence; unique
 * @param clause where it is said
 */
record Case(String name, String clause, Body body) {

  /** Finds out; throws {@link Verdict.Broken} or {@link Verdict.NotSupported} if it is not so. */
  @FunctionalInterface
  interface Body {
    void run(Portal portal);
  }
}
