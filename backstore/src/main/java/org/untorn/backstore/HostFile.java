package org.untorn.backstore;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;

/**
 * An open file of the host's file system. Safe for many threads; buffers are not moved.
 *
 * <p>An interrupted thread finishes its read or write, stays interrupted, and takes the file away
 * from nobody. A thread that syncs must not be interrupted.
 */
interface HostFile extends AutoCloseable {

  /** Fills {@code into}; what lies past the end of the file reads as zeros. */
  void read(long offset, ByteBuffer into) throws IOException;

  /** Writes all of {@code data}, one buffer after the other. */
  void write(long offset, List<ByteBuffer> data) throws IOException;

  /** Puts the file's bytes and its length on stable storage ({@code fdatasync}); never retried. */
  void sync() throws IOException;

  @Override
  void close() throws IOException;

  /** How files are opened. */
  @FunctionalInterface
  interface Opener {

    /** The best that this host offers. */
    Opener NATIVE_OR_CHANNEL = NativeFile.isSupported() ? NativeFile::open : ChannelFile::open;

    /** Opens a file for reading and writing; it is made if it is not there. */
    HostFile open(Path path) throws IOException;
  }
}
