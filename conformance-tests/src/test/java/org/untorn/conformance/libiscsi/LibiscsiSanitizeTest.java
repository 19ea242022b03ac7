package org.untorn.conformance.libiscsi;

import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.untorn.testkit.UntornExtension;

/**
 * SANITIZE of a small disk that takes six seconds for it: one test looks twice, seconds apart,
 * whether it is still under way.
 */
class LibiscsiSanitizeTest {

  @RegisterExtension
  static final UntornExtension target =
      UntornExtension.inMemory("--size", "12MiB", "--erase-rate", "2MiB");

  @TestFactory
  Stream<DynamicContainer> libiscsi() {
    return new LibiscsiSuite(target::url, AllowedSkips.DISK).families("Sanitize");
  }
}
