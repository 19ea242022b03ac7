package org.untorn.backstore;

import java.nio.ByteBuffer;

/** What was never written reads as zeros. */
final class Zeros {

  private static final byte[] ZEROS = new byte[4096];

  private Zeros() {}

  /** Whether {@code length} bytes at {@code index} are all zero. */
  static boolean are(ByteBuffer buffer, int index, int length) {
    for (int done = 0; done < length; done += ZEROS.length) {
      int part = Math.min(ZEROS.length, length - done);
      if (buffer.slice(index + done, part).mismatch(ByteBuffer.wrap(ZEROS, 0, part)) >= 0) {
        return false;
      }
    }
    return true;
  }

  /** Puts {@code length} zero bytes at {@code index}, without moving the position. */
  static void put(ByteBuffer into, int index, int length) {
    for (int done = 0; done < length; done += ZEROS.length) {
      into.put(index + done, ZEROS, 0, Math.min(ZEROS.length, length - done));
    }
  }
}
