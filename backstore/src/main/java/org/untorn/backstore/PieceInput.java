package org.untorn.backstore;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** Reads a file of the map from its beginning to a given length, in pieces. */
final class PieceInput {

  private final Medium medium;
  private final String file;
  private final long length;
  private final ByteBuffer piece;
  private long fetched;

  PieceInput(Medium medium, String file, long length) {
    this.medium = medium;
    this.file = file;
    this.length = length;
    int capacity = (int) Math.min(PieceOutput.PIECE_BYTES, length);
    this.piece = ByteBuffer.allocateDirect(capacity).limit(0);
  }

  /** CRC32C of the file's first {@code length} bytes. */
  static int crc(Medium medium, String file, long length) throws IOException {
    PieceInput input = new PieceInput(medium, file, length);
    CRC32C crc = new CRC32C();
    while (input.fetched < length) {
      input.piece.position(input.piece.limit());
      input.fetch();
      crc.update(input.piece);
    }
    return (int) crc.getValue();
  }

  int getByte() throws IOException {
    return Byte.toUnsignedInt(holding(Byte.BYTES).get());
  }

  int getShort() throws IOException {
    return Short.toUnsignedInt(holding(Short.BYTES).getShort());
  }

  int getInt() throws IOException {
    return holding(Integer.BYTES).getInt();
  }

  long getLong() throws IOException {
    return holding(Long.BYTES).getLong();
  }

  byte[] getBytes(int count) throws IOException {
    byte[] bytes = new byte[count];
    for (int i = 0; i < count; i++) {
      bytes[i] = (byte) getByte();
    }
    return bytes;
  }

  private ByteBuffer holding(int bytes) throws IOException {
    if (piece.remaining() < bytes) {
      fetch();
    }
    if (piece.remaining() < bytes) {
      throw new EOFException(file + " is shorter than what it holds");
    }
    return piece;
  }

  /** Fills the piece up. */
  private void fetch() throws IOException {
    piece.compact();
    int kept = piece.position();
    piece.limit((int) Math.min(piece.capacity(), kept + length - fetched));
    medium.read(file, fetched, piece, Purpose.MAP);
    fetched += piece.limit() - kept;
    piece.position(0);
  }
}
