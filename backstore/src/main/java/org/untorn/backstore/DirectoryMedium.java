package org.untorn.backstore;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.stream.Stream;

/**
 * A medium in a directory of the host's file system. Channels stay open, I/O is positional, and a
 * sync is {@code fdatasync}.
 *
 * <p>Invariants:
 *
 * <ol>
 *   <li>One medium per directory: it holds a lock on the file {@code lock} until it is closed.
 *   <li>A name is as durable as its file: the first sync after a file was made or removed (here or
 *       by an earlier process) syncs the directory, too.
 *   <li>An interrupted thread does not take a file away from the others: the channel that its
 *       interrupt closed is opened again, and the I/O repeated. Not so a sync: once it has begun,
 *       whatever ends it early is a failure.
 * </ol>
 */
public final class DirectoryMedium implements Medium {

  private static final String LOCK = "lock";

  /** Smaller buffers are gathered into one write of at most this many bytes. */
  private static final int GATHERED_BYTES = 128 << 10;

  private static final ThreadLocal<ByteBuffer> GATHERED =
      ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(GATHERED_BYTES));

  private final Path directory;
  private final Force force;
  private final FileChannel lockChannel;
  private final FileLock lock;
  private final ConcurrentMap<String, FileChannel> channels = new ConcurrentHashMap<>();
  private volatile boolean closed;

  /** Guards {@link #namesChanged}, and makes everyone wait for a directory sync under way. */
  private final Object names = new Object();

  private boolean namesChanged = true;

  private DirectoryMedium(Path directory, Force force, FileChannel lockChannel, FileLock lock) {
    this.directory = directory;
    this.force = force;
    this.lockChannel = lockChannel;
    this.lock = lock;
  }

  /**
   * Opens a directory, making it if need be.
   *
   * @throws MediumInUseException if someone else has it open
   */
  public static DirectoryMedium open(Path directory) throws IOException {
    return open(directory, (path, channel, metadata) -> channel.force(metadata));
  }

  /** The same, with another way to sync what is open. */
  static DirectoryMedium open(Path directory, Force force) throws IOException {
    makeDirectories(directory.toAbsolutePath(), force);
    FileChannel channel =
        FileChannel.open(
            directory.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    Optional<FileLock> lock = tryLock(channel);
    if (lock.isEmpty()) {
      channel.close();
      throw new MediumInUseException(directory);
    }
    return new DirectoryMedium(directory, force, channel, lock.get());
  }

  /** Makes a directory and those above it, each with a name as durable as itself. */
  private static void makeDirectories(Path directory, Force force) throws IOException {
    Path parent = directory.getParent();
    if (parent == null || Files.isDirectory(directory)) {
      return;
    }
    makeDirectories(parent, force);
    Files.createDirectories(directory);
    syncDirectory(parent, force);
  }

  private static void syncDirectory(Path path, Force force) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      force.force(path, channel, true);
    }
  }

  private static Optional<FileLock> tryLock(FileChannel channel) throws IOException {
    try {
      return Optional.ofNullable(channel.tryLock());
    } catch (OverlappingFileLockException heldByThisProcess) {
      return Optional.empty();
    }
  }

  @Override
  public List<String> files() throws IOException {
    try (Stream<Path> paths = Files.list(directory)) {
      return paths
          .filter(Files::isRegularFile)
          .map(path -> path.getFileName().toString())
          .filter(name -> !name.equals(LOCK))
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
    if (channels.containsKey(file) || Files.exists(directory.resolve(file))) {
      withChannel(file, channel -> readFully(channel, offset, into));
    } else {
      Zeros.put(into, into.position(), into.remaining());
    }
  }

  @Override
  public void write(String file, long offset, List<ByteBuffer> data, Purpose purpose)
      throws IOException {
    withChannel(file, channel -> writeFully(channel, offset, data));
  }

  @Override
  public void sync(String file, Purpose purpose) throws IOException {
    // An interrupt that is pending already must not close the channel under the sync.
    boolean interrupted = Thread.interrupted();
    try {
      force.force(directory.resolve(file), openNow(file), false);
      syncNames();
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public void delete(String file) throws IOException {
    FileChannel channel = channels.remove(file);
    if (channel != null) {
      channel.close();
    }
    Files.deleteIfExists(directory.resolve(file));
    noteChangedNames();
  }

  @Override
  public synchronized void close() throws IOException {
    closed = true;
    for (FileChannel channel : channels.values()) {
      channel.close();
    }
    channels.clear();
    if (lock.isValid()) {
      lock.release();
    }
    lockChannel.close();
  }

  private void syncNames() throws IOException {
    synchronized (names) {
      if (namesChanged) {
        syncDirectory(directory, force);
        namesChanged = false;
      }
    }
  }

  private void noteChangedNames() {
    synchronized (names) {
      namesChanged = true;
    }
  }

  private void withChannel(String file, Transfer transfer) throws IOException {
    boolean interrupted = false;
    try {
      while (true) {
        FileChannel channel = channel(file);
        try {
          transfer.run(channel);
          return;
        } catch (ClosedByInterruptException e) {
          interrupted = Thread.interrupted();
          channels.remove(file, channel);
        } catch (ClosedChannelException e) {
          if (!channels.remove(file, channel) && closed) {
            throw e;
          }
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** The file's channel, opened again if somebody's interrupt closed it. */
  private FileChannel openNow(String file) throws IOException {
    FileChannel channel = channel(file);
    while (!channel.isOpen()) {
      channels.remove(file, channel);
      channel = channel(file);
    }
    return channel;
  }

  private FileChannel channel(String file) throws IOException {
    FileChannel open = channels.get(file);
    return open != null ? open : openChannel(file);
  }

  private synchronized FileChannel openChannel(String file) throws IOException {
    FileChannel open = channels.get(file);
    if (open != null) {
      return open;
    }
    if (closed) {
      throw new ClosedChannelException();
    }
    Path path = directory.resolve(file);
    boolean made = !Files.exists(path);
    FileChannel channel =
        FileChannel.open(
            path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    if (made) {
      noteChangedNames();
    }
    channels.put(file, channel);
    return channel;
  }

  private static void readFully(FileChannel channel, long offset, ByteBuffer into)
      throws IOException {
    ByteBuffer rest = into.duplicate();
    long at = offset;
    while (rest.hasRemaining()) {
      int read = channel.read(rest, at);
      if (read < 0) {
        Zeros.put(rest, rest.position(), rest.remaining());
        return;
      }
      at += read;
    }
  }

  private static void writeFully(FileChannel channel, long offset, List<ByteBuffer> data)
      throws IOException {
    ByteBuffer gathered = GATHERED.get().clear();
    long at = offset;
    for (ByteBuffer buffer : data) {
      if (buffer.isDirect() && buffer.remaining() >= GATHERED_BYTES) {
        at = write(channel, at, gathered.flip());
        gathered.clear();
        at = write(channel, at, buffer.duplicate());
        continue;
      }
      int done = 0;
      while (done < buffer.remaining()) {
        int length = Math.min(gathered.remaining(), buffer.remaining() - done);
        gathered.put(gathered.position(), buffer, buffer.position() + done, length);
        gathered.position(gathered.position() + length);
        done += length;
        if (!gathered.hasRemaining()) {
          at = write(channel, at, gathered.flip());
          gathered.clear();
        }
      }
    }
    write(channel, at, gathered.flip());
  }

  private static long write(FileChannel channel, long offset, ByteBuffer data) throws IOException {
    long at = offset;
    while (data.hasRemaining()) {
      at += channel.write(data, at);
    }
    return at;
  }

  /** Puts an open file or directory on stable storage. */
  @FunctionalInterface
  interface Force {
    void force(Path path, FileChannel channel, boolean metadata) throws IOException;
  }

  /** An I/O that can be repeated on a fresh channel. */
  @FunctionalInterface
  private interface Transfer {
    void run(FileChannel channel) throws IOException;
  }
}
