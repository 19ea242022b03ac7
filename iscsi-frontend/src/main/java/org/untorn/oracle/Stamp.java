package org.untorn.oracle;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * What a block says of itself: which run wrote it, by which operation, and where it belongs. No two
 * blocks of a run are equal.
 *
 * <pre>
 *   byte  0      8      16          20                                       length - 4
 *        [ seed ][ LBA ][ operation ][ a filler that follows from those three ][ CRC-32C of all before ]
 * </pre>
 *
 * @param seed of the run
 * @param operation from 1 on
 */
public record Stamp(long seed, long lba, int operation) {

  private static final int FILLER_AT = 20;
  private static final int CRC_BYTES = 4;

  /** What {@code blocks} blocks from {@code lba} on hold when one operation wrote them. */
  public static byte[] data(long seed, int operation, long lba, int blocks, int blockLength) {
    byte[] data = new byte[blocks * blockLength];
    for (int i = 0; i < blocks; i++) {
      new Stamp(seed, lba + i, operation)
          .put(ByteBuffer.wrap(data, i * blockLength, blockLength).slice());
    }
    return data;
  }

  /** Fills a block, which is all of the buffer. */
  public void put(ByteBuffer block) {
    block.putLong(0, seed).putLong(8, lba).putInt(16, operation);
    int crcAt = block.limit() - CRC_BYTES;
    long filler = (seed ^ lba) * 0x9E3779B97F4A7C15L + operation;
    int at = FILLER_AT;
    for (; at + Long.BYTES <= crcAt; at += Long.BYTES) {
      filler = filler * 6364136223846793005L + 1442695040888963407L;
      block.putLong(at, filler);
    }
    for (; at < crcAt; at++) {
      block.put(at, (byte) filler);
    }
    block.putInt(crcAt, crc(block));
  }

  /** What a block, which is all of the buffer, says; empty if it is not as it was written. */
  public static Optional<Stamp> read(ByteBuffer block) {
    Stamp stamp = new Stamp(block.getLong(0), block.getLong(8), block.getInt(16));
    boolean whole = block.getInt(block.limit() - CRC_BYTES) == crc(block);
    return whole ? Optional.of(stamp) : Optional.empty();
  }

  private static int crc(ByteBuffer block) {
    CRC32C crc = new CRC32C();
    crc.update(block.slice(0, block.limit() - CRC_BYTES));
    return (int) crc.getValue();
  }
}
