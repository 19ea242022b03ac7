package org.untorn.core;

import java.nio.ByteBuffer;

/**
 * The CRC of the LOGICAL BLOCK GUARD field (SBC-4 4.21.4): G(x) = 18BB7h, over the user data alone,
 * most significant bit first, beginning with zero and not inverted.
 *
 * <p>Eight bytes are taken at a time: {@code TABLES[k]} says what a byte comes to that k more bytes
 * follow.
 */
final class BlockGuard {

  private static final int POLYNOMIAL = 0x8BB7;
  private static final char[][] TABLES = tables();

  private BlockGuard() {}

  private static char[][] tables() {
    char[][] tables = new char[Long.BYTES][256];
    for (int i = 0; i < 256; i++) {
      int crc = i << 8;
      for (int bit = 0; bit < 8; bit++) {
        crc = crc << 1 ^ ((crc & 0x8000) == 0 ? 0 : POLYNOMIAL);
      }
      tables[0][i] = (char) crc;
    }
    for (int k = 1; k < tables.length; k++) {
      for (int i = 0; i < 256; i++) {
        int before = tables[k - 1][i];
        tables[k][i] = (char) (before << 8 ^ tables[0][before >> 8]);
      }
    }
    return tables;
  }

  /**
   * The guard of some bytes of a buffer in big-endian order.
   *
   * @param length a multiple of eight
   */
  static int of(ByteBuffer data, int index, int length) {
    int crc = 0;
    for (int at = index; at < index + length; at += Long.BYTES) {
      long word = data.getLong(at) ^ (long) crc << 48;
      crc =
          TABLES[7][(int) (word >>> 56)]
              ^ TABLES[6][(int) (word >>> 48) & 0xFF]
              ^ TABLES[5][(int) (word >>> 40) & 0xFF]
              ^ TABLES[4][(int) (word >>> 32) & 0xFF]
              ^ TABLES[3][(int) (word >>> 24) & 0xFF]
              ^ TABLES[2][(int) (word >>> 16) & 0xFF]
              ^ TABLES[1][(int) (word >>> 8) & 0xFF]
              ^ TABLES[0][(int) word & 0xFF];
    }
    return crc;
  }
}
