package org.untorn.backstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What only a directory has to keep. */
class DirectoryMediumTest {

  private static final int IN_USE = 7;

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
  void a_refused_opening_leaves_the_lock_to_who_has_it() throws Exception {
    try (Medium first = DirectoryMedium.open(directory)) {
      assertThat(first.files()).isEmpty();
      assertThatThrownBy(() -> DirectoryMedium.open(directory))
          .isInstanceOf(MediumInUseException.class);
      assertThatThrownBy(() -> ReadOnlyDirectory.open(directory))
          .isInstanceOf(MediumInUseException.class);
      assertThat(exitStatusOfAnotherProcess()).as("what another process finds").isEqualTo(IN_USE);
    }
    assertThat(exitStatusOfAnotherProcess()).as("what it finds afterwards").isEqualTo(0);
  }

  private int exitStatusOfAnotherProcess() throws Exception {
    String classes =
        Path.of(DirectoryMedium.class.getProtectionDomain().getCodeSource().getLocation().toURI())
            + File.pathSeparator
            + Path.of(Opener.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    return new ProcessBuilder(
            java.toString(), "-cp", classes, Opener.class.getName(), directory.toString())
        .inheritIO()
        .start()
        .waitFor();
  }

  /** Another process, which says by its exit status whether it could open a directory. */
  static final class Opener {
    private Opener() {}

    public static void main(String[] args) throws IOException {
      try {
        DirectoryMedium.open(Path.of(args[0])).close();
      } catch (MediumInUseException inUse) {
        System.exit(IN_USE);
      }
    }
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
    AtomicInteger syncs = new AtomicInteger();
    HostFile.Opener cutShort =
        path ->
            new Watched(ChannelFile.open(path)) {
              @Override
              public void sync() throws IOException {
                syncs.incrementAndGet();
                throw new AsynchronousCloseException();
              }
            };
    try (Medium medium = DirectoryMedium.open(directory, host(cutShort, 8))) {
      medium.write("file", 0, List.of(ByteBuffer.wrap(new byte[] {1})), Purpose.DATA);
      assertThatThrownBy(() -> medium.sync("file", Purpose.COMMIT))
          .isInstanceOf(AsynchronousCloseException.class);
    }
    assertThat(syncs).hasValue(1);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void an_interrupted_reader_takes_no_file_from_a_sync_under_way(boolean channels)
      throws Exception {
    HostFile.Opener opener = channels ? ChannelFile::open : HostFile.Opener.NATIVE_OR_CHANNEL;
    try (Medium medium = DirectoryMedium.open(directory, host(opener, 8))) {
      medium.write("file", 0, List.of(ByteBuffer.allocate(4096)), Purpose.DATA);
      CountDownLatch done = new CountDownLatch(1);
      Thread reader =
          Thread.ofPlatform()
              .start(
                  () -> {
                    while (done.getCount() > 0) {
                      Thread.currentThread().interrupt();
                      readOne(medium);
                    }
                  });
      for (int i = 0; i < 300; i++) {
        medium.write("file", i, List.of(ByteBuffer.allocate(1)), Purpose.DATA);
        medium.sync("file", Purpose.COMMIT);
      }
      done.countDown();
      reader.join();
    }
  }

  private static void readOne(Medium medium) {
    try {
      medium.read("file", 0, ByteBuffer.allocate(1), Purpose.DATA);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void few_files_stay_open_and_all_of_them_are_read() throws IOException {
    AtomicInteger open = new AtomicInteger();
    HostFile.Opener counting =
        path -> {
          open.incrementAndGet();
          return new Watched(ChannelFile.open(path)) {
            @Override
            public void close() throws IOException {
              open.decrementAndGet();
              super.close();
            }
          };
        };
    try (Medium medium = DirectoryMedium.open(directory, host(counting, 4))) {
      for (byte i = 0; i < 40; i++) {
        medium.write("file" + i, 0, List.of(ByteBuffer.wrap(new byte[] {i})), Purpose.DATA);
        medium.sync("file" + i, Purpose.COMMIT);
        assertThat(open.get()).isLessThanOrEqualTo(4);
      }
      for (byte i = 0; i < 40; i++) {
        ByteBuffer into = ByteBuffer.allocate(1);
        medium.read("file" + i, 0, into, Purpose.DATA);
        assertThat(into.get(0)).isEqualTo(i);
        assertThat(open.get()).isLessThanOrEqualTo(4);
      }
    }
    assertThat(open).hasValue(0);
  }

  @Test
  void a_file_with_unsynced_bytes_stays_open_until_it_is_synced() throws IOException {
    List<String> closed = new ArrayList<>();
    HostFile.Opener watching =
        path ->
            new Watched(ChannelFile.open(path)) {
              @Override
              public void close() throws IOException {
                closed.add(path.getFileName().toString());
                super.close();
              }
            };
    try (Medium medium = DirectoryMedium.open(directory, host(watching, 2))) {
      for (String file : List.of("a", "b", "c", "d")) {
        medium.write(file, 0, List.of(ByteBuffer.allocate(1)), Purpose.DATA);
      }
      assertThat(closed).isEmpty();
      medium.sync("b", Purpose.COMMIT);
      medium.write("e", 0, List.of(ByteBuffer.allocate(1)), Purpose.DATA);
      assertThat(closed).containsExactly("b");
    }
    assertThat(closed).hasSize(5);
  }

  @Test
  void a_file_that_is_written_while_a_sync_is_under_way_stays_open() throws IOException {
    List<String> closed = new ArrayList<>();
    AtomicReference<Runnable> beforeWrite = new AtomicReference<>(() -> {});
    HostFile.Opener watching =
        path ->
            new Watched(ChannelFile.open(path)) {
              @Override
              public void write(long offset, List<ByteBuffer> data) throws IOException {
                beforeWrite.getAndSet(() -> {}).run();
                super.write(offset, data);
              }

              @Override
              public void close() throws IOException {
                closed.add(path.getFileName().toString());
                super.close();
              }
            };
    try (Medium medium = DirectoryMedium.open(directory, host(watching, 2))) {
      beforeWrite.set(() -> syncOne(medium));
      for (String file : List.of("file", "b", "c", "d")) {
        medium.write(file, 0, List.of(ByteBuffer.allocate(1)), Purpose.DATA);
      }
      assertThat(closed).isEmpty();
    }
  }

  private static void syncOne(Medium medium) {
    try {
      medium.sync("file", Purpose.COMMIT);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void an_error_of_the_host_says_what_file_and_why() throws IOException {
    Files.createDirectory(directory.resolve("file"));
    try (Medium medium = DirectoryMedium.open(directory)) {
      assertThatThrownBy(() -> medium.write("file", 0, List.of(), Purpose.DATA))
          .isInstanceOf(IOException.class)
          .hasMessageContaining(directory.resolve("file").toString())
          .hasMessageContaining("directory");
    }
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
    DirectoryMedium.open(deep, new DirectoryMedium.Host(ChannelFile::open, synced::add, 8)).close();
    assertThat(synced)
        .containsExactly(directory, directory.resolve("a"), directory.resolve("a").resolve("b"));
  }

  private static DirectoryMedium.Host host(HostFile.Opener opener, int openFiles) {
    return new DirectoryMedium.Host(opener, path -> {}, openFiles);
  }

  /** A file that does what another one does, where a test does not say otherwise. */
  private static class Watched implements HostFile {
    private final HostFile file;

    Watched(HostFile file) {
      this.file = file;
    }

    @Override
    public void read(long offset, ByteBuffer into) throws IOException {
      file.read(offset, into);
    }

    @Override
    public void write(long offset, List<ByteBuffer> data) throws IOException {
      file.write(offset, data);
    }

    @Override
    public void sync() throws IOException {
      file.sync();
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }
}
