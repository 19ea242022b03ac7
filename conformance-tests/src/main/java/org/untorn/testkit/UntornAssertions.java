package org.untorn.testkit;

/** Assertions on what a target was asked and what it did; for use beside those of AssertJ. */
public final class UntornAssertions {

  private UntornAssertions() {}

  /** Of a target for a class or a test. */
  public static UntornAssert assertThat(UntornExtension actual) {
    return new UntornAssert(actual.untorn());
  }

  /** Of a target that runs. */
  public static UntornAssert assertThat(Untorn actual) {
    return new UntornAssert(actual);
  }
}
