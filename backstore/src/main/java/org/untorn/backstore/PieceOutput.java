package org.untorn.backstore;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.zip.CRC32C;

/** Writes a file of the map from its beginning, in pieces, and keeps count and CRC32C. */
final class PieceOutput {

  static final int PIECE_BYTES = 1 << 20;

  /** A small pool's map is no longer, and needs no memory beside the heap. */
  private static final int FIRST_PIECE_BYTES = 8 << 10;

  private final Medium medium;
  private final String file;
  private ByteBuffer piece = ByteBuffer.allocate(FIRST_PIECE_BYTES);
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

  PieceOutput putByte(int value) throws IOException {
    roomFor(Byte.BYTES).put((byte) value);
    return this;
  }

  PieceOutput putShort(int value) throws IOException {
    roomFor(Short.BYTES).putShort((short) value);
    return this;
  }

  PieceOutput putInt(int value) throws IOException {
    roomFor(Integer.BYTES).putInt(value);
    return this;
  }

  PieceOutput putLong(long value) throws IOException {
    roomFor(Long.BYTES).putLong(value);
    return this;
  }

  PieceOutput putBytes(byte[] bytes) throws IOException {
    for (byte each : bytes) {
      putByte(each);
    }
    return this;
  }

  /** Writes what is not written yet. */
  void flush() throws IOException {
    piece.flip();
    crc.update(piece.duplicate());
    medium.write(file, written, List.of(piece), Purpose.MAP);
    written += piece.limit();
    piece.clear();
  }

  private ByteBuffer roomFor(int bytes) throws IOException {
    if (piece.remaining() < bytes) {
      flush();
      if (piece.capacity() < PIECE_BYTES) {
        piece = ByteBuffer.allocateDirect(PIECE_BYTES);
      }
    }
    return piece;
  }
}
