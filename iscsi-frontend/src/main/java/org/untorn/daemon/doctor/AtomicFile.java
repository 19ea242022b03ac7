package org.untorn.daemon.doctor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A disk or file that is open for direct I/O, for atomic writes that change nothing: each writes
 * back what it has just read, and reads it again.
 *
 * <p>One thread.
 */
final class AtomicFile implements AutoCloseable {

  /** What is written in one piece. */
  private static final int MEMORY_ALIGNMENT = 1 << 20;

  private final int descriptor;

  private AtomicFile(int descriptor) {
    this.descriptor = descriptor;
  }

  /**
   * What statx says of a path.
   *
   * @param supported whether it is one that takes RWF_ATOMIC
   * @param unitMin bytes of the shortest atomic write, 0 if there is none
   * @param unitMax bytes of the longest
   * @param segmentsMax iovecs that one write may have
   */
  record Statx(boolean supported, long unitMin, long unitMax, int segmentsMax) {}

  /** How an atomic write ended. */
  sealed interface End {

    /** It was written, and reads back. */
    record Written() implements End {}

    /** It was refused. */
    record Refused(long error) implements End {}

    /** It was written, and something else reads back. */
    record ReadsBackWrong() implements End {}
  }

  /** Opens a path, alone if it is a disk; the error number, negative, if that fails. */
  static Result open(String path) {
    int result = Libc.open(path, Libc.O_RDWR | Libc.O_DIRECT | Libc.O_EXCL);
    return result >= 0 ? new Result.Opened(new AtomicFile(result)) : new Result.Failed(result);
  }

  /** What became of opening. */
  sealed interface Result {

    record Opened(AtomicFile file) implements Result {}

    /** {@code error} is a negative error number. */
    record Failed(int error) implements Result {}
  }

  /** Asks statx; a kernel before 6.11 says that nothing is supported. */
  static Statx statx(String path) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment buffer = arena.allocate(256, 8);
      int result = Libc.statx(path, Libc.STATX_WRITE_ATOMIC, buffer);
      if (result < 0) {
        throw new IllegalStateException("statx of " + path + ": " + Libc.error(result));
      }
      boolean told = (buffer.get(ValueLayout.JAVA_INT, 0) & Libc.STATX_WRITE_ATOMIC) != 0;
      long min = told ? Integer.toUnsignedLong(buffer.get(ValueLayout.JAVA_INT, 168)) : 0;
      long max = told ? Integer.toUnsignedLong(buffer.get(ValueLayout.JAVA_INT, 172)) : 0;
      int segments = told ? buffer.get(ValueLayout.JAVA_INT, 176) : 0;
      return new Statx(max > 0, min, max, segments);
    }
  }

  /** Writes {@code length} bytes back to where they are, atomically, in {@code pieces} iovecs. */
  End rewrite(long offset, int length, int pieces) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment before = arena.allocate(length, MEMORY_ALIGNMENT);
      MemorySegment after = arena.allocate(length, MEMORY_ALIGNMENT);
      long read = Libc.pread(descriptor, before, offset);
      if (read != length) {
        return new End.Refused(read < 0 ? read : -Libc.EINVAL);
      }
      long written = Libc.pwritev2(descriptor, before, pieces, offset, Libc.RWF_ATOMIC);
      if (written < 0) {
        return new End.Refused(written);
      }
      boolean same =
          written == length
              && Libc.pread(descriptor, after, offset) == length
              && before.mismatch(after) < 0;
      return same ? new End.Written() : new End.ReadsBackWrong();
    }
  }

  @Override
  public void close() {
    Libc.close(descriptor);
  }
}
