package org.untorn.backstore;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.zip.CRC32C;

/** CRC32C (the Castagnoli polynomial of RFC 3385), over headers and over each piece of data. */
final class Checksum {

  private Checksum() {}

  /** Over {@code length} bytes at {@code index}, without moving the position. */
  static int of(ByteBuffer buffer, int index, int length) {
    CRC32C crc = new CRC32C();
    crc.update(buffer.slice(index, length));
    return (int) crc.getValue();
  }

  /** One for each piece of {@code data}, however the buffers cut it. */
  static int[] ofPieces(List<ByteBuffer> data, PieceLayout layout) {
    int[] checksums = new int[layout.pieces()];
    CRC32C crc = new CRC32C();
    int piece = 0;
    int missing = pieceBytes(layout, 0);
    for (ByteBuffer buffer : data) {
      ByteBuffer rest = buffer.duplicate();
      int end = rest.limit();
      while (rest.position() < end) {
        int length = Math.min(missing, end - rest.position());
        rest.limit(rest.position() + length);
        crc.update(rest);
        missing -= length;
        if (missing == 0) {
          checksums[piece] = (int) crc.getValue();
          crc.reset();
          piece++;
          missing = pieceBytes(layout, piece);
        }
      }
    }
    return checksums;
  }

  private static int pieceBytes(PieceLayout layout, int piece) {
    return layout.pieceUnits(piece) * Location.UNIT_BYTES;
  }
}
