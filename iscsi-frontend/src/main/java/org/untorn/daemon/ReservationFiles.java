package org.untorn.daemon;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.untorn.core.ReservationStore;
import org.untorn.daemon.config.Storage;

/**
 * Where the persistent reservations of logical units are kept: beside the blocks, in a file {@code
 * reservations-SERIAL} for each unit that ever had some to keep, by the unit's serial number. A
 * file is replaced as a whole, by one that is on stable storage before it takes the name. Blocks in
 * memory have their reservations in memory.
 *
 * <p>One thread writes; it ends with this.
 */
final class ReservationFiles implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(ReservationFiles.class);

  private static final long PATIENCE_SECONDS = 30;

  private final Storage storage;
  private final ExecutorService writer =
      Executors.newSingleThreadExecutor(
          action -> Thread.ofPlatform().daemon().name("untorn-reservations").unstarted(action));

  ReservationFiles(Storage storage) {
    this.storage = storage;
  }

  /** That of a unit. */
  ReservationStore of(String serialNumber) {
    return switch (storage) {
      case Storage.Memory _ -> ReservationStore.inMemory();
      case Storage.Directory(Path path) -> new InFile(path.resolve("reservations-" + serialNumber));
    };
  }

  private final class InFile implements ReservationStore {

    private final Path file;

    InFile(Path file) {
      this.file = file;
    }

    @Override
    public Optional<byte[]> load() throws IOException {
      return Files.exists(file) ? Optional.of(Files.readAllBytes(file)) : Optional.empty();
    }

    @Override
    public void save(byte[] saved, Consumer<Optional<IOException>> then) {
      writer.execute(() -> then.accept(replace(file, saved)));
    }

    @Override
    public String toString() {
      return file.toString();
    }
  }

  private static Optional<IOException> replace(Path file, byte[] contents) {
    Path beside = file.resolveSibling(file.getFileName() + ".new");
    try {
      try (FileChannel channel =
          FileChannel.open(
              beside,
              StandardOpenOption.CREATE,
              StandardOpenOption.TRUNCATE_EXISTING,
              StandardOpenOption.WRITE)) {
        ByteBuffer bytes = ByteBuffer.wrap(contents);
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
        channel.force(true);
      }
      Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE);
      try (FileChannel directory =
          FileChannel.open(file.toAbsolutePath().getParent(), StandardOpenOption.READ)) {
        directory.force(true);
      }
      return Optional.empty();
    } catch (IOException problem) {
      LOG.error("persistent reservations could not be saved in {}", file, problem);
      return Optional.of(problem);
    }
  }

  /** Writes what is still to be written. */
  @Override
  public void close() throws IOException {
    writer.shutdown();
    try {
      if (!writer.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        throw new IOException("reservations are not saved yet");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
