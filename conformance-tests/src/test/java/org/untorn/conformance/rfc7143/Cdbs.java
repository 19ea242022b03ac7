package org.untorn.conformance.rfc7143;

import java.nio.ByteBuffer;
import java.util.Random;

/** CDBs that every disk has, and data. */
final class Cdbs {

  private Cdbs() {}

  static byte[] testUnitReady() {
    return new byte[16];
  }

  static byte[] inquiry(int length) {
    return ByteBuffer.allocate(16).put(0, (byte) 0x12).putShort(3, (short) length).array();
  }

  static byte[] reportLuns(int length) {
    return ByteBuffer.allocate(16).put(0, (byte) 0xA0).putInt(6, length).array();
  }

  static byte[] read10(int lba, int blocks) {
    return tenBytes(0x28, lba, blocks);
  }

  static byte[] write10(int lba, int blocks) {
    return tenBytes(0x2A, lba, blocks);
  }

  private static byte[] tenBytes(int opcode, int lba, int blocks) {
    return ByteBuffer.allocate(16)
        .put(0, (byte) opcode)
        .putInt(2, lba)
        .putShort(7, (short) blocks)
        .array();
  }

  /** Random data for so many blocks of 512 bytes. */
  static byte[] blocks(int count, long seed) {
    byte[] data = new byte[count * Talk.BLOCK];
    new Random(seed).nextBytes(data);
    return data;
  }
}
