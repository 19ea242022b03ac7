package org.untorn.core;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What WRITE BUFFER writes and READ BUFFER reads: one buffer that all share, and an echo buffer for
 * each nexus. No memory is taken until one is written.
 *
 * <p>Guarded by this object's lock. Bounded: {@link #CAPACITY} bytes, and {@link #ECHO_CAPACITY}
 * for each nexus that there is.
 */
final class DeviceBuffers {

  /** The bytes of the shared buffer, whose BUFFER ID is zero. */
  static final int CAPACITY = 64 << 10;

  /** The bytes of an echo buffer, the most that SPC-5 6.18.7 allows. */
  static final int ECHO_CAPACITY = 4096;

  private byte[] shared = {};
  private final Map<Nexus, byte[]> echoes = new HashMap<>();

  /** At most so many bytes of the shared buffer from an offset on; what was not written is zero. */
  synchronized byte[] read(int offset, int length) {
    int end = Math.min(CAPACITY, Math.addExact(offset, Math.min(length, CAPACITY)));
    byte[] read = new byte[end - offset];
    int written = Math.min(shared.length, end);
    if (written > offset) {
      System.arraycopy(shared, offset, read, 0, written - offset);
    }
    return read;
  }

  /** Writes inside the shared buffer. */
  synchronized void write(int offset, byte[] data) {
    shared = Arrays.copyOf(shared, Math.max(shared.length, offset + data.length));
    System.arraycopy(data, 0, shared, offset, data.length);
  }

  /** What a nexus wrote to its echo buffer last. */
  synchronized Optional<byte[]> echo(Nexus nexus) {
    return Optional.ofNullable(echoes.get(nexus));
  }

  synchronized void writeEcho(Nexus nexus, byte[] data) {
    echoes.put(nexus, data.clone());
  }

  /** A nexus is gone, and its echo buffer with it. */
  synchronized void lost(Nexus nexus) {
    echoes.remove(nexus);
  }

  /** Nothing is written any more: the device was reset, or without power. */
  synchronized void clear() {
    shared = new byte[0];
    echoes.clear();
  }
}
