package org.untorn.conformance.libiscsi;

import java.util.List;
import java.util.stream.Stream;

/**
 * What the tool said of one of its tests.
 *
 * @param name family and test, as in {@code Write10.Simple}
 * @param verdict the tool's own last word
 * @param log what the test said while it ran
 * @param failures its failed assertions, each with file and line
 */
record CuResult(String name, Verdict verdict, List<String> log, List<String> failures) {

  /** The tool's own last word: it calls a test that skipped itself passed. */
  enum Verdict {
    PASSED,
    FAILED
  }

  /**
   * Why the test, or a part of it, did not do what its name says; empty if it did. Some tests leave
   * without a word: one that logged nothing has sent nothing.
   */
  List<String> skips() {
    if (log.isEmpty()) {
      return List.of("left without a word");
    }
    return log.stream().filter(CuResult::tellsOfSkip).distinct().toList();
  }

  /** Everything that helps to find the cause of a failure. */
  String explanation() {
    return String.join(
        "\n",
        Stream.of(
                failures.stream(),
                Stream.of("its last words:"),
                log.stream().skip(Math.max(0, log.size() - 40)))
            .flatMap(lines -> lines)
            .toList());
  }

  private static boolean tellsOfSkip(String line) {
    return line.contains("[SKIPPED]") || line.contains("[SKIPPING]");
  }
}
