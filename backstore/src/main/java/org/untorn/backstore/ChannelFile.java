package org.untorn.backstore;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * A file by Java's channels, which an interrupt closes for everybody.
 *
 * <p>Hence two of them: whoever finds the one for reads and writes closed opens another one and
 * does its I/O again. A sync cannot be done again, so it has a channel of its own, and what ends it
 * early has made it fail.
 */
final class ChannelFile implements HostFile {

  /** Smaller buffers are gathered into one write of at most this many bytes. */
  private static final int GATHERED_BYTES = 128 << 10;

  /** What hosts say when they have no space, or grant no more of it. */
  private static final List<String> NO_SPACE =
      List.of(
          "No space left on device",
          "Disk quota exceeded",
          "There is not enough space on the disk");

  private static final ThreadLocal<ByteBuffer> GATHERED =
      ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(GATHERED_BYTES));

  private final Path path;
  private final FileChannel syncing;
  private volatile FileChannel channel;
  private volatile boolean closed;

  private ChannelFile(Path path, FileChannel syncing, FileChannel channel) {
    this.path = path;
    this.syncing = syncing;
    this.channel = channel;
  }

  /** {@link HostFile.Opener#open}. */
  static ChannelFile open(Path path) throws IOException {
    return new ChannelFile(path, openChannel(path), openChannel(path));
  }

  private static FileChannel openChannel(Path path) throws IOException {
    try {
      return FileChannel.open(
          path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    } catch (IOException failure) {
      throw named(failure);
    }
  }

  /** Java tells a full host from a broken one by the message alone. */
  static IOException named(IOException failure) {
    String message = String.valueOf(failure.getMessage());
    return NO_SPACE.stream().anyMatch(message::contains) ? new NoSpaceException(message) : failure;
  }

  @Override
  public void read(long offset, ByteBuffer into) throws IOException {
    repeatedly(open -> readFully(open, offset, into));
  }

  @Override
  public void write(long offset, List<ByteBuffer> data) throws IOException {
    try {
      repeatedly(open -> writeFully(open, offset, data));
    } catch (IOException failure) {
      throw named(failure);
    }
  }

  @Override
  public void sync() throws IOException {
    try {
      syncing.force(false);
    } catch (IOException failure) {
      throw named(failure);
    }
  }

  @Override
  public synchronized void close() throws IOException {
    closed = true;
    channel.close();
    syncing.close();
  }

  private void repeatedly(Transfer transfer) throws IOException {
    boolean interrupted = false;
    try {
      while (true) {
        FileChannel open = channel;
        try {
          transfer.run(open);
          return;
        } catch (ClosedByInterruptException e) {
          interrupted = Thread.interrupted();
          reopen();
        } catch (ClosedChannelException e) {
          if (closed) {
            throw e;
          }
          reopen();
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private synchronized void reopen() throws IOException {
    if (!channel.isOpen() && !closed) {
      channel = openChannel(path);
    }
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

  /** An I/O that can be repeated on a fresh channel. */
  @FunctionalInterface
  private interface Transfer {
    void run(FileChannel channel) throws IOException;
  }
}
