package org.untorn.conformance.libiscsi;

import java.util.List;

/** Failures that are the tool's own, each known by what it says. */
final class ToolDefects {

  private static final String ONE_COMMAND = "ReportSupportedOpcodes.OneCommand";

  /**
   * It keeps usage data of at most 16 bytes, and then expects byte 0 of that of a CDB of 32 bytes
   * to be 7Fh where it has kept none (up to 1.20).
   */
  private static final String NOT_KEPT =
      "[FAILED] CDB[0] Usage Data was 0x00, expected 0x7f for opcode 0x7f";

  private ToolDefects() {}

  /** Whether a test failed by nothing else. */
  static boolean explain(CuResult result) {
    List<String> said = result.log().stream().filter(line -> line.contains("[FAILED]")).toList();
    return result.name().equals(ONE_COMMAND)
        && said.stream().allMatch(line -> line.contains(NOT_KEPT))
        && result.failures().stream().allMatch(line -> line.contains("cdb_usage_data[0]"));
  }
}
