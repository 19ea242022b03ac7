package org.untorn.testkit;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.ExtensionContext;

/** What a failing test says of its target: how to do the same again, and where its history is. */
final class FailureNote {

  private static final Path DIRECTORY = Path.of("target", "untorn");

  private FailureNote() {}

  /** Writes the history, and gives the note. */
  static String of(ExtensionContext test, long seed, Untorn untorn) {
    return Seed.replay(test, seed) + "\n" + history(test, untorn);
  }

  private static String history(ExtensionContext test, Untorn untorn) {
    Path file =
        DIRECTORY.resolve(
            "%s.%s-%08x.json"
                .formatted(
                    test.getRequiredTestClass().getSimpleName(),
                    test.getTestMethod().map(Method::getName).orElse(""),
                    Seed.name(test).hashCode()));
    try {
      Files.createDirectories(DIRECTORY);
      Files.writeString(file, untorn.history());
      return "what the disk did: untorn verdict " + file.toAbsolutePath();
    } catch (IOException | UntornException problem) {
      return "what the disk did is not known: " + problem.getMessage();
    }
  }
}
