package org.untorn.conformance.kill;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * What a block of 512 bytes says of itself: where it belongs, which write it is from, and whose
 * that was.
 *
 * <pre>
 *   byte  0        8             16       20                               508
 *        [ LBA    ][ sequence   ][ writer ][ a filler that follows from them ][ CRC32C of all before ]
 * </pre>
 *
 * @param sequence the number of the write, from 1 on; 0 in a block that was never written
 */
record Stamp(long lba, long sequence, int writer) {

  static final int BLOCK_BYTES = 512;

  private static final int CRC_AT = BLOCK_BYTES - 4;
  private static final byte[] ZEROS = new byte[BLOCK_BYTES];

  /** Puts a whole block. */
  void put(byte[] into, int offset) {
    ByteBuffer block = ByteBuffer.wrap(into, offset, BLOCK_BYTES);
    block.putLong(lba).putLong(sequence).putInt(writer);
    long filler = lba * 0x9E3779B97F4A7C15L + sequence;
    while (block.position() + Long.BYTES <= offset + CRC_AT) {
      filler = filler * 6364136223846793005L + 1442695040888963407L;
      block.putLong(filler);
    }
    block.putInt(offset + CRC_AT, crc(into, offset));
  }

  /** What the block says; empty if it is of no one write. */
  static Optional<Stamp> read(byte[] from, int offset) {
    ByteBuffer block = ByteBuffer.wrap(from, offset, BLOCK_BYTES).slice();
    if (block.mismatch(ByteBuffer.wrap(ZEROS)) < 0) {
      return Optional.of(new Stamp(0, 0, 0));
    }
    if (block.getInt(CRC_AT) != crc(from, offset)) {
      return Optional.empty();
    }
    return Optional.of(new Stamp(block.getLong(0), block.getLong(8), block.getInt(16)));
  }

  private static int crc(byte[] bytes, int offset) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, offset, CRC_AT);
    return (int) crc.getValue();
  }
}
