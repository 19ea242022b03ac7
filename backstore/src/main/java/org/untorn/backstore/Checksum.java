package org.untorn.backstore;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.zip.CRC32C;

/** CRC32C (the Castagnoli polynomial of RFC 3385), over headers and over each block. */
final class Checksum {

  private Checksum() {}

  /** Over {@code length} bytes at {@code index}, without moving the position. */
  static int of(ByteBuffer buffer, int index, int length) {
    CRC32C crc = new CRC32C();
    crc.update(buffer.slice(index, length));
    return (int) crc.getValue();
  }

  /** One for each block of {@code data}, however the buffers cut it. */
  static int[] ofBlocks(List<ByteBuffer> data, int blockLength) {
    int[] checksums = new int[Math.toIntExact(BlockOperation.length(data) / blockLength)];
    CRC32C crc = new CRC32C();
    int block = 0;
    int missing = blockLength;
    for (ByteBuffer buffer : data) {
      ByteBuffer rest = buffer.duplicate();
      int end = rest.limit();
      while (rest.position() < end) {
        int length = Math.min(missing, end - rest.position());
        rest.limit(rest.position() + length);
        crc.update(rest);
        missing -= length;
        if (missing == 0) {
          checksums[block] = (int) crc.getValue();
          crc.reset();
          block++;
          missing = blockLength;
        }
      }
    }
    return checksums;
  }
}
