package org.untorn.backstore.fault;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.BiPredicate;
import org.untorn.backstore.Medium;
import org.untorn.backstore.Purpose;

/** A filter that fails I/O, as somebody decides for each; a failed I/O does nothing below. */
public final class MediumFaults implements Medium {

  private final Medium below;
  private final BiPredicate<FaultyMedium.Io, Purpose> fails;

  /**
   * A filter.
   *
   * @param fails whether an I/O fails; asked once for each
   */
  public MediumFaults(Medium below, BiPredicate<FaultyMedium.Io, Purpose> fails) {
    this.below = below;
    this.fails = fails;
  }

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
    check(FaultyMedium.Io.READ, file, purpose);
    below.read(file, offset, into, purpose);
  }

  @Override
  public void write(String file, long offset, List<ByteBuffer> data, Purpose purpose)
      throws IOException {
    check(FaultyMedium.Io.WRITE, file, purpose);
    below.write(file, offset, data, purpose);
  }

  @Override
  public void sync(String file, Purpose purpose) throws IOException {
    check(FaultyMedium.Io.SYNC, file, purpose);
    below.sync(file, purpose);
  }

  @Override
  public void delete(String file) throws IOException {
    below.delete(file);
  }

  @Override
  public void close() throws IOException {
    below.close();
  }

  private void check(FaultyMedium.Io io, String file, Purpose purpose) throws IOException {
    if (fails.test(io, purpose)) {
      throw new IOException(io + " of " + file + " fails: a fault that was asked for");
    }
  }
}
