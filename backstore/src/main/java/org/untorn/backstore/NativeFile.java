package org.untorn.backstore;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;

/**
 * A file by the calls of Linux itself: one {@code pwritev} for all buffers of a record, without a
 * copy, and no interrupt ever closes it.
 *
 * <p>Buffers outside the heap go to the call as they are. Those on the heap pass a buffer of the
 * thread's, a piece at a time, as the collector may move them while the call waits for the disk.
 */
final class NativeFile implements HostFile {

  private final Path path;
  private final int descriptor;

  private NativeFile(Path path, int descriptor) {
    this.path = path;
    this.descriptor = descriptor;
  }

  /** Whether the host is a Linux that these calls are right for. */
  static boolean isSupported() {
    return LinuxCalls.areSupported();
  }

  /** {@link HostFile.Opener#open}. */
  static NativeFile open(Path path) throws IOException {
    return new NativeFile(path, LinuxCalls.open(path));
  }

  @Override
  public void read(long offset, ByteBuffer into) throws IOException {
    Calls calls = Calls.ofThread();
    int done = 0;
    while (done < into.remaining()) {
      int read = read(calls, offset + done, into, done);
      if (read == 0) {
        Zeros.put(into, into.position() + done, into.remaining() - done);
        return;
      }
      done += read;
    }
  }

  /** Reads some of what is missing from {@code done} bytes on. */
  private int read(Calls calls, long offset, ByteBuffer into, int done) throws IOException {
    int length = into.remaining() - done;
    if (into.isDirect()) {
      long address = MemorySegment.ofBuffer(into).address() + done;
      try {
        return LinuxCalls.pread(this, calls.state, descriptor, address, length, offset);
      } finally {
        Reference.reachabilityFence(into);
      }
    }
    int part = Math.min(length, Calls.PIECE_BYTES);
    int read = LinuxCalls.pread(this, calls.state, descriptor, calls.piece.address(), part, offset);
    into.put(into.position() + done, calls.pieceBuffer, 0, read);
    return read;
  }

  @Override
  public void write(long offset, List<ByteBuffer> data) throws IOException {
    Calls calls = Calls.ofThread();
    calls.clear();
    try {
      long at = offset;
      for (int i = 0; i < data.size(); i++) {
        at += gather(calls, at, data.get(i));
      }
      write(calls, at);
    } finally {
      Reference.reachabilityFence(data);
    }
  }

  /** Takes a buffer, and says how many bytes had to be written to make room for it. */
  private int gather(Calls calls, long offset, ByteBuffer buffer) throws IOException {
    int written = 0;
    int done = 0;
    while (done < buffer.remaining()) {
      int taken = calls.add(buffer, done);
      if (taken == 0) {
        written += write(calls, offset + written);
      }
      done += taken;
    }
    return written;
  }

  /** Writes what was gathered, and says how many bytes that were. */
  private int write(Calls calls, long offset) throws IOException {
    int length = calls.gathered;
    int done = 0;
    while (done < length) {
      long from = calls.vectors.address() + (long) calls.first * Calls.VECTOR_BYTES;
      int count = calls.count - calls.first;
      done += LinuxCalls.pwritev(this, calls.state, descriptor, from, count, offset + done);
      calls.skipTo(done);
    }
    calls.clear();
    return length;
  }

  @Override
  public void sync() throws IOException {
    LinuxCalls.fdatasync(this, Calls.ofThread().state, descriptor);
  }

  @Override
  public void close() throws IOException {
    LinuxCalls.close(descriptor);
  }

  @Override
  public String toString() {
    return path.toString();
  }

  /**
   * What a thread's calls need outside the heap.
   *
   * <pre>
   *   vectors   [ address | length ] [ address | length ] ...     the buffers of one pwritev
   *               ^ first                                ^ count
   * </pre>
   */
  private static final class Calls {
    private static final int VECTORS = 256;
    private static final int VECTOR_BYTES = 16;
    private static final int PIECE_BYTES = 128 << 10;
    private static final ThreadLocal<Calls> OF_THREAD = ThreadLocal.withInitial(Calls::new);

    private final MemorySegment state;
    private final MemorySegment vectors;
    private final MemorySegment piece;
    private final ByteBuffer pieceBuffer;
    private int first;
    private int count;
    private int gathered;
    private int pieceUsed;

    private Calls() {
      Arena arena = Arena.ofAuto();
      state = arena.allocate(LinuxCalls.STATE);
      vectors = arena.allocate((long) VECTORS * VECTOR_BYTES, Long.BYTES);
      piece = arena.allocate(PIECE_BYTES, 4096);
      pieceBuffer = piece.asByteBuffer();
    }

    private static Calls ofThread() {
      return OF_THREAD.get();
    }

    private void clear() {
      first = 0;
      count = 0;
      gathered = 0;
      pieceUsed = 0;
    }

    /** Takes the buffer from {@code done} bytes on, or a part of it; 0 if there is no room left. */
    private int add(ByteBuffer buffer, int done) {
      int length = buffer.remaining() - done;
      if (count == VECTORS) {
        return 0;
      }
      if (buffer.isDirect()) {
        return add(MemorySegment.ofBuffer(buffer).address() + done, length);
      }
      int part = Math.min(length, PIECE_BYTES - pieceUsed);
      if (part == 0) {
        return 0;
      }
      pieceBuffer.put(pieceUsed, buffer, buffer.position() + done, part);
      pieceUsed += part;
      return add(piece.address() + pieceUsed - part, part);
    }

    private int add(long address, int length) {
      vectors.setAtIndex(ValueLayout.JAVA_LONG, 2L * count, address);
      vectors.setAtIndex(ValueLayout.JAVA_LONG, 2L * count + 1, length);
      count++;
      gathered += length;
      return length;
    }

    /** The first {@code done} bytes need not be written again. */
    private void skipTo(int done) {
      int left = gathered - done;
      int at = count;
      while (left > 0) {
        at--;
        left -= (int) vectors.getAtIndex(ValueLayout.JAVA_LONG, 2L * at + 1);
      }
      first = at;
      if (left < 0) {
        int length = (int) vectors.getAtIndex(ValueLayout.JAVA_LONG, 2L * at + 1);
        long address = vectors.getAtIndex(ValueLayout.JAVA_LONG, 2L * at);
        int written = -left;
        vectors.setAtIndex(ValueLayout.JAVA_LONG, 2L * at, address + written);
        vectors.setAtIndex(ValueLayout.JAVA_LONG, 2L * at + 1, length - written);
      }
    }
  }
}
