package org.untorn.backstore;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A medium in a directory that is only looked at: not a byte of it changes, and none need be
 * writable. It shares the lock with others who look, and excludes whoever would change it.
 */
public final class ReadOnlyDirectory implements Medium {

  private static final int OPEN_FILES = 64;

  private final Path directory;
  private final List<DirectoryLock> locked;
  private final Map<String, FileChannel> files = new HashMap<>();

  private ReadOnlyDirectory(Path directory, List<DirectoryLock> locked) {
    this.directory = directory;
    this.locked = locked;
  }

  /**
   * Opens a directory.
   *
   * @throws MediumInUseException if someone has it open who may change it
   */
  public static ReadOnlyDirectory open(Path directory) throws IOException {
    boolean canBeLocked = Files.exists(directory.resolve(DirectoryLock.FILE));
    return new ReadOnlyDirectory(
        directory, canBeLocked ? List.of(DirectoryLock.shared(directory)) : List.of());
  }

  @Override
  public List<String> files() throws IOException {
    try (Stream<Path> paths = Files.list(directory)) {
      return paths.map(path -> path.getFileName().toString()).toList();
    }
  }

  @Override
  public long length(String file) throws IOException {
    Path path = directory.resolve(file);
    return Files.exists(path) ? Files.size(path) : 0;
  }

  @Override
  public void read(String file, long offset, ByteBuffer into, Purpose purpose) throws IOException {
    ByteBuffer left = into.duplicate();
    if (Files.exists(directory.resolve(file))) {
      FileChannel channel = channel(file);
      long at = offset;
      while (left.hasRemaining()) {
        int count = channel.read(left, at);
        if (count < 0) {
          break;
        }
        at += count;
      }
    }
    Zeros.put(left, left.position(), left.remaining());
  }

  private synchronized FileChannel channel(String file) throws IOException {
    FileChannel open = files.get(file);
    if (open != null) {
      return open;
    }
    if (files.size() >= OPEN_FILES) {
      closeFiles();
    }
    FileChannel channel = FileChannel.open(directory.resolve(file), StandardOpenOption.READ);
    files.put(file, channel);
    return channel;
  }

  private void closeFiles() throws IOException {
    for (FileChannel channel : files.values()) {
      channel.close();
    }
    files.clear();
  }

  @Override
  public void write(String file, long offset, List<ByteBuffer> data, Purpose purpose)
      throws IOException {
    throw new IOException(directory + " is only looked at");
  }

  @Override
  public void sync(String file, Purpose purpose) {}

  @Override
  public void delete(String file) throws IOException {
    throw new IOException(directory + " is only looked at");
  }

  @Override
  public synchronized void close() throws IOException {
    closeFiles();
    for (DirectoryLock lock : locked) {
      lock.close();
    }
  }
}
