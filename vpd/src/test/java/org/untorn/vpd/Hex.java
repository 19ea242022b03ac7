package org.untorn.vpd;

import java.util.Arrays;
import java.util.HexFormat;

/** Golden bytes, written as the standards' readers write them: hexadecimal, with spaces. */
final class Hex {

  private Hex() {}

  static byte[] bytes(String... lines) {
    return HexFormat.of().parseHex(String.join("", lines).replace(" ", ""));
  }

  /** The same, followed by zeros up to {@code length} bytes. */
  static byte[] padded(int length, String... lines) {
    return Arrays.copyOf(bytes(lines), length);
  }
}
