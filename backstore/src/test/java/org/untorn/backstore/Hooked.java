package org.untorn.backstore;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.untorn.backstore.fault.FaultyMedium.Io;

/** A medium that lets a test do, or throw, something before each read, write and sync. */
final class Hooked implements MediumFilter {

  private final Medium below;
  private volatile Hook hook = (io, file, purpose) -> {};

  Hooked(Medium below) {
    this.below = below;
  }

  @Override
  public Medium below() {
    return below;
  }

  /** What is done before an I/O; what it throws, the I/O throws. */
  @FunctionalInterface
  interface Hook {
    void before(Io io, String file, Purpose purpose) throws IOException;
  }

  void hook(Hook action) {
    hook = action;
  }

  /** Throws an {@link Error} at each I/O of that kind. */
  void runOutOfMemoryAt(Io io) {
    hook =
        (each, file, purpose) -> {
          if (each == io) {
            throw new OutOfMemoryError("planted at a " + io + " of " + file);
          }
        };
  }

  @Override
  public void read(String file, long offset, ByteBuffer into, Purpose purpose) throws IOException {
    hook.before(Io.READ, file, purpose);
    below.read(file, offset, into, purpose);
  }

  @Override
  public void write(String file, long offset, List<ByteBuffer> data, Purpose purpose)
      throws IOException {
    hook.before(Io.WRITE, file, purpose);
    below.write(file, offset, data, purpose);
  }

  @Override
  public void sync(String file, Purpose purpose) throws IOException {
    hook.before(Io.SYNC, file, purpose);
    below.sync(file, purpose);
  }
}
