package org.untorn.conformance.libiscsi;

import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.untorn.testkit.UntornExtension;

/** What takes the medium out of a disk, and puts it in again. */
class LibiscsiRemovableTest {

  @RegisterExtension
  static final UntornExtension target = UntornExtension.inMemory("--size", "64MiB", "--removable");

  @TestFactory
  Stream<DynamicContainer> libiscsi() {
    return new LibiscsiSuite(target::url, AllowedSkips.DISK)
        .families("TestUnitReady", "StartStopUnit", "PreventAllow", "NoMedia");
  }
}
