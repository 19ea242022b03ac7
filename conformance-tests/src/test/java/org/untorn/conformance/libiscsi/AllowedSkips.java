package org.untorn.conformance.libiscsi;

import java.util.Map;
import java.util.Optional;

/**
 * The tests that a disk cannot keep from skipping themselves, each with the reason.
 *
 * @param reasons by the test's name
 */
record AllowedSkips(Map<String, String> reasons) {

  private static final String UNALIGNED =
      "it needs several logical blocks in a physical one, and there is one";

  /** For every disk. */
  static final AllowedSkips DISK =
      new AllowedSkips(
          Map.of(
              "iSCSITMF.LUNResetSimpleAsync",
              "1.19 leaves without a word, since the test before it has destroyed their"
                  + " connection; alone it asserts its own flag before it has sent anything"));

  /** For a disk whose logical blocks are as large as its physical ones. */
  static final AllowedSkips LARGE_BLOCKS =
      new AllowedSkips(
          Map.of(
              "CompareAndWrite.InvalidDataOutSize", UNALIGNED,
              "WriteSame10.UnmapUnaligned", UNALIGNED,
              "WriteSame10.InvalidDataOutSize", UNALIGNED,
              "WriteSame16.UnmapUnaligned", UNALIGNED,
              "WriteSame16.InvalidDataOutSize", UNALIGNED));

  /** Why {@code test} may skip itself; empty if it may not. */
  Optional<String> reason(String test) {
    return Optional.ofNullable(reasons.get(test));
  }
}
