package org.untorn.backstore;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.zip.CRC32C;

/** Writes a file of the map from its beginning, in pieces, and keeps count and CRC32C. */
final class PieceOutput extends OutputStream {

  static final int PIECE_BYTES = 1 << 20;

  private final Medium medium;
  private final String file;
  private final ByteBuffer piece = ByteBuffer.allocate(PIECE_BYTES);
  private final CRC32C crc = new CRC32C();
  private long written;

  PieceOutput(Medium medium, String file) {
    this.medium = medium;
    this.file = file;
  }

  /** The bytes that reached the medium: all of them after a flush. */
  long length() {
    return written;
  }

  int crc() {
    return (int) crc.getValue();
  }

  @Override
  public void write(int one) throws IOException {
    write(new byte[] {(byte) one}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    int done = 0;
    while (done < length) {
      int count = Math.min(length - done, piece.remaining());
      piece.put(bytes, offset + done, count);
      done += count;
      if (!piece.hasRemaining()) {
        flush();
      }
    }
  }

  @Override
  public void flush() throws IOException {
    piece.flip();
    crc.update(piece.duplicate());
    medium.write(file, written, List.of(piece), Purpose.MAP);
    written += piece.limit();
    piece.clear();
  }
}
