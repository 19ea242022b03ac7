package org.untorn.conformance.libiscsi;

import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.untorn.testkit.UntornExtension;

/**
 * What reads and changes the medium, with blocks of 4096 bytes. GetLBAStatus is here only: where
 * there are several logical blocks in a physical one, its UnmapSingle asks for one LBA and expects
 * another in the answer.
 */
class Libiscsi4096Test {

  /** A little more than the most blocks that WRITE SAME can write. */
  @RegisterExtension
  static final UntornExtension target =
      UntornExtension.inMemory("--size", "320MiB", "--block-size", "4096");

  @TestFactory
  Stream<DynamicContainer> libiscsi() {
    return new LibiscsiSuite(target::url, AllowedSkips.LARGE_BLOCKS)
        .families(
            "ReadCapacity16",
            "Read6",
            "Read10",
            "Read12",
            "Read16",
            "Write10",
            "Write12",
            "Write16",
            "WriteAtomic16",
            "Verify10",
            "Verify12",
            "Verify16",
            "CompareAndWrite",
            "OrWrite",
            "GetLBAStatus",
            "Unmap",
            "WriteSame10",
            "WriteSame16",
            "iSCSIResiduals");
  }
}
