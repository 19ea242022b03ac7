package org.untorn.backstore;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** Reads a file of the map from its beginning to a given length, in pieces. */
final class PieceInput extends InputStream {

  private final Medium medium;
  private final String file;
  private final long length;
  private final ByteBuffer piece;
  private long fetched;

  PieceInput(Medium medium, String file, long length) {
    this.medium = medium;
    this.file = file;
    this.length = length;
    this.piece = ByteBuffer.allocate((int) Math.min(PieceOutput.PIECE_BYTES, length)).limit(0);
  }

  /** CRC32C of the file's first {@code length} bytes. */
  static int crc(Medium medium, String file, long length) throws IOException {
    PieceInput input = new PieceInput(medium, file, length);
    CRC32C crc = new CRC32C();
    while (input.fetch()) {
      crc.update(input.piece);
    }
    return (int) crc.getValue();
  }

  @Override
  public int read() throws IOException {
    return fetch() ? piece.get() & 0xFF : -1;
  }

  @Override
  public int read(byte[] into, int offset, int count) throws IOException {
    if (count == 0) {
      return 0;
    }
    if (!fetch()) {
      return -1;
    }
    int found = Math.min(count, piece.remaining());
    piece.get(into, offset, found);
    return found;
  }

  /** Sees to it that the piece has something left; false at the end. */
  private boolean fetch() throws IOException {
    if (piece.hasRemaining()) {
      return true;
    }
    piece.clear().limit((int) Math.min(piece.capacity(), length - fetched));
    if (piece.hasRemaining()) {
      medium.read(file, fetched, piece, Purpose.MAP);
      fetched += piece.limit();
    }
    return piece.hasRemaining();
  }
}
