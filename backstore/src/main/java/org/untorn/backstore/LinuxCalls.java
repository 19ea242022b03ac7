package org.untorn.backstore;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * The calls of the C library that {@link NativeFile} makes, each with its error as an exception.
 *
 * <p>A call that a signal interrupted before it did anything (EINTR) is made again, but not a sync.
 * Addresses are passed as plain numbers: whoever calls keeps the memory alive.
 */
final class LinuxCalls {

  private static final String ERRNO = "errno";

  /** Where a call leaves its error. */
  static final StructLayout STATE = Linker.Option.captureStateLayout();

  private static final VarHandle ERROR_NUMBER =
      STATE.varHandle(MemoryLayout.PathElement.groupElement(ERRNO));

  private static final int O_RDWR = 2;
  private static final int O_CREAT = 0x40;
  private static final int O_CLOEXEC = 0x80000;
  private static final int READ_AND_WRITE_FOR_ALL = 0666;
  private static final int EINTR = 4;
  private static final int ENOSPC = 28;
  private static final int EDQUOT = 122;
  private static final long LONGEST_MESSAGE = 256;

  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;

  private static final MethodHandle OPEN =
      link(
          "open",
          FunctionDescriptor.of(INT, ValueLayout.ADDRESS, INT, INT),
          Linker.Option.firstVariadicArg(2));
  private static final MethodHandle PREAD =
      link("pread", FunctionDescriptor.of(LONG, INT, LONG, LONG, LONG));
  private static final MethodHandle PWRITEV =
      link("pwritev", FunctionDescriptor.of(LONG, INT, LONG, INT, LONG));
  private static final MethodHandle FDATASYNC = link("fdatasync", FunctionDescriptor.of(INT, INT));
  private static final MethodHandle CLOSE = link("close", FunctionDescriptor.of(INT, INT));
  private static final MethodHandle STRERROR =
      link("strerror", FunctionDescriptor.of(ValueLayout.ADDRESS, INT));

  private LinuxCalls() {}

  /**
   * Whether this is a Linux whose types have the lengths that are used here; nothing is linked
   * before that is known.
   */
  static boolean areSupported() {
    return System.getProperty("os.name").equals("Linux")
        && ValueLayout.ADDRESS.byteSize() == Long.BYTES;
  }

  @SuppressWarnings("restricted") // the whole purpose of this class
  private static MethodHandle link(String name, FunctionDescriptor type, Linker.Option... options) {
    Linker linker = Linker.nativeLinker();
    Linker.Option[] all = Arrays.copyOf(options, options.length + 1);
    all[options.length] = Linker.Option.captureCallState(ERRNO);
    return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), type, all);
  }

  /** Opens a file for reading and writing, and makes it if it is not there. */
  static int open(Path path) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      MemorySegment name = arena.allocateFrom(path.toString());
      int flags = O_RDWR | O_CREAT | O_CLOEXEC;
      int descriptor;
      do {
        descriptor = (int) OPEN.invokeExact(state, name, flags, READ_AND_WRITE_FOR_ALL);
      } while (descriptor < 0 && error(state) == EINTR);
      if (descriptor < 0) {
        throw failure("open", path, state);
      }
      return descriptor;
    } catch (IOException e) {
      throw e;
    } catch (Throwable bug) {
      throw new AssertionError(bug);
    }
  }

  /** Reads at most {@code length} bytes, and says how many; 0 at the file's end. */
  static int pread(
      Object file, MemorySegment state, int descriptor, long address, int length, long offset)
      throws IOException {
    long read;
    try {
      do {
        read = (long) PREAD.invokeExact(state, descriptor, address, (long) length, offset);
      } while (read < 0 && error(state) == EINTR);
    } catch (Throwable bug) {
      throw new AssertionError(bug);
    }
    if (read < 0) {
      throw failure("read", file, state);
    }
    return (int) read;
  }

  /** Writes what the vectors at {@code address} say, or its beginning, and says how many bytes. */
  static int pwritev(
      Object file, MemorySegment state, int descriptor, long address, int count, long offset)
      throws IOException {
    long written;
    try {
      do {
        written = (long) PWRITEV.invokeExact(state, descriptor, address, count, offset);
      } while (written < 0 && error(state) == EINTR);
    } catch (Throwable bug) {
      throw new AssertionError(bug);
    }
    if (written <= 0) {
      throw failure("write", file, state);
    }
    return (int) written;
  }

  static void fdatasync(Object file, MemorySegment state, int descriptor) throws IOException {
    int result;
    try {
      result = (int) FDATASYNC.invokeExact(state, descriptor);
    } catch (Throwable bug) {
      throw new AssertionError(bug);
    }
    if (result != 0) {
      throw failure("sync", file, state);
    }
  }

  /** Its error would say nothing: what was not synced is not durable anyway. */
  static void close(int descriptor) {
    try (Arena arena = Arena.ofConfined()) {
      int _ = (int) CLOSE.invokeExact(arena.allocate(STATE), descriptor);
    } catch (Throwable bug) {
      throw new AssertionError(bug);
    }
  }

  private static int error(MemorySegment state) {
    return (int) ERROR_NUMBER.get(state, 0L);
  }

  private static IOException failure(String call, Object file, MemorySegment state) {
    int number = error(state);
    String what = call + " of " + file + ": " + message(number) + " (" + number + ")";
    return number == ENOSPC || number == EDQUOT
        ? new NoSpaceException(what)
        : new IOException(what);
  }

  @SuppressWarnings("restricted") // a string of the C library's has no length but its final zero
  private static String message(int number) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment text = (MemorySegment) STRERROR.invokeExact(arena.allocate(STATE), number);
      return text.reinterpret(LONGEST_MESSAGE).getString(0);
    } catch (Throwable bug) {
      throw new AssertionError(bug);
    }
  }
}
