package org.untorn.conformance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.support.descriptor.ClassSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;

/**
 * Writes what each conformance suite found, a page of Markdown per test class, to
 * target/conformance; ./verify makes docs/CONFORMANCE.md of them. Nothing in a page depends on when
 * it was written, so that it changes only when a result does. JUnit finds it through the service
 * loader.
 */
public final class ConformanceReport implements TestExecutionListener {

  private static final Path PAGES = Path.of("target", "conformance");
  private static final String PACKAGE = "org.untorn.conformance.";
  private static final String GUEST = PACKAGE + "vm.";
  private static final String IN_GUEST = " (in a Linux guest)";

  /** By class name: its heading, then a row per test. */
  private final Map<String, List<String>> pages = new LinkedHashMap<>();

  private Optional<TestPlan> plan = Optional.empty();

  @Override
  public void testPlanExecutionStarted(TestPlan started) {
    plan = Optional.of(started);
  }

  @Override
  public void executionFinished(TestIdentifier test, TestExecutionResult result) {
    boolean failedContainer =
        test.isContainer() && result.getStatus() != TestExecutionResult.Status.SUCCESSFUL;
    if (test.isTest() || failedContainer) {
      record(
          test,
          switch (result.getStatus()) {
            case SUCCESSFUL -> "passed";
            case FAILED -> "**FAILED**";
            case ABORTED -> "**not run**";
          });
    }
  }

  @Override
  public void executionSkipped(TestIdentifier test, String reason) {
    record(test, "**not run**");
  }

  @Override
  public synchronized void testPlanExecutionFinished(TestPlan finished) {
    try {
      Files.createDirectories(PAGES);
      for (Map.Entry<String, List<String>> page : pages.entrySet()) {
        Files.write(PAGES.resolve(page.getKey() + ".md"), page.getValue());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private synchronized void record(TestIdentifier test, String result) {
    List<String> names = new ArrayList<>();
    Optional<TestIdentifier> at = Optional.of(test);
    while (at.isPresent() && className(at.get()).isEmpty()) {
      names.addFirst(words(at.get().getDisplayName()));
      at = parent(at.get());
    }
    if (at.isEmpty() || !className(at.get()).orElseThrow().startsWith(PACKAGE)) {
      return;
    }
    // A class that runs once per parameter: its runs are containers of the same class.
    Optional<TestIdentifier> whole = parent(at.get());
    if (whole.isPresent() && className(whole.get()).equals(className(at.get()))) {
      names.addFirst(at.get().getDisplayName());
    }
    String name = names.isEmpty() ? "all of it" : String.join(": ", names);
    String heading =
        className(at.get())
            .orElseThrow()
            .replaceAll(".*\\.|Test$", "")
            .replaceAll("(?<=[a-z])(?=[A-Z])", " ")
            .concat(className(at.get()).orElseThrow().startsWith(GUEST) ? IN_GUEST : "");
    pages
        .computeIfAbsent(
            className(at.get()).orElseThrow(),
            _ -> new ArrayList<>(List.of("", "## " + heading, "", "| | |", "|---|---|")))
        .add("| " + name.replace("|", "\\|") + " | " + result + " |");
  }

  private Optional<TestIdentifier> parent(TestIdentifier test) {
    return plan.flatMap(known -> known.getParent(test));
  }

  private static Optional<String> className(TestIdentifier test) {
    return test.getSource()
        .filter(ClassSource.class::isInstance)
        .map(source -> ((ClassSource) source).getClassName());
  }

  /** A method's name as the sentence that it is. */
  private static String words(String displayName) {
    return displayName.replaceAll("\\(.*\\)$", "").replace('_', ' ');
  }
}
