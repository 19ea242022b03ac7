package org.untorn.backstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.file.Path;
import java.util.ArrayList;
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

  @Test
  void a_sync_that_was_cut_short_has_failed_and_is_not_repeated() throws IOException {
    List<Path> synced = new ArrayList<>();
    DirectoryMedium.Force cutShort =
        (path, channel, metadata) -> {
          synced.add(path);
          channel.close();
          throw new AsynchronousCloseException();
        };
    try (Medium medium = DirectoryMedium.open(directory, cutShort)) {
      medium.write("file", 0, List.of(ByteBuffer.wrap(new byte[] {1})), Purpose.DATA);
      assertThatThrownBy(() -> medium.sync("file", Purpose.COMMIT))
          .isInstanceOf(AsynchronousCloseException.class);
    }
    assertThat(synced).containsExactly(directory.resolve("file"));
  }

  @Test
  void an_interrupted_thread_can_sync_and_so_can_others_after_its_interrupt() throws IOException {
    try (Medium medium = DirectoryMedium.open(directory)) {
      medium.write("file", 0, List.of(ByteBuffer.wrap(new byte[] {1})), Purpose.DATA);
      Thread.currentThread().interrupt();
      medium.sync("file", Purpose.COMMIT);
      assertThat(Thread.interrupted()).isTrue();
      medium.sync("file", Purpose.COMMIT);
    }
  }

  @Test
  void each_directory_that_is_made_has_its_name_synced() throws IOException {
    List<Path> synced = new ArrayList<>();
    Path deep = directory.resolve("a").resolve("b").resolve("c");
    DirectoryMedium.open(deep, (path, channel, metadata) -> synced.add(path)).close();
    assertThat(synced)
        .containsExactly(directory, directory.resolve("a"), directory.resolve("a").resolve("b"));
  }
}
