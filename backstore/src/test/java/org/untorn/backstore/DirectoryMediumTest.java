package org.untorn.backstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What only a directory has to keep. */
class DirectoryMediumTest {

  @TempDir Path directory;

  @Test
  void a_directory_in_use_is_refused_in_one_line() throws IOException {
    try (Medium first = DirectoryMedium.open(directory)) {
      assertThat(first.files()).isEmpty();
      assertThatThrownBy(() -> DirectoryMedium.open(directory))
          .isInstanceOf(MediumInUseException.class)
          .hasMessageContaining("in use")
          .hasMessageNotContaining("\n");
    }
    DirectoryMedium.open(directory).close();
  }

  @Test
  void files_are_there_again_when_it_is_opened_again() throws IOException {
    try (Medium medium = DirectoryMedium.open(directory)) {
      medium.write("file", 3, List.of(ByteBuffer.wrap(new byte[] {1})), Purpose.DATA);
      medium.sync("file", Purpose.COMMIT);
    }
    try (Medium medium = DirectoryMedium.open(directory)) {
      assertThat(medium.files()).containsExactly("file");
      assertThat(medium.length("file")).isEqualTo(4);
    }
  }

  @Test
  void an_interrupted_thread_finishes_its_io_and_takes_no_file_from_the_others()
      throws IOException {
    try (Medium medium = DirectoryMedium.open(directory)) {
      Thread.currentThread().interrupt();
      medium.write("file", 0, List.of(ByteBuffer.wrap(new byte[] {1})), Purpose.DATA);
      assertThat(Thread.interrupted()).isTrue();
      ByteBuffer into = ByteBuffer.allocate(1);
      medium.read("file", 0, into, Purpose.DATA);
      assertThat(into.get(0)).isEqualTo((byte) 1);
    }
  }
}
