package org.untorn.conformance.libiscsi;

import java.util.Map;
import java.util.Optional;

/** The tests that no disk can keep from skipping themselves, each with the reason. */
final class AllowedSkips {

  private static final String FIXED =
      "it ejects the medium, and leaves when RMB says that the medium is not removable";

  private static final Map<String, String> REASONS =
      Map.of(
          "StartStopUnit.Simple", FIXED,
          "StartStopUnit.PwrCnd", FIXED,
          "StartStopUnit.NoLoej", FIXED,
          "iSCSITMF.LUNResetSimpleAsync",
              "1.19 leaves without a word, since the test before it has destroyed their connection;"
                  + " alone it asserts its own flag before it has sent anything");

  private AllowedSkips() {}

  /** Why {@code test} may skip itself; empty if it may not. */
  static Optional<String> reason(String test) {
    return Optional.ofNullable(REASONS.get(test));
  }
}
