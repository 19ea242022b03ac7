package org.untorn.daemon.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ControlTokenTest {

  private static final String SECRET = "0123456789abcdef0123";

  @TempDir private Path directory = Path.of("");

  private Path file(String text, String mode) throws IOException {
    Path file = Files.writeString(directory.resolve("token"), text);
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
  }

  @Test
  void a_file_that_is_its_owners_alone_holds_it_and_counts_before_the_environment()
      throws IOException {
    Optional<Path> file = Optional.of(file(SECRET + "\n", "rw-------"));

    Optional<ControlToken> token = ControlToken.load(file, Optional.of("another-token-0123456789"));

    assertThat(token.orElseThrow().header()).isEqualTo("Bearer " + SECRET);
  }

  @Test
  void without_a_file_the_environment_holds_it_and_without_both_there_is_none() throws IOException {
    assertThat(ControlToken.load(Optional.empty(), Optional.of(SECRET)).orElseThrow().header())
        .isEqualTo("Bearer " + SECRET);
    assertThat(ControlToken.load(Optional.empty(), Optional.empty())).isEmpty();
  }

  @Test
  void a_file_that_others_may_read_is_refused() throws IOException {
    Path file = file(SECRET, "rw-r-----");

    assertThatThrownBy(() -> ControlToken.load(Optional.of(file), Optional.empty()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("others than its owner may use")
        .hasMessageEndingWith("chmod 600 " + file)
        .message()
        .doesNotContain(SECRET);
  }

  @Test
  void what_is_no_token_is_refused_and_not_repeated() throws IOException {
    for (String wrong : List.of("", "too-short", "spaces are not part of it", "x".repeat(513))) {
      Path file = file(wrong, "rw-------");
      assertThatThrownBy(() -> ControlToken.load(Optional.of(file), Optional.empty()))
          .isInstanceOf(IOException.class)
          .hasMessageStartingWith(file + " holds no token: one is 16 to 512 letters");
    }
  }

  @Test
  void only_the_token_itself_and_only_once_is_let_in() throws IOException {
    ControlToken token = ControlToken.load(Optional.empty(), Optional.of(SECRET)).orElseThrow();

    assertThat(token.refusal(List.of("Bearer " + SECRET))).isEmpty();
    for (List<String> headers :
        List.of(
            List.<String>of(),
            List.of(""),
            List.of(SECRET),
            List.of("Bearer " + SECRET + "4"),
            List.of("Bearer " + SECRET.substring(1)),
            List.of("Basic " + SECRET),
            List.of("Bearer " + SECRET, "Bearer " + SECRET))) {
      assertThat(token.refusal(headers).orElseThrow().status()).as("%s", headers).isEqualTo(401);
    }
  }

  @Test
  void it_does_not_tell_itself() throws IOException {
    assertThat(ControlToken.load(Optional.empty(), Optional.of(SECRET)).orElseThrow())
        .hasToString("a token");
  }
}
