package org.untorn.backstore;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * A medium of which what cannot be read, not even when it is tried {@value #ATTEMPTS} times, reads
 * as zeros, sector by sector: so one bad sector hides no other. It is only read.
 */
record ReadableParts(Medium below) implements Medium {

  private static final int ATTEMPTS = 3;

  @Override
  public List<String> files() throws IOException {
    return below.files();
  }

  @Override
  public long length(String file) throws IOException {
    return below.length(file);
  }

  @Override
  public void read(String file, long offset, ByteBuffer into, Purpose purpose) throws IOException {
    try {
      below.read(file, offset, into, purpose);
    } catch (IOException somewhere) {
      for (int at = 0; at < into.remaining(); at += Location.UNIT_BYTES) {
        int length = Math.min(Location.UNIT_BYTES, into.remaining() - at);
        readOrClear(file, offset + at, into.slice(into.position() + at, length), purpose);
      }
    }
  }

  private void readOrClear(String file, long offset, ByteBuffer into, Purpose purpose) {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      try {
        below.read(file, offset, into, purpose);
        return;
      } catch (IOException here) {
        // The next attempt may be better.
      }
    }
    Zeros.put(into, 0, into.remaining());
  }

  @Override
  public void write(String file, long offset, List<ByteBuffer> data, Purpose purpose)
      throws IOException {
    throw new IOException(file + " is only read");
  }

  @Override
  public void sync(String file, Purpose purpose) {}

  @Override
  public void delete(String file) throws IOException {
    throw new IOException(file + " is only read");
  }

  @Override
  public void close() {
    // The medium below is not this one's.
  }
}
