package org.untorn.conformance.libiscsi;

import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.untorn.testkit.UntornExtension;

/** Every family that the target supports, against a store in memory. */
class LibiscsiMemoryTest {

  /** Small enough that READ(6) can be sent past its end (at most 0x1FFFFF blocks). */
  @RegisterExtension
  static final UntornExtension target = UntornExtension.inMemory("--size", "512MiB");

  @TestFactory
  Stream<DynamicContainer> libiscsi() {
    return new LibiscsiSuite(target::url, AllowedSkips.DISK)
        .families(
            "TestUnitReady",
            "Inquiry",
            "Mandatory",
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
            "ExtendedCopy",
            "ReceiveCopyResults",
            "Prefetch10",
            "Prefetch16",
            "Unmap",
            "WriteSame10",
            "WriteSame16",
            "ModeSense6",
            "ReadDefectData10",
            "ReadDefectData12",
            "ReportSupportedOpcodes",
            "PrinReadKeys",
            "PrinServiceactionRange",
            "PrinReportCapabilities",
            "ProutRegister",
            "ProutReserve",
            "ProutClear",
            "ProutPreempt",
            "Reserve6",
            "iSCSIcmdsn",
            "iSCSIdatasn",
            "iSCSIResiduals",
            "iSCSITMF");
  }
}
