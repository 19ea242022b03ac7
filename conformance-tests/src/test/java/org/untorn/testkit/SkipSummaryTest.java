package org.untorn.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.platform.engine.TestDescriptor;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.UniqueId;
import org.junit.platform.engine.support.descriptor.AbstractTestDescriptor;
import org.junit.platform.launcher.TestIdentifier;
import org.opentest4j.TestAbortedException;

class SkipSummaryTest {

  @Test
  void every_test_that_did_not_run_is_named_with_its_reason() {
    SkipSummary summary = new SkipSummary();

    summary.executionFinished(
        test("aborted"),
        TestExecutionResult.aborted(new TestAbortedException("qemu-img is not installed")));
    summary.executionFinished(test("passed"), TestExecutionResult.successful());
    summary.executionSkipped(test("disabled"), "for a while");

    assertThat(summary.text())
        .contains("aborted: qemu-img is not installed", "disabled: for a while")
        .doesNotContain("passed");
  }

  private static TestIdentifier test(String name) {
    return TestIdentifier.from(new Descriptor(name));
  }

  private static final class Descriptor extends AbstractTestDescriptor {
    Descriptor(String name) {
      super(UniqueId.forEngine("none").append("test", name), name);
    }

    @Override
    public TestDescriptor.Type getType() {
      return TestDescriptor.Type.TEST;
    }
  }
}
