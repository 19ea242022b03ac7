package org.untorn.iscsi.auth;

import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;

/**
 * A binary-value of RFC 7143 6.1: {@code 0x} and hexadecimal digits, two for each byte, or {@code
 * 0b} and base64; either letter may be a capital. Neither may be empty.
 */
public final class BinaryValue {

  private static final int PREFIX = 2;

  private BinaryValue() {}

  /** The bytes of a value, or empty if it is none or has more than {@code maxLength}. */
  public static Optional<byte[]> parse(String value, int maxLength) {
    if (value.length() <= PREFIX || value.length() > PREFIX + 2 * (long) maxLength + 2) {
      return Optional.empty();
    }
    String digits = value.substring(PREFIX);
    try {
      byte[] bytes =
          switch (value.substring(0, PREFIX).toLowerCase(Locale.ROOT)) {
            case "0x" -> HexFormat.of().parseHex(digits);
            case "0b" -> Base64.getDecoder().decode(digits);
            default -> new byte[0];
          };
      return bytes.length == 0 || bytes.length > maxLength ? Optional.empty() : Optional.of(bytes);
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  /** Bytes as every initiator reads them: in hexadecimal. */
  public static String format(byte[] bytes) {
    return "0x" + HexFormat.of().formatHex(bytes);
  }
}
