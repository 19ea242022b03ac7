package org.untorn.core;

import org.untorn.backstore.Geometry;
import org.untorn.vpd.Field;

/**
 * The mode parameter header, in its two lengths, and the block descriptors that may follow it
 * (SPC-5, mode parameter list format; SBC-4 for the device-specific parameter).
 *
 * <pre>
 *                                MODE SENSE/SELECT(6)   (10)
 *  MODE DATA LENGTH              byte 0                 byte 0-1   what follows the field itself
 *  MEDIUM TYPE                   byte 1                 byte 2
 *  WP, DPOFUA                    byte 2                 byte 3
 *  LONGLBA                       -                      byte 4 bit 0
 *  BLOCK DESCRIPTOR LENGTH       byte 3                 byte 6-7   0, 8 (short) or 16 (long)
 *
 *  short block descriptor: NUMBER OF LOGICAL BLOCKS byte 0-3, LOGICAL BLOCK LENGTH byte 5-7
 *  long block descriptor:  NUMBER OF LOGICAL BLOCKS byte 0-7, LOGICAL BLOCK LENGTH byte 12-15
 * </pre>
 *
 * @param length the length of the header in bytes
 */
record ModeHeader(
    int length, Field modeDataLength, Field writeProtect, Field dpofua, Field descriptorLength) {

  static final ModeHeader SIX =
      new ModeHeader(
          4,
          Field.bytes("MODE DATA LENGTH", 0, 1),
          Field.bit("WP", 2, 7),
          Field.bit("DPOFUA", 2, 4),
          Field.bytes("BLOCK DESCRIPTOR LENGTH", 3, 1));

  static final ModeHeader TEN =
      new ModeHeader(
          8,
          Field.bytes("MODE DATA LENGTH", 0, 2),
          Field.bit("WP", 3, 7),
          Field.bit("DPOFUA", 3, 4),
          Field.bytes("BLOCK DESCRIPTOR LENGTH", 6, 2));

  /** Says that the block descriptors are long; only the header of MODE SENSE(10) has it. */
  static final Field LONGLBA = Field.bit("LONGLBA", 4, 0);

  static final int SHORT_DESCRIPTOR = 8;
  static final int LONG_DESCRIPTOR = 16;

  /** NUMBER OF LOGICAL BLOCKS; in a short descriptor all ones if it does not fit. */
  static Field blocks(int descriptorLength) {
    return Field.bytes("NUMBER OF LOGICAL BLOCKS", 0, descriptorLength == LONG_DESCRIPTOR ? 8 : 4);
  }

  /** LOGICAL BLOCK LENGTH, in bytes. */
  static Field blockLength(int descriptorLength) {
    return descriptorLength == LONG_DESCRIPTOR
        ? Field.bytes("LOGICAL BLOCK LENGTH", 12, 4)
        : Field.bytes("LOGICAL BLOCK LENGTH", 5, 3);
  }

  /** The block descriptor of a medium; empty if its length is zero. */
  static byte[] descriptor(Geometry geometry, int descriptorLength) {
    byte[] descriptor = new byte[descriptorLength];
    if (descriptorLength != 0) {
      Field blocks = blocks(descriptorLength);
      boolean fits = Long.compareUnsigned(geometry.blocks(), blocks.maximum()) <= 0;
      blocks.put(descriptor, fits ? geometry.blocks() : blocks.maximum());
      blockLength(descriptorLength).put(descriptor, geometry.dataLength());
    }
    return descriptor;
  }
}
