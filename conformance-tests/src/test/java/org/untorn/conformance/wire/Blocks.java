package org.untorn.conformance.wire;

import java.nio.ByteBuffer;
import java.util.Random;

/** Contents of blocks of 512 bytes. */
final class Blocks {

  static final int SIZE = 512;

  private Blocks() {}

  /** Blocks that say everywhere by which write they were written. */
  static byte[] stamped(int blocks, long stamp) {
    byte[] data = new byte[blocks * SIZE];
    ByteBuffer buffer = ByteBuffer.wrap(data);
    while (buffer.hasRemaining()) {
      buffer.putLong(stamp);
    }
    return data;
  }

  /**
   * The stamp of one block.
   *
   * @throws AssertionError if the block holds parts of two writes
   */
  static long stamp(byte[] data, int block) {
    ByteBuffer buffer = ByteBuffer.wrap(data, block * SIZE, SIZE);
    long stamp = buffer.getLong();
    while (buffer.hasRemaining()) {
      if (buffer.getLong() != stamp) {
        throw new AssertionError("block " + block + " is torn inside");
      }
    }
    return stamp;
  }

  /**
   * The stamp of all blocks.
   *
   * @throws AssertionError if two blocks are of different writes
   */
  static long wholeStamp(byte[] data) {
    long stamp = stamp(data, 0);
    for (int block = 1; block < data.length / SIZE; block++) {
      long other = stamp(data, block);
      if (other != stamp) {
        throw new AssertionError("block 0 is of " + stamp + ", block " + block + " of " + other);
      }
    }
    return stamp;
  }

  static byte[] random(int blocks, long seed) {
    byte[] data = new byte[blocks * SIZE];
    new Random(seed).nextBytes(data);
    return data;
  }
}
