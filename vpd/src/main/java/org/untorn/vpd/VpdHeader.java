package org.untorn.vpd;

import java.util.Arrays;
import java.util.List;

/** The first four bytes of every page. */
final class VpdHeader {

  static final Field PAGE_CODE = Field.bytes("PAGE CODE", 1, 1);
  private static final Field PAGE_LENGTH = Field.bytes("PAGE LENGTH", 2, 2);

  private VpdHeader() {}

  /** A page of {@code length} bytes with its header filled in and the rest zero. */
  static byte[] page(Peripheral peripheral, int pageCode, int length) {
    byte[] page = new byte[length];
    peripheral.encodeInto(page);
    PAGE_CODE.put(page, pageCode);
    PAGE_LENGTH.put(page, length - VpdPage.HEADER_LENGTH);
    return page;
  }

  /** A page with these pieces after its header. */
  static byte[] page(Peripheral peripheral, int pageCode, List<byte[]> pieces) {
    byte[] rest = joined(pieces);
    byte[] page = page(peripheral, pageCode, VpdPage.HEADER_LENGTH + rest.length);
    System.arraycopy(rest, 0, page, VpdPage.HEADER_LENGTH, rest.length);
    return page;
  }

  /** One piece after the other. */
  static byte[] joined(List<byte[]> pieces) {
    byte[] whole = new byte[pieces.stream().mapToInt(piece -> piece.length).sum()];
    int at = 0;
    for (byte[] piece : pieces) {
      System.arraycopy(piece, 0, whole, at, piece.length);
      at += piece.length;
    }
    return whole;
  }

  /** The page without what follows it. */
  static byte[] unpad(byte[] returned) {
    if (returned.length < VpdPage.HEADER_LENGTH) {
      throw new IllegalArgumentException("a VPD page of " + returned.length + " bytes");
    }
    int length = VpdPage.HEADER_LENGTH + PAGE_LENGTH.getInt(returned);
    if (returned.length < length) {
      throw new IllegalArgumentException(
          "a VPD page of " + length + " bytes, of which " + returned.length + " are there");
    }
    return Arrays.copyOf(returned, length);
  }

  /** The page, if it is at least as long as the standard asks for. */
  static byte[] requireLength(byte[] page, int length) {
    if (page.length < length) {
      throw new IllegalArgumentException(
          "VPD page %02Xh has %d bytes, not %d".formatted(page[1] & 0xff, page.length, length));
    }
    return page;
  }
}
