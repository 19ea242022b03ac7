package org.untorn.testkit;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;

/**
 * Lists, after all tests, each that was skipped or aborted and why: no test is skipped silently.
 * JUnit finds it through the service loader.
 */
public final class SkipSummary implements TestExecutionListener {

  private final List<String> skipped = Collections.synchronizedList(new ArrayList<>());

  @Override
  public void executionSkipped(TestIdentifier test, String reason) {
    skipped.add(test.getDisplayName() + ": " + reason);
  }

  @Override
  public void executionFinished(TestIdentifier test, TestExecutionResult result) {
    if (result.getStatus() == TestExecutionResult.Status.ABORTED) {
      String reason = result.getThrowable().map(Throwable::getMessage).orElse("no reason given");
      skipped.add(test.getDisplayName() + ": " + reason);
    }
  }

  @Override
  public void testPlanExecutionFinished(TestPlan plan) {
    if (!skipped.isEmpty()) {
      System.err.println(text());
    }
  }

  /** What is printed. */
  String text() {
    return "NOT RUN, and nothing was proved by these:\n  " + String.join("\n  ", skipped);
  }
}
