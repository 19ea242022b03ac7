package org.untorn.conformance.wire;

import java.nio.ByteBuffer;

/** CDBs, byte for byte as SPC-5 and SBC-4 draw them: 16 bytes, padded with zeros, or longer. */
final class Cdb {

  static final int FUA = 0x08;

  private Cdb() {}

  static byte[] of(int... bytes) {
    byte[] cdb = new byte[16];
    for (int i = 0; i < bytes.length; i++) {
      cdb[i] = (byte) bytes[i];
    }
    return cdb;
  }

  static byte[] testUnitReady() {
    return of(0x00);
  }

  static byte[] inquiryPage(int page, int allocationLength) {
    return of(0x12, 0x01, page, allocationLength >> 8, allocationLength & 0xFF);
  }

  static byte[] standardInquiry(int allocationLength) {
    return of(0x12, 0, 0, allocationLength >> 8, allocationLength & 0xFF);
  }

  static byte[] read16(long lba, int blocks) {
    return sixteen(0x88, lba, blocks);
  }

  static byte[] write16(long lba, int blocks) {
    return sixteen(0x8A, lba, blocks);
  }

  static byte[] synchronizeCache16() {
    return of(0x91);
  }

  /** WRITE ATOMIC(16); {@code flags} is byte 1: WRPROTECT, DPO, FUA. */
  static byte[] writeAtomic16(long lba, int boundary, int blocks, int flags) {
    byte[] cdb = sixteen(0x9C, lba, boundary << 16 | blocks);
    cdb[1] = (byte) flags;
    return cdb;
  }

  static byte[] writeAtomic16(long lba, int blocks) {
    return writeAtomic16(lba, 0, blocks, 0);
  }

  private static byte[] sixteen(int operationCode, long lba, int last) {
    byte[] cdb = of(operationCode);
    ByteBuffer.wrap(cdb).putLong(2, lba).putInt(10, last);
    return cdb;
  }
}
