package org.untorn.conformance.rfc7143;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * A PDU as the bytes that it is (RFC 7143 11.2): a basic header, additional headers, data. Whoever
 * makes one decides every bit; only the two lengths follow what is added, until they are set.
 */
final class RawPdu {

  static final int NOP_OUT = 0x00;
  static final int SCSI_COMMAND = 0x01;
  static final int TASK_MANAGEMENT = 0x02;
  static final int LOGIN = 0x03;
  static final int TEXT = 0x04;
  static final int DATA_OUT = 0x05;
  static final int LOGOUT = 0x06;
  static final int SNACK = 0x10;
  static final int NOP_IN = 0x20;
  static final int SCSI_RESPONSE = 0x21;
  static final int TASK_MANAGEMENT_RESPONSE = 0x22;
  static final int LOGIN_RESPONSE = 0x23;
  static final int TEXT_RESPONSE = 0x24;
  static final int DATA_IN = 0x25;
  static final int LOGOUT_RESPONSE = 0x26;
  static final int R2T = 0x31;
  static final int ASYNC_MESSAGE = 0x32;
  static final int REJECT = 0x3F;

  static final int IMMEDIATE = 0x40;
  static final int FINAL = 0x80;
  static final int NONE = 0xFFFF_FFFF;

  static final int HEADER = 48;

  private final byte[] header;
  private byte[] more = new byte[0];
  private byte[] data = new byte[0];

  private RawPdu(byte[] header) {
    this.header = header;
  }

  /** A PDU that has an opcode (with its I bit) and the byte behind it, and else zeros. */
  static RawPdu of(int opcode, int flags) {
    return new RawPdu(new byte[HEADER]).set8(0, opcode).set8(1, flags);
  }

  /** What was received. */
  static RawPdu of(byte[] header, byte[] more, byte[] data) {
    RawPdu pdu = new RawPdu(header.clone());
    pdu.more = more;
    pdu.data = data;
    return pdu;
  }

  RawPdu set8(int at, int value) {
    header[at] = (byte) value;
    return this;
  }

  RawPdu set16(int at, int value) {
    ByteBuffer.wrap(header).putShort(at, (short) value);
    return this;
  }

  RawPdu set24(int at, int value) {
    return set8(at, value >>> 16).set16(at + 1, value);
  }

  RawPdu set32(int at, int value) {
    ByteBuffer.wrap(header).putInt(at, value);
    return this;
  }

  RawPdu set(int at, byte[] bytes) {
    System.arraycopy(bytes, 0, header, at, bytes.length);
    return this;
  }

  /** LUN: 8 bytes of the header. */
  RawPdu lun(long lun) {
    ByteBuffer.wrap(header).putLong(8, lun);
    return this;
  }

  RawPdu tag(int initiatorTaskTag) {
    return set32(16, initiatorTaskTag);
  }

  RawPdu text(String... pairs) {
    StringBuilder text = new StringBuilder();
    for (String pair : pairs) {
      text.append(pair).append('\0');
    }
    return data(text.toString().getBytes(StandardCharsets.UTF_8));
  }

  /** The data segment, and its length in the header. */
  RawPdu data(byte[] bytes) {
    data = bytes;
    return set24(5, bytes.length);
  }

  /** The additional header segments, and their length in the header, in words. */
  RawPdu additional(byte[] bytes) {
    more = bytes;
    return set8(4, bytes.length / 4);
  }

  int opcode() {
    return header[0] & 0x3F;
  }

  boolean isFinal() {
    return (header[1] & FINAL) != 0;
  }

  int int8(int at) {
    return header[at] & 0xFF;
  }

  int int16(int at) {
    return ByteBuffer.wrap(header).getShort(at) & 0xFFFF;
  }

  int int32(int at) {
    return ByteBuffer.wrap(header).getInt(at);
  }

  int tag() {
    return int32(16);
  }

  byte[] bytes(int from, int to) {
    return Arrays.copyOfRange(header, from, to);
  }

  byte[] data() {
    return data;
  }

  /** The bytes for the wire, padded, with digests that may be wrong. */
  byte[] encode(Digest headerDigest, Digest dataDigest) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(header);
    out.writeBytes(more);
    out.writeBytes(headerDigest.of(out.toByteArray()));
    byte[] padded = Arrays.copyOf(data, (data.length + 3) / 4 * 4);
    out.writeBytes(padded);
    if (padded.length > 0) {
      out.writeBytes(dataDigest.of(padded));
    }
    return out.toByteArray();
  }

  @Override
  public String toString() {
    return "PDU %02Xh/%02Xh, %d bytes of data".formatted(opcode(), int8(1), data.length);
  }

  /** CRC32C as it goes over the wire (13.1), least significant byte first. */
  enum Digest {
    NONE,
    RIGHT,
    WRONG;

    byte[] of(byte[] bytes) {
      if (this == NONE) {
        return new byte[0];
      }
      CRC32C crc = new CRC32C();
      crc.update(bytes);
      int value = (int) crc.getValue() ^ (this == WRONG ? 0x10 : 0);
      return ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array();
    }
  }
}
