package org.untorn.conformance.example;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What README.md shows is what is compiled and run. */
class ReadmeTest {

  @Test
  void the_example_of_the_readme_is_the_one_that_runs() throws IOException {
    String source =
        Files.readString(
            Path.of("src/test/java/org/untorn/conformance/example/PowerCutExampleTest.java"));
    String example =
        source.substring(
            source.indexOf("// README: from here\n") + "// README: from here\n".length(),
            source.indexOf("// README: to here"));

    assertThat(Files.readString(Path.of("../README.md"))).contains("```java\n" + example + "```\n");
  }
}
