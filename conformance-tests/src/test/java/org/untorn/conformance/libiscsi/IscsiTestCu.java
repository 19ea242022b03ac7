package org.untorn.conformance.libiscsi;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.untorn.testkit.ExternalTool;
import org.untorn.testkit.ToolRun;

/**
 * libiscsi's test tool. It is run once per family: a family logs in once and carries state from
 * test to test, as it was written to.
 */
final class IscsiTestCu {

  private static final String FIRST_INITIATOR = "iqn.2026-11.org.untorn:test-cu-1";
  private static final String SECOND_INITIATOR = "iqn.2026-11.org.untorn:test-cu-2";

  private static final Duration LIMIT = Duration.ofSeconds(100);

  /** The tests of SANITIZE sleep a minute, and wait for many seconds for what they began. */
  private static final Duration SANITIZE_LIMIT = Duration.ofSeconds(280);

  private static final String SANITIZE = "Sanitize";

  private final ExternalTool tool =
      ExternalTool.find("iscsi-test-cu", "Debian: libiscsi-bin; 1.19 or later");

  /** The names of all tests of a family, as the tool lists them. */
  List<String> tests(String family) {
    String prefix = "ALL." + family + ".";
    return tool.run(LIMIT, "--list")
        .successfulOutput()
        .lines()
        .filter(line -> line.startsWith(prefix))
        .map(line -> line.substring("ALL.".length()))
        .toList();
  }

  /**
   * Runs a family and gives one result for each of its tests.
   *
   * @param urls one, or the two of a unit with two paths
   */
  List<CuResult> run(String family, List<String> urls) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--dataloss",
                "--allow-sanitize",
                "--Verbose-scsi",
                "--initiator-name=" + FIRST_INITIATOR,
                "--initiator-name-2=" + SECOND_INITIATOR,
                "--test",
                "ALL." + family + ".*"));
    arguments.addAll(urls);
    Duration limit = family.equals(SANITIZE) ? SANITIZE_LIMIT : LIMIT;
    ToolRun run = tool.run(limit, arguments.toArray(String[]::new));
    if (Stream.of(0, 1).noneMatch(code -> code == run.exitCode())) {
      throw new AssertionError(
          "the tool ended with " + run.exitCode() + "\n" + run.output() + run.errors());
    }
    return CuOutput.parse(run.output());
  }
}
