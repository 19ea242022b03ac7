package org.untorn.vpd;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * One ASCII data field of a layout: left-aligned, filled up with spaces (SPC-5 4.3.1).
 *
 * @param name the standard's name, in the standard's capitals
 * @param offset the first byte, from 0
 * @param length bytes
 */
record Text(String name, int offset, int length) {

  /** Throws unless {@code value} fits and is of the graphic codes 20h to 7Eh. */
  void check(String value) {
    if (value.length() > length || !value.chars().allMatch(c -> c >= 0x20 && c <= 0x7e)) {
      throw new IllegalArgumentException(
          name + " takes up to " + length + " printable ASCII characters, not '" + value + "'");
    }
  }

  void put(byte[] layout, String value) {
    check(value);
    Arrays.fill(layout, offset, offset + length, (byte) ' ');
    byte[] bytes = value.getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(bytes, 0, layout, offset, bytes.length);
  }

  /** The text without the spaces that fill it up. */
  String get(byte[] layout) {
    return new String(layout, offset, length, StandardCharsets.US_ASCII).stripTrailing();
  }
}
