package org.untorn.backstore;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * A host that has only so much space for all files together. As on most file systems, what lies
 * inside a file can always be overwritten. Safe for many threads.
 */
final class SmallHost implements MediumFilter {

  private final Medium below;
  private long capacity;

  /** With {@code capacity} bytes. */
  SmallHost(Medium below, long capacity) {
    this.below = below;
    this.capacity = capacity;
  }

  @Override
  public Medium below() {
    return below;
  }

  /** Has so many bytes from now on. */
  synchronized void resize(long bytes) {
    capacity = bytes;
  }

  synchronized long used() throws IOException {
    long used = 0;
    for (String file : below.files()) {
      used += below.length(file);
    }
    return used;
  }

  @Override
  public synchronized void write(String file, long offset, List<ByteBuffer> data, Purpose purpose)
      throws IOException {
    long growth = offset + BlockOperation.length(data) - below.length(file);
    if (growth > 0 && used() + growth > capacity) {
      throw new NoSpaceException(file + ": No space left on device");
    }
    below.write(file, offset, data, purpose);
  }
}
