package org.untorn.conformance.libiscsi;

import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.untorn.testkit.UntornExtension;

/**
 * What moves blocks, on a disk with protection information of type 1: libiscsi sends data alone and
 * expects no other answers than from any disk. Its own tests of the PROTECT fields say that they
 * test nothing yet on such a disk.
 */
class LibiscsiProtectionTest {

  @RegisterExtension
  static final UntornExtension target =
      UntornExtension.inMemory("--size", "512MiB", "--protection", "1");

  @TestFactory
  Stream<DynamicContainer> libiscsi() {
    return new LibiscsiSuite(target::url, AllowedSkips.DISK)
        .families(
            "Inquiry",
            "ReadCapacity10",
            "ReadCapacity16",
            "Read6",
            "Read10",
            "Read12",
            "Read16",
            "Write10",
            "Write12",
            "Write16",
            "WriteAtomic16",
            "WriteVerify10",
            "WriteVerify12",
            "WriteVerify16",
            "Verify10",
            "Verify12",
            "Verify16",
            "CompareAndWrite",
            "OrWrite",
            "Unmap",
            "WriteSame10",
            "WriteSame16",
            "ModeSense6",
            "iSCSIResiduals");
  }
}
