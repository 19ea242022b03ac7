package org.untorn.iscsi.login;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class KeyReferenceTest {

  private static final Path COMMITTED = Path.of("..", "docs", "KEYS.md");

  /** Ask Maven for it with {@code -Dkey-reference=write}. */
  private static final boolean WRITE = "write".equals(System.getProperty("key-reference"));

  private final String rendered = KeyReference.render(LocalParameters.DEFAULT);

  @Test
  void the_committed_reference_is_what_the_table_says() throws IOException {
    if (WRITE) {
      Files.writeString(COMMITTED, rendered);
    }
    assertThat(COMMITTED)
        .as(
            "docs/KEYS.md; write it again with: mvn test -pl iscsi-frontend -am"
                + " -Dtest=KeyReferenceTest -Dsurefire.failIfNoSpecifiedTests=false"
                + " -Dkey-reference=write")
        .hasContent(rendered);
  }

  @ParameterizedTest
  @EnumSource(TextKey.class)
  void every_key_has_a_row_with_its_clause(TextKey key) {
    assertThat(rendered.lines())
        .filteredOn(line -> line.startsWith("| " + key.key() + " |"))
        .singleElement()
        .asString()
        .endsWith("| " + key.clause() + " |")
        .contains(key.use().name(), key.result().name());
  }
}
