package org.untorn.conformance.libiscsi;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.untorn.conformance.libiscsi.CuResult.Verdict;

/**
 * Families of libiscsi's tests as JUnit tests: one for each test that the tool lists. A test fails
 * if the tool says so, if it skipped itself without being in {@link AllowedSkips}, and if it is
 * there without need.
 */
final class LibiscsiSuite {

  private final IscsiTestCu tool = new IscsiTestCu();
  private final Supplier<List<String>> urls;
  private final AllowedSkips allowed;

  /**
   * @param url where the target is, asked for when a family is run
   */
  LibiscsiSuite(Supplier<String> url, AllowedSkips allowed) {
    this(allowed, () -> List.of(url.get()));
  }

  private LibiscsiSuite(AllowedSkips allowed, Supplier<List<String>> urls) {
    this.urls = urls;
    this.allowed = allowed;
  }

  /**
   * The same against a unit with two paths.
   *
   * @param urls that of each path, asked for when a family is run
   */
  static LibiscsiSuite multipath(Supplier<List<String>> urls, AllowedSkips allowed) {
    return new LibiscsiSuite(allowed, urls);
  }

  /** One container per family; each runs the tool when its turn comes. */
  Stream<DynamicContainer> families(String... families) {
    return Stream.of(families).map(this::family);
  }

  private DynamicContainer family(String family) {
    return DynamicContainer.dynamicContainer(family, Stream.of(family).flatMap(this::runFamily));
  }

  private Stream<DynamicTest> runFamily(String family) {
    List<String> listed = tool.tests(family);
    assertThat(listed).as("tests of " + family + " that the tool lists").isNotEmpty();
    List<CuResult> results = tool.run(family, urls.get());
    assertThat(results.stream().map(CuResult::name)).containsExactlyElementsOf(listed);
    return results.stream()
        .map(result -> DynamicTest.dynamicTest(result.name(), () -> judge(result, allowed)));
  }

  /** Fails unless the result is what a disk owes. */
  static void judge(CuResult result, AllowedSkips allowed) {
    if (result.verdict() == Verdict.FAILED && !ToolDefects.explain(result)) {
      Assertions.fail(result.name() + " failed\n" + result.explanation());
    }
    if (allowed.reason(result.name()).isPresent()) {
      assertThat(result.skips())
          .as("it no longer skips itself: strike it off the list")
          .isNotEmpty();
    } else {
      assertThat(result.skips()).as(result.name() + " skipped itself").isEmpty();
    }
  }
}
