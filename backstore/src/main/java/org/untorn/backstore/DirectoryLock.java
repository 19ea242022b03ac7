package org.untorn.backstore;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A lock on a directory, held until it is closed: on its file {@code lock}, against other
 * processes, and in a table, against the same one.
 *
 * <p>The table is asked before the file is opened: on Linux a process loses all its locks on a file
 * when it closes any descriptor of it, one that it got no lock with included.
 */
final class DirectoryLock implements AutoCloseable {

  static final String FILE = "lock";

  /** The real paths of what this process has locked. */
  private static final Set<Path> LOCKED = ConcurrentHashMap.newKeySet();

  private final Path directory;
  private final FileChannel channel;

  private DirectoryLock(Path directory, FileChannel channel) {
    this.directory = directory;
    this.channel = channel;
  }

  /**
   * Excludes everybody else; the file is made if it is not there.
   *
   * @throws MediumInUseException if someone else has a lock
   */
  static DirectoryLock exclusive(Path directory) throws IOException {
    return lock(directory, false, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
  }

  /**
   * Excludes those who do not share, and all others in this process; the file must be there.
   *
   * @throws MediumInUseException if one of them has a lock
   */
  static DirectoryLock shared(Path directory) throws IOException {
    return lock(directory, true, StandardOpenOption.READ);
  }

  private static DirectoryLock lock(Path directory, boolean shared, StandardOpenOption... options)
      throws IOException {
    Path real = directory.toRealPath();
    if (!LOCKED.add(real)) {
      throw new MediumInUseException(directory);
    }
    try {
      FileChannel channel = FileChannel.open(real.resolve(FILE), options);
      if (!tryLock(channel, shared)) {
        channel.close();
        throw new MediumInUseException(directory);
      }
      return new DirectoryLock(real, channel);
    } catch (Throwable failure) {
      LOCKED.remove(real);
      throw failure;
    }
  }

  /** The lock ends with its channel. */
  private static boolean tryLock(FileChannel channel, boolean shared) throws IOException {
    try {
      FileLock lock = channel.tryLock(0, Long.MAX_VALUE, shared);
      return lock != null;
    } catch (OverlappingFileLockException heldOtherwiseByThisProcess) {
      return false;
    }
  }

  @Override
  public void close() throws IOException {
    if (channel.isOpen()) {
      channel.close();
      LOCKED.remove(directory);
    }
  }
}
