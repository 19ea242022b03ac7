package org.untorn.conformance.rfc7143;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.untorn.testkit.UntornExtension;

/** Every case against Untorn. What it does not support is listed here, and nothing else. */
class Rfc7143Test {

  @RegisterExtension
  static final UntornExtension target = UntornExtension.inMemory("--size", "64MiB");

  private static final String LEVEL_0 = "its ErrorRecoveryLevel is 0";
  private static final String ONE = "its MaxConnections is 1";

  private static final Map<String, String> NOT_SUPPORTED =
      Map.of(
          "sends Data-In again that a SNACK asks for", LEVEL_0,
          "sends a status again that a SNACK asks for", LEVEL_0,
          "sends an R2T again that a SNACK asks for", LEVEL_0,
          "asks again for data whose digest was wrong", LEVEL_0,
          "reassigns a task to another connection", LEVEL_0,
          "takes a second connection into a session", ONE,
          "goes on with one connection when another is logged out", ONE);

  @TestFactory
  Stream<DynamicTest> the_target() {
    Portal portal = Portal.of(target.ready().url());
    return Suite.cases().stream()
        .map(one -> DynamicTest.dynamicTest(name(one), () -> passes(one, portal)));
  }

  private static String name(Case one) {
    String why = NOT_SUPPORTED.getOrDefault(one.name(), "");
    return one.name() + (why.isEmpty() ? "" : " - not supported: " + why);
  }

  private static void passes(Case one, Portal portal) {
    Suite.Found found = Suite.run(one, portal);
    Suite.Result expected =
        NOT_SUPPORTED.containsKey(one.name()) ? Suite.Result.NOT_SUPPORTED : Suite.Result.PASSED;
    assertThat(found.result())
        .as("%s (%s): %s", one.name(), one.clause(), found.why())
        .isEqualTo(expected);
  }

  @Test
  void there_are_at_least_200_cases_and_no_two_of_one_name() {
    List<String> names = Suite.cases().stream().map(Case::name).toList();
    assertThat(names).hasSizeGreaterThanOrEqualTo(200).doesNotHaveDuplicates();
  }
}
