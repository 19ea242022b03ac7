package org.untorn.testkit;

import java.lang.reflect.Method;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Where all chance of a run comes from: {@code -Duntorn.seed=N}, or a new number for each run. Each
 * test has its own chance, which follows from the seed and the test's name, so that a test that is
 * run alone does what it did among others.
 */
final class Seed {

  private static final String PROPERTY = "untorn.seed";

  /** Of this run of the JVM, where nobody says another. */
  private static final long NEW = new SecureRandom().nextLong(1L << 48);

  private Seed() {}

  /** The seed that was given, or else the usual one, or else a new one. */
  static long ofRun(OptionalLong usual) {
    return Optional.ofNullable(System.getProperty(PROPERTY))
        .map(Long::parseLong)
        .orElseGet(() -> usual.orElse(NEW));
  }

  /** The seed of one test. */
  static long of(ExtensionContext test, long run) {
    return new Random(run * 31 + name(test).hashCode()).nextLong(1L << 48);
  }

  /** The same however the test is started: class, method, and which of its invocations. */
  static String name(ExtensionContext test) {
    return "%s.%s %s"
        .formatted(
            test.getRequiredTestClass().getName(),
            test.getTestMethod().map(Method::getName).orElse(""),
            test.getDisplayName());
  }

  /** The one line that does a test again, by Maven. */
  static String replay(ExtensionContext test, long run) {
    return "the same again: mvn test -Dtest='%s%s' -D%s=%d"
        .formatted(
            test.getRequiredTestClass().getName().replaceFirst(".*\\.", ""),
            test.getTestMethod().map(method -> "#" + method.getName()).orElse(""),
            PROPERTY,
            run);
  }
}
