package org.untorn.daemon.doctor;

import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.util.Map;

/**
 * The C library's calls that Java has no words for: {@code statx}, {@code open} with O_DIRECT and
 * O_EXCL, {@code pwritev2} with RWF_ATOMIC. A call gives its result, or the negative error number.
 *
 * <p>Linux on 64-bit machines only.
 */
final class Libc {

  static final int O_RDWR = 2;
  static final int O_EXCL = 0200;
  static final int O_DIRECT = 040000;
  static final int RWF_ATOMIC = 0x40;
  static final int STATX_DIOALIGN = 0x2000;
  static final int STATX_WRITE_ATOMIC = 0x10000;

  static final int ENOENT = 2;
  static final int EACCES = 13;
  static final int EBUSY = 16;
  static final int EINVAL = 22;
  static final int EOPNOTSUPP = 95;

  private static final Map<Integer, String> ERRORS =
      Map.of(
          1,
          "EPERM: not permitted",
          ENOENT,
          "ENOENT: there is no such file",
          5,
          "EIO: the disk reported an error",
          EACCES,
          "EACCES: not permitted",
          EBUSY,
          "EBUSY: in use",
          EINVAL,
          "EINVAL: not a write that can be atomic here",
          28,
          "ENOSPC: no space is left",
          30,
          "EROFS: read-only",
          EOPNOTSUPP,
          "EOPNOTSUPP: not supported");

  private static final int AT_FDCWD = -100;
  private static final AddressLayout POINTER = ValueLayout.ADDRESS;
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;

  private static final Linker LINKER = Linker.nativeLinker();
  private static final StructLayout STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO =
      STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

  private static final MethodHandle OPEN = function("open", 2, INT, POINTER, INT, INT);
  private static final MethodHandle CLOSE = function("close", -1, INT, INT);
  private static final MethodHandle STATX =
      function("statx", -1, INT, INT, POINTER, INT, INT, POINTER);
  private static final MethodHandle PREAD = function("pread", -1, LONG, INT, POINTER, LONG, LONG);
  private static final MethodHandle PWRITEV2 =
      function("pwritev2", -1, LONG, INT, POINTER, INT, LONG, INT);

  private Libc() {}

  /** open(2): a file descriptor. */
  static int open(String path, int flags) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      return checked((int) OPEN.invokeExact(state, arena.allocateFrom(path), flags, 0), state);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** close(2). */
  static void close(int descriptor) {
    try (Arena arena = Arena.ofConfined()) {
      int _ = (int) CLOSE.invokeExact(arena.allocate(STATE), descriptor);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** statx(2) into a buffer of 256 bytes. */
  static int statx(String path, int mask, MemorySegment buffer) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      return checked(
          (int) STATX.invokeExact(state, AT_FDCWD, arena.allocateFrom(path), 0, mask, buffer),
          state);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** pread(2): the bytes read. */
  static long pread(int descriptor, MemorySegment buffer, long offset) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      return checked(
          (long) PREAD.invokeExact(state, descriptor, buffer, buffer.byteSize(), offset), state);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** pwritev2(2) of one buffer in {@code pieces} equal iovecs: the bytes written. */
  static long pwritev2(int descriptor, MemorySegment data, int pieces, long offset, int flags) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      MemorySegment iovecs = arena.allocate(16L * pieces, 8);
      long length = data.byteSize() / pieces;
      for (int i = 0; i < pieces; i++) {
        iovecs.set(LONG, 16L * i, data.address() + i * length);
        iovecs.set(LONG, 16L * i + 8, length);
      }
      return checked(
          (long) PWRITEV2.invokeExact(state, descriptor, iovecs, pieces, offset, flags), state);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** The words for a negative result. */
  static String error(long result) {
    return ERRORS.getOrDefault((int) -result, "error number " + -result);
  }

  private static int checked(int result, MemorySegment state) {
    return result >= 0 ? result : -(int) ERRNO.get(state, 0L);
  }

  private static long checked(long result, MemorySegment state) {
    return result >= 0 ? result : -(int) ERRNO.get(state, 0L);
  }

  @SuppressWarnings("restricted") // the daemon is started with --enable-native-access
  private static MethodHandle function(
      String name, int fixed, MemoryLayout result, MemoryLayout... parameters) {
    Linker.Option errno = Linker.Option.captureCallState("errno");
    FunctionDescriptor descriptor = FunctionDescriptor.of(result, parameters);
    MemorySegment address = LINKER.defaultLookup().findOrThrow(name);
    return fixed < 0
        ? LINKER.downcallHandle(address, descriptor, errno)
        : LINKER.downcallHandle(address, descriptor, errno, Linker.Option.firstVariadicArg(fixed));
  }

  private static IllegalStateException unexpected(Throwable e) {
    return new IllegalStateException("a call into the C library failed", e);
  }
}
