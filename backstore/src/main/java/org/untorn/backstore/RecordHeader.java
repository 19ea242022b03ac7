package org.untorn.backstore;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * What a record begins with. The body follows it, then zeros up to the next 512 bytes, then the
 * payload. Integers are big-endian.
 *
 * <pre>
 *  byte  0        4      6      7         8                16
 *        [ magic "UNTR" | version | type | 0 ][ sequence      ][ synced       ]
 *       24                32               36       40
 *        [ pool           ][ segment ][ unit ][ epoch         ]
 *       48                56               64
 *        [ volume         ][ LBA            ]
 *       64       68               72       76               80
 *        [ body bytes ][ payload bytes ][ 0 ][ header CRC32C ] body ... 0 ... | payload ...
 * </pre>
 *
 * The CRC covers bytes 0 to 75 and the body. Pool, segment and unit say where the record belongs,
 * so that a copy of it elsewhere (in a user's blocks, or misdirected) is no record.
 *
 * @param sequence numbers the records of a pool from 1 on without a gap; in a segment's own header,
 *     the number of its first record
 * @param synced the last sequence known to be on stable storage when this was written
 * @param pool the pool's identity
 * @param segment the number of the segment that it lies in
 * @param unit where it lies in the segment, in units of 512 bytes
 * @param epoch which opening of the pool wrote it
 * @param volume the volume it changes, or 0
 * @param lba the first block it changes, or 0
 * @param bodyBytes the length of the body
 * @param payloadBytes the length of the payload, a multiple of 512
 */
record RecordHeader(
    RecordType type,
    long sequence,
    long synced,
    long pool,
    int segment,
    int unit,
    long epoch,
    long volume,
    long lba,
    int bodyBytes,
    int payloadBytes) {

  static final int BYTES = 80;
  private static final int CRC_AT = 76;
  private static final int MAGIC = 0x554E5452;
  private static final short VERSION = 2;

  /** The length of header and body, with the zeros behind them. */
  static int paddedBytes(int bodyBytes) {
    int unit = Location.UNIT_BYTES;
    return (BYTES + bodyBytes + unit - 1) / unit * unit;
  }

  /** The length of all of it, in bytes. */
  long totalBytes() {
    return (long) paddedBytes(bodyBytes) + payloadBytes;
  }

  /** Puts header, body and zeros at the buffer's position, and moves it behind them. */
  void put(ByteBuffer into, Change body) {
    int start = into.position();
    into.putInt(MAGIC).putShort(VERSION).put((byte) type.code()).put((byte) 0);
    into.putLong(sequence).putLong(synced).putLong(pool);
    into.putInt(segment).putInt(unit).putLong(epoch);
    into.putLong(volume).putLong(lba);
    into.putInt(bodyBytes).putInt(payloadBytes).putInt(0);
    into.position(start + BYTES);
    body.putBody(into);
    into.putInt(start + CRC_AT, crc(into, start, bodyBytes));
    int end = start + paddedBytes(bodyBytes);
    Zeros.put(into, into.position(), end - into.position());
    into.position(end);
  }

  /**
   * Reads the fixed part at the buffer's position. The CRC is not checked yet, since it covers the
   * body: {@link #isWhole}.
   */
  static Optional<RecordHeader> parse(ByteBuffer from) {
    int at = from.position();
    int type = from.get(at + 6);
    if (from.getInt(at) != MAGIC
        || from.getShort(at + 4) != VERSION
        || !RecordType.isKnown(type)
        || from.getInt(at + 64) < 0
        || from.getInt(at + 68) < 0) {
      return Optional.empty();
    }
    return Optional.of(
        new RecordHeader(
            RecordType.of(type),
            from.getLong(at + 8),
            from.getLong(at + 16),
            from.getLong(at + 24),
            from.getInt(at + 32),
            from.getInt(at + 36),
            from.getLong(at + 40),
            from.getLong(at + 48),
            from.getLong(at + 56),
            from.getInt(at + 64),
            from.getInt(at + 68)));
  }

  /** Whether the CRC of header and body at the buffer's position is right. */
  boolean isWhole(ByteBuffer from) {
    return from.getInt(from.position() + CRC_AT) == crc(from, from.position(), bodyBytes);
  }

  private static int crc(ByteBuffer buffer, int start, int bodyBytes) {
    CRC32C crc = new CRC32C();
    Checksum.update(crc, buffer, start, CRC_AT);
    Checksum.update(crc, buffer, start + BYTES, bodyBytes);
    return (int) crc.getValue();
  }

  /** What the record does, from its body. */
  Change change(ByteBuffer body) {
    return switch (type) {
      case WRITE -> Change.Write.from(volume, lba, body);
      case UNMAP -> Change.Unmap.from(volume, body);
      case CREATE -> Change.Create.from(volume, body);
      case BRANCH -> Change.Branch.from(volume, body);
      case RESIZE -> new Change.Resize(volume, body.getLong());
      case ROLLBACK -> new Change.Rollback(volume, body.getLong());
      case DELETE -> new Change.Delete(volume);
      case SEGMENT, NOTHING -> Change.Nothing.INSTANCE;
    };
  }
}
