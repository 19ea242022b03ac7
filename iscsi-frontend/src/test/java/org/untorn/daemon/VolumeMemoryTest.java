package org.untorn.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.untorn.backstore.DirectoryMedium;
import org.untorn.backstore.Pool;
import org.untorn.backstore.PoolOptions;
import org.untorn.daemon.volume.VolumeMemory;

/** What a unit keeps is in its pool, from one process to the next. */
class VolumeMemoryTest {

  @TempDir private Path directory = Path.of("");

  private DirectoryMedium medium() throws IOException {
    return DirectoryMedium.open(directory);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void what_was_kept_is_there_in_the_next_process_and_what_was_not_makes_no_volume()
      throws IOException {
    try (DirectoryMedium medium = medium();
        Pool pool = Pool.open(medium, PoolOptions.DEFAULT)) {
      VolumeMemory memory = new VolumeMemory(pool, "disk0-lun0");
      memory.keep("nothing", new byte[0]);
      assertThat(memory.load("erasure")).isEmpty();
      assertThat(pool.list()).isEmpty();
      memory.keep("erasure", bytes("one"));
      memory.keep("label", bytes("ü"));
      memory.keep("erasure", bytes("two, and longer"));
      new VolumeMemory(pool, "disk0-lun1").keep("label", bytes("another"));
    }
    try (DirectoryMedium medium = medium();
        Pool pool = Pool.open(medium, PoolOptions.DEFAULT)) {
      VolumeMemory memory = new VolumeMemory(pool, "disk0-lun0");
      assertThat(memory.load("erasure")).hasValue(bytes("two, and longer"));
      assertThat(memory.load("label")).hasValue(bytes("ü"));
      memory.keep("erasure", new byte[0]);
      assertThat(memory.load("erasure")).isEmpty();
      assertThat(memory.load("label")).hasValue(bytes("ü"));
      assertThat(pool.list())
          .extracting(volume -> volume.name())
          .containsExactly(".unit-disk0-lun0", ".unit-disk0-lun1");
      pool.delete(".unit-disk0-lun0");
      assertThat(memory.load("label")).isEmpty();
      memory.keep("label", bytes("again"));
      assertThat(memory.load("label")).hasValue(bytes("again"));
    }
  }

  @Test
  void more_than_there_is_room_for_is_not_kept_and_loses_nothing() throws IOException {
    try (DirectoryMedium medium = medium();
        Pool pool = Pool.open(medium, PoolOptions.DEFAULT)) {
      VolumeMemory memory = new VolumeMemory(pool, "x".repeat(64));
      memory.keep("a", new byte[60_000]);
      assertThatThrownBy(() -> memory.keep("b", new byte[6_000]))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("65536 bytes at most");
      assertThat(memory.load("a")).hasValue(new byte[60_000]);
      assertThat(memory.load("b")).isEmpty();
      assertThat(pool.list().getFirst().name()).hasSize(6 + 40);
    }
  }
}
