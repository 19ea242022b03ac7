package org.untorn.conformance.libiscsi;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.untorn.testkit.UntornExtension;

/** What needs two paths to one unit, and what two initiators do to each other through them. */
class LibiscsiMultipathTest {

  @RegisterExtension
  static final UntornExtension target =
      UntornExtension.inMemory("--size", "64MiB", "--listen", "127.0.0.1:0");

  private static List<String> urls() {
    return List.of(target.ready().url(0), target.ready().url(1));
  }

  @TestFactory
  Stream<DynamicContainer> libiscsi() {
    return LibiscsiSuite.multipath(LibiscsiMultipathTest::urls, AllowedSkips.DISK)
        .families(
            "MultipathIO",
            "CompareAndWrite",
            "PrinReadKeys",
            "PrinServiceactionRange",
            "PrinReportCapabilities",
            "ProutRegister",
            "ProutReserve",
            "ProutClear",
            "ProutPreempt",
            "Reserve6");
  }
}
