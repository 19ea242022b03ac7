package org.untorn.conformance.libiscsi;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.untorn.conformance.libiscsi.CuResult.Verdict;

/**
 * Reads what {@code iscsi-test-cu -V} prints, the results of its tests in their order.
 *
 * <pre>
 *   Suite: Unmap
 *     Test: Simple ...              the log may begin on this line
 *       [SKIPPED] ...               the test's log
 *   passed    Send PRIN/READ_KEYS   the verdict begins a line; what follows it is not the test's
 *     Test: VPD ...
 *   FAILED
 *       1. file.c:98  - CU_ASSERT_NOT_EQUAL(ret,0)
 *
 *   Run Summary: ...
 *                  tests     10     10     10      0        0
 * </pre>
 */
final class CuOutput {

  private static final Pattern SUITE = Pattern.compile("Suite: (\\S+)");
  private static final Pattern TEST = Pattern.compile("  Test: (.+?) \\.\\.\\.(.*)");
  private static final Pattern FAILURE = Pattern.compile("    \\d+\\. (.*)");
  private static final Pattern SUMMARY =
      Pattern.compile("\\s+tests\\s+(\\d+)\\s+(\\d+)\\s+\\d+\\s+(\\d+)\\s+\\d+");

  private final List<CuResult> results = new ArrayList<>();
  private final List<String> log = new ArrayList<>();
  private String suite = "";
  private String test = "";
  private boolean running;
  private long testsInSummary = -1;
  private long failedInSummary = -1;

  private CuOutput() {}

  /**
   * Reads the whole output of a run.
   *
   * @throws IllegalArgumentException if the output does not agree with its own summary: the tool
   *     died, or prints something that this class does not know
   */
  static List<CuResult> parse(String output) {
    CuOutput parser = new CuOutput();
    output.lines().forEach(parser::line);
    parser.checkSummary(output);
    return List.copyOf(parser.results);
  }

  private void line(String line) {
    Matcher suiteLine = SUITE.matcher(line);
    Matcher testLine = TEST.matcher(line);
    Matcher failure = FAILURE.matcher(line);
    Matcher summary = SUMMARY.matcher(line);
    if (suiteLine.matches()) {
      suite = suiteLine.group(1);
    } else if (testLine.matches()) {
      begin(testLine.group(1), testLine.group(2));
    } else if (running) {
      verdictOrLog(line);
    } else if (failure.matches()) {
      results.getLast().failures().add(failure.group(1));
    } else if (summary.matches()) {
      testsInSummary = Long.parseLong(summary.group(2));
      failedInSummary = Long.parseLong(summary.group(3));
    }
  }

  private void begin(String name, String restOfLine) {
    test = name;
    log.clear();
    running = true;
    verdictOrLog(restOfLine);
  }

  private void verdictOrLog(String line) {
    if (line.startsWith("passed")) {
      end(Verdict.PASSED);
    } else if (line.startsWith("FAILED")) {
      end(Verdict.FAILED);
    } else if (!line.isBlank()) {
      log.add(line.strip());
    }
  }

  private void end(Verdict verdict) {
    results.add(new CuResult(suite + "." + test, verdict, List.copyOf(log), new ArrayList<>()));
    running = false;
  }

  private void checkSummary(String output) {
    long failed = results.stream().filter(r -> r.verdict() == Verdict.FAILED).count();
    if (testsInSummary != results.size() || failedInSummary != failed) {
      throw new IllegalArgumentException(
          "the tool's summary does not agree with " + results.size() + " results:\n" + output);
    }
  }
}
