package org.untorn.backstore;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.zip.CRC32C;

/** CRC32C (the Castagnoli polynomial of RFC 3385), over headers and over each piece of data. */
final class Checksum {

  private Checksum() {}

  /** Over {@code length} bytes at {@code index}; position and limit are the same afterwards. */
  static int of(ByteBuffer buffer, int index, int length) {
    CRC32C crc = new CRC32C();
    update(crc, buffer, index, length);
    return (int) crc.getValue();
  }

  /** The same, as a part of what is summed up. */
  static void update(CRC32C crc, ByteBuffer buffer, int index, int length) {
    int position = buffer.position();
    int limit = buffer.limit();
    crc.update(buffer.limit(index + length).position(index));
    buffer.limit(limit).position(position);
  }

  /** One for each piece of {@code data}, however the buffers cut it. */
  static int[] ofPieces(List<ByteBuffer> data, PieceLayout layout) {
    int[] checksums = new int[layout.pieces()];
    CRC32C crc = new CRC32C();
    int piece = 0;
    int missing = pieceBytes(layout, 0);
    for (ByteBuffer buffer : data) {
      int at = buffer.position();
      while (at < buffer.limit()) {
        int length = Math.min(missing, buffer.limit() - at);
        update(crc, buffer, at, length);
        at += length;
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
