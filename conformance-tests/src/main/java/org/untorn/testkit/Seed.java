package org.untorn.testkit;

import java.security.SecureRandom;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Where all chance of a run comes from: {@code -Duntorn.seed=N}, or a new number for each run. Each
 * test has its own chance, which follows from the seed and the test's name, so that a test that is
 * run alone does what it did among others.
 */
final class Seed {

  private static final String PROPERTY = "untorn.seed";

  /** Of this run of the JVM. */
  private static final long OF_RUN =
      Optional.ofNullable(Long.getLong(PROPERTY))
          .orElseGet(() -> new SecureRandom().nextLong(1L << 48));

  private Seed() {}

  static long ofRun() {
    return OF_RUN;
  }

  /** The seed of one test. */
  static long of(ExtensionContext test, long run) {
    return new Random(run * 31 + test.getUniqueId().hashCode()).nextLong(1L << 48);
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
