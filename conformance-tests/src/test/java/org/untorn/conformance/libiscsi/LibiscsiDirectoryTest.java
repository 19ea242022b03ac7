package org.untorn.conformance.libiscsi;

import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.untorn.testkit.UntornExtension;

/** What changes the medium, against a store in a directory. */
class LibiscsiDirectoryTest {

  @RegisterExtension
  static final UntornExtension target = UntornExtension.inDirectory("--size", "512MiB");

  @TestFactory
  Stream<DynamicContainer> libiscsi() {
    return new LibiscsiSuite(target::url, AllowedSkips.DISK)
        .families(
            "Write10",
            "Write12",
            "Write16",
            "WriteAtomic16",
            "WriteVerify16",
            "CompareAndWrite",
            "OrWrite",
            "Unmap",
            "WriteSame10",
            "WriteSame16",
            "iSCSIResiduals");
  }
}
