package org.untorn.oracle;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;

/**
 * The fingerprint of a block, by which a history knows it: CRC-32C and CRC-32 of its bytes, side by
 * side; {@link #ZEROS} for a block of zeros, whatever its length.
 */
public final class Content {

  /** Of a block that was never written, or was given back. */
  public static final long ZEROS = 0;

  private Content() {}

  /** Of the bytes from the buffer's position to its limit; neither is moved. */
  public static long of(ByteBuffer block) {
    if (isZeros(block)) {
      return ZEROS;
    }
    CRC32C high = new CRC32C();
    high.update(block.duplicate());
    CRC32 low = new CRC32();
    low.update(block.duplicate());
    return high.getValue() << Integer.SIZE | low.getValue();
  }

  /** Of each block of {@code blockLength} bytes, in order. */
  public static List<Long> ofBlocks(byte[] data, int blockLength) {
    List<Long> contents = new ArrayList<>(data.length / blockLength);
    for (int at = 0; at + blockLength <= data.length; at += blockLength) {
      contents.add(of(ByteBuffer.wrap(data, at, blockLength)));
    }
    return List.copyOf(contents);
  }

  private static boolean isZeros(ByteBuffer block) {
    int at = block.position();
    for (; at + Long.BYTES <= block.limit(); at += Long.BYTES) {
      if (block.getLong(at) != 0) {
        return false;
      }
    }
    for (; at < block.limit(); at++) {
      if (block.get(at) != 0) {
        return false;
      }
    }
    return true;
  }
}
