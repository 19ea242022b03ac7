package org.untorn.backstore;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/** A medium of the tests that passes everything on but what it is about. */
interface MediumFilter extends Medium {

  Medium below();

  @Override
  default List<String> files() throws IOException {
    return below().files();
  }

  @Override
  default long length(String file) throws IOException {
    return below().length(file);
  }

  @Override
  default void read(String file, long offset, ByteBuffer into, Purpose purpose) throws IOException {
    below().read(file, offset, into, purpose);
  }

  @Override
  default void write(String file, long offset, List<ByteBuffer> data, Purpose purpose)
      throws IOException {
    below().write(file, offset, data, purpose);
  }

  @Override
  default void sync(String file, Purpose purpose) throws IOException {
    below().sync(file, purpose);
  }

  @Override
  default void delete(String file) throws IOException {
    below().delete(file);
  }

  @Override
  default void close() throws IOException {
    below().close();
  }
}
