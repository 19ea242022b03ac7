package org.untorn.vpd;

/**
 * One named field of a big-endian layout (a CDB, a VPD page, a mode page, sense data), placed as
 * the standards' tables place it: the byte that holds its most significant bit, the number of that
 * bit (7 is the highest), and its width.
 *
 * <pre>
 *  bit      7     6     5     4     3     2     1     0
 *  byte 1 [   WRPROTECT    ] [DPO] [FUA] [  reserved   ]     new Field("WRPROTECT", 1, 7, 3)
 *  byte 2 [ LOGICAL BLOCK ADDRESS, most significant byte ]   Field.bytes("LOGICAL BLOCK ADDRESS", 2, 8)
 * </pre>
 *
 * Invariants: the field is 1 to 64 bits wide; it starts at bit {@code highBit} of byte {@code
 * byteOffset} and runs towards lower bits, then higher bytes, without a gap; a field of more than
 * one byte ends on a byte's bit 0.
 *
 * @param name the standard's name, in the standard's capitals
 * @param byteOffset the byte that holds the most significant bit, from 0
 * @param highBit the number of the most significant bit in that byte, 7 to 0
 * @param width the width in bits, 1 to 64
 */
public record Field(String name, int byteOffset, int highBit, int width) {

  public Field {
    if (byteOffset < 0 || highBit < 0 || highBit > 7 || width < 1 || width > 64) {
      throw new IllegalArgumentException("no such field: " + name + " at byte " + byteOffset);
    }
    if (width > highBit + 1 && (width - highBit - 1) % 8 != 0) {
      throw new IllegalArgumentException(name + " does not end on bit 0 of its last byte");
    }
  }

  /** A field of whole bytes. */
  public static Field bytes(String name, int byteOffset, int length) {
    return new Field(name, byteOffset, 7, length * 8);
  }

  /** A field of one bit. */
  public static Field bit(String name, int byteOffset, int bit) {
    return new Field(name, byteOffset, bit, 1);
  }

  /** The offset of the byte that holds the least significant bit. */
  public int lastByte() {
    return width <= highBit + 1 ? byteOffset : byteOffset + (width - highBit - 1) / 8;
  }

  /** The number of the least significant bit in {@link #lastByte()}. */
  private int lowBit() {
    return width <= highBit + 1 ? highBit + 1 - width : 0;
  }

  /**
   * The bits of this field in byte {@code offset} of the layout; 0 where the field does not reach.
   */
  public int maskAt(int offset) {
    if (offset < byteOffset || offset > lastByte()) {
      return 0;
    }
    int high = offset == byteOffset ? highBit : 7;
    int low = offset == lastByte() ? lowBit() : 0;
    return ((1 << (high + 1)) - 1) & -(1 << low);
  }

  /** The largest value that fits, as an unsigned number. */
  public long maximum() {
    return width == 64 ? -1 : (1L << width) - 1;
  }

  /** The field's value, unsigned. */
  public long get(byte[] layout) {
    long value = 0;
    for (int i = byteOffset; i <= lastByte(); i++) {
      value = (value << 8) | (layout[i] & maskAt(i));
    }
    return value >>> lowBit();
  }

  /** The field's value where it is known to fit an int. */
  public int getInt(byte[] layout) {
    return Math.toIntExact(get(layout));
  }

  /** Whether any bit of the field is set. */
  public boolean isSet(byte[] layout) {
    return get(layout) != 0;
  }

  /**
   * Throws unless the value, unsigned, fits.
   *
   * @throws IllegalArgumentException naming the field
   */
  public void check(long value) {
    if (Long.compareUnsigned(value, maximum()) > 0) {
      throw new IllegalArgumentException(
          name + " has " + width + " bits; " + Long.toUnsignedString(value) + " does not fit");
    }
  }

  /**
   * Sets the field and leaves its neighbours alone.
   *
   * @throws IllegalArgumentException if the value does not fit
   */
  public void put(byte[] layout, long value) {
    check(value);
    long rest = value << lowBit();
    for (int i = lastByte(); i >= byteOffset; i--) {
      int mask = maskAt(i);
      layout[i] = (byte) ((layout[i] & ~mask) | ((int) rest & mask));
      rest >>>= 8;
    }
  }
}
