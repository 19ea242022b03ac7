package org.untorn.backstore;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Cuts a list of buffers into pieces, without copying. */
final class Slices {

  private final List<ByteBuffer> data;
  private int buffer;
  private int taken;

  Slices(List<ByteBuffer> data) {
    this.data = data;
  }

  /** The next {@code bytes} bytes, or as many as there are. */
  List<ByteBuffer> next(int bytes) {
    List<ByteBuffer> piece = new ArrayList<>();
    int missing = bytes;
    while (missing > 0 && buffer < data.size()) {
      ByteBuffer current = data.get(buffer);
      int length = Math.min(missing, current.remaining() - taken);
      if (length > 0) {
        piece.add(current.slice(current.position() + taken, length));
      }
      taken += length;
      missing -= length;
      if (taken == current.remaining()) {
        buffer++;
        taken = 0;
      }
    }
    return piece;
  }
}
