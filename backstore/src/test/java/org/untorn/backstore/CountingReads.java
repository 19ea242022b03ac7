package org.untorn.backstore;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * A medium that counts what is read from it, and knows its longest I/O, in bytes. For one thread.
 */
final class CountingReads implements MediumFilter {

  private final Medium below;
  private final Map<Purpose, Long> bytes = new EnumMap<>(Purpose.class);
  private long longest;

  CountingReads(Medium below) {
    this.below = below;
  }

  @Override
  public Medium below() {
    return below;
  }

  /** The longest read or write so far. */
  long longest() {
    return longest;
  }

  long bytesOf(Purpose purpose) {
    return bytes.getOrDefault(purpose, 0L);
  }

  @Override
  public void read(String file, long offset, ByteBuffer into, Purpose purpose) throws IOException {
    longest = Math.max(longest, into.remaining());
    bytes.merge(purpose, (long) into.remaining(), Long::sum);
    below.read(file, offset, into, purpose);
  }

  @Override
  public void write(String file, long offset, List<ByteBuffer> data, Purpose purpose)
      throws IOException {
    longest = Math.max(longest, BlockOperation.length(data));
    below.write(file, offset, data, purpose);
  }
}
