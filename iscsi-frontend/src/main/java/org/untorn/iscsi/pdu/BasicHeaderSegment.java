package org.untorn.iscsi.pdu;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/**
 * A view of the 48 bytes with which every PDU begins (RFC 7143 11.2.1); fields are addressed by the
 * byte numbers of the standard's figures.
 *
 * <pre>
 *   0 |.|I| opcode  |F| opcode-specific fields                   |
 *   4 |TotalAHSLength | DataSegmentLength                        |
 *   8 | LUN or opcode-specific fields                            |
 *  16 | Initiator Task Tag                                       |
 *  20 | opcode-specific fields                                   |
 *  48 +----------------------------------------------------------+
 * </pre>
 */
public final class BasicHeaderSegment {

  /** The segment's length in bytes. */
  public static final int LENGTH = 48;

  static final int IMMEDIATE = 0x40;
  static final int FINAL = 0x80;

  private final ByteBuf buffer;
  private final int base;

  /** Views the 48 bytes at {@code base}. */
  BasicHeaderSegment(ByteBuf buffer, int base) {
    this.buffer = buffer;
    this.base = base;
  }

  /** Appends 48 zero bytes to a buffer and views them. */
  static BasicHeaderSegment append(ByteBuf buffer) {
    int base = buffer.writerIndex();
    buffer.writeZero(LENGTH);
    return new BasicHeaderSegment(buffer, base);
  }

  /** The opcode's code, without the I bit. */
  public int opcode() {
    return int8(0) & 0x3F;
  }

  boolean immediate() {
    return flag(0, IMMEDIATE);
  }

  boolean isFinal() {
    return flag(1, FINAL);
  }

  /** Bytes of additional header segments: the field counts words. */
  int totalAhsLength() {
    return int8(4) * 4;
  }

  int dataSegmentLength() {
    return buffer.getUnsignedMedium(base + 5);
  }

  void lengths(int totalAhsLength, int dataSegmentLength) {
    buffer.setByte(base + 4, totalAhsLength / 4);
    buffer.setMedium(base + 5, dataSegmentLength);
  }

  /** Sets the opcode, the I bit and the flags of byte 1. */
  BasicHeaderSegment start(Opcode opcode, boolean immediate, int flags) {
    return int8(0, opcode.code() | (immediate ? IMMEDIATE : 0)).int8(1, flags);
  }

  boolean flag(int at, int mask) {
    return (buffer.getByte(base + at) & mask) != 0;
  }

  int int8(int at) {
    return buffer.getUnsignedByte(base + at);
  }

  int int16(int at) {
    return buffer.getUnsignedShort(base + at);
  }

  int int32(int at) {
    return buffer.getInt(base + at);
  }

  /** 48 bits, unsigned. */
  long int48(int at) {
    return (long) int16(at) << 32 | Integer.toUnsignedLong(int32(at + 2));
  }

  long int64(int at) {
    return buffer.getLong(base + at);
  }

  byte[] bytes(int at, int length) {
    byte[] copy = new byte[length];
    buffer.getBytes(base + at, copy);
    return copy;
  }

  BasicHeaderSegment int8(int at, int value) {
    buffer.setByte(base + at, value);
    return this;
  }

  BasicHeaderSegment int16(int at, int value) {
    buffer.setShort(base + at, value);
    return this;
  }

  BasicHeaderSegment int32(int at, int value) {
    buffer.setInt(base + at, value);
    return this;
  }

  BasicHeaderSegment int48(int at, long value) {
    return int16(at, (int) (value >>> 32)).int32(at + 2, (int) value);
  }

  BasicHeaderSegment int64(int at, long value) {
    buffer.setLong(base + at, value);
    return this;
  }

  BasicHeaderSegment bytes(int at, byte[] value, int length) {
    buffer.setBytes(base + at, value, 0, length);
    return this;
  }

  /** A copy of the 48 bytes. */
  ByteBuf copy() {
    return Unpooled.wrappedBuffer(bytes(0, LENGTH));
  }

  /** {@code mask} if {@code set}. */
  static int bit(boolean set, int mask) {
    return set ? mask : 0;
  }
}
