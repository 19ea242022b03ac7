package org.untorn.backstore;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;

/**
 * A medium in a directory of the host's file system. A bounded number of files stay open ({@link
 * OpenFiles}), I/O is positional, and a sync is {@code fdatasync}.
 *
 * <p>Invariants:
 *
 * <ol>
 *   <li>One medium per directory: it holds a {@link DirectoryLock} until it is closed.
 *   <li>A name is as durable as its file: the first sync after a file was made or removed (here or
 *       by an earlier process) syncs the directory, too.
 *   <li>An interrupted thread does not take a file away from the others.
 * </ol>
 */
public final class DirectoryMedium implements Medium {

  /** Few enough for any host's limit, and enough for 16 GiB of segments that are read at random. */
  private static final int OPEN_FILES = 256;

  private final Path directory;
  private final Host host;
  private final DirectoryLock lock;
  private final OpenFiles files;

  /** Guards {@link #namesChanged}, and makes everyone wait for a directory sync under way. */
  private final Object names = new Object();

  private boolean namesChanged = true;

  private DirectoryMedium(Path directory, Host host, DirectoryLock lock) {
    this.directory = directory;
    this.host = host;
    this.lock = lock;
    this.files = new OpenFiles(directory, this::openFile, host.openFiles());
  }

  /**
   * Opens a directory, making it if need be.
   *
   * @throws MediumInUseException if someone else has it open
   */
  public static DirectoryMedium open(Path directory) throws IOException {
    return open(
        directory,
        new Host(HostFile.Opener.NATIVE_OR_CHANNEL, DirectoryMedium::syncDirectory, OPEN_FILES));
  }

  /**
   * How to get at the host's file system.
   *
   * @param opener opens files
   * @param directorySync puts a directory's names on stable storage
   * @param openFiles so many files stay open
   */
  record Host(HostFile.Opener opener, DirectorySync directorySync, int openFiles) {}

  /** Puts a directory's names on stable storage. */
  @FunctionalInterface
  interface DirectorySync {
    void sync(Path directory) throws IOException;
  }

  static DirectoryMedium open(Path directory, Host host) throws IOException {
    makeDirectories(directory.toAbsolutePath(), host.directorySync());
    return new DirectoryMedium(directory, host, DirectoryLock.exclusive(directory));
  }

  /** Makes a directory and those above it, each with a name as durable as itself. */
  private static void makeDirectories(Path directory, DirectorySync sync) throws IOException {
    Path parent = directory.getParent();
    if (parent == null || Files.isDirectory(directory)) {
      return;
    }
    makeDirectories(parent, sync);
    Files.createDirectories(directory);
    sync.sync(parent);
  }

  private static void syncDirectory(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  @Override
  public List<String> files() throws IOException {
    try (Stream<Path> paths = Files.list(directory)) {
      return paths
          .filter(Files::isRegularFile)
          .map(path -> path.getFileName().toString())
          .filter(name -> !name.equals(DirectoryLock.FILE))
          .toList();
    }
  }

  @Override
  public long length(String file) throws IOException {
    Path path = directory.resolve(file);
    return Files.exists(path) ? Files.size(path) : 0;
  }

  @Override
  public void read(String file, long offset, ByteBuffer into, Purpose purpose) throws IOException {
    if (!files.isOpen(file) && !Files.exists(directory.resolve(file))) {
      Zeros.put(into, into.position(), into.remaining());
      return;
    }
    OpenFiles.Use open = files.acquire(file);
    try {
      open.file().read(offset, into);
    } finally {
      open.release();
    }
  }

  @Override
  public void write(String file, long offset, List<ByteBuffer> data, Purpose purpose)
      throws IOException {
    OpenFiles.Use open = files.acquire(file);
    try {
      open.file().write(offset, data);
    } finally {
      open.noteWrite();
      open.release();
    }
  }

  @Override
  public void sync(String file, Purpose purpose) throws IOException {
    // An interrupt that is pending already must not close a channel under the sync.
    boolean interrupted = Thread.interrupted();
    try {
      syncUninterrupted(file);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void syncUninterrupted(String file) throws IOException {
    OpenFiles.Use open = files.acquire(file);
    try {
      open.noteSync();
      open.file().sync();
    } finally {
      open.release();
    }
    syncNames();
  }

  @Override
  public void delete(String file) throws IOException {
    files.forget(file);
    Files.deleteIfExists(directory.resolve(file));
    noteChangedNames();
  }

  @Override
  public synchronized void close() throws IOException {
    files.close();
    lock.close();
  }

  private void syncNames() throws IOException {
    synchronized (names) {
      if (namesChanged) {
        host.directorySync().sync(directory);
        namesChanged = false;
      }
    }
  }

  private void noteChangedNames() {
    synchronized (names) {
      namesChanged = true;
    }
  }

  private HostFile openFile(Path path) throws IOException {
    boolean made = !Files.exists(path);
    HostFile file = host.opener().open(path);
    if (made) {
      noteChangedNames();
    }
    return file;
  }
}
