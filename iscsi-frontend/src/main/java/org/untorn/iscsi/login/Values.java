package org.untorn.iscsi.login;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.untorn.iscsi.auth.BinaryValue;

/** Which values of a text key are legal (RFC 7143 6.1). */
public sealed interface Values {

  /** The longest value where a key's definition says nothing else, in bytes (6.1). */
  int MAX_LENGTH = 255;

  /** Yes or No. */
  Values BOOLEAN = new OneOf("Yes", "No");

  /** The methods of authentication (12.1); which of them holds depends on who asks for what. */
  Values AUTH_METHODS = new OneOf("CHAP", "None");

  /** A challenge or a response (12.1.3). */
  Values BINARY = new Binary(ChapExchange.MAX_BINARY);

  /** A name in CHAP: text, whatever it begins with (12.1.3). */
  Values CHAP_NAME = new Text(1, MAX_LENGTH);

  /** What a session is for (13.21). */
  Values SESSION_TYPES = new OneOf("Normal", "Discovery");

  /** How the end of tasks is reported (13.23): of the three ways, the one that every side knows. */
  Values REPORTING = new OneOf("RFC3720");

  /** A digest algorithm (13.1). */
  Values DIGEST = new OneOf("CRC32C", "None");

  /** The length in bytes of a data segment or a burst. */
  Values LENGTH = new Range(512, 0xFFFFFF);

  /** An iSCSI name (4.2.7.1). */
  Values NAME = new Text(1, 223);

  /** Any other text, or none. */
  Values TEXT = new Text(0, MAX_LENGTH);

  /** The one way to write a legal value, or empty. */
  Optional<String> canonical(String value);

  /** One of these words; as an offer, a list of words separated by commas. */
  record OneOf(List<String> words) implements Values {

    OneOf(String... words) {
      this(List.of(words));
    }

    @Override
    public Optional<String> canonical(String value) {
      return words.contains(value) ? Optional.of(value) : Optional.empty();
    }
  }

  /** A number, decimal or hexadecimal, between two others, both included. */
  record Range(int min, int max) implements Values {

    @Override
    public Optional<String> canonical(String value) {
      OptionalInt number = number(value);
      return number.isPresent() && number.getAsInt() >= min && number.getAsInt() <= max
          ? Optional.of(Integer.toString(number.getAsInt()))
          : Optional.empty();
    }
  }

  /** Any text of {@code minLength} to {@code maxLength} bytes in UTF-8. */
  record Text(int minLength, int maxLength) implements Values {

    @Override
    public Optional<String> canonical(String value) {
      int length = value.getBytes(StandardCharsets.UTF_8).length;
      return length >= minLength && length <= maxLength ? Optional.of(value) : Optional.empty();
    }
  }

  /** Bytes, in hexadecimal or base64: at least one, at most {@code maxLength}. */
  record Binary(int maxLength) implements Values {

    @Override
    public Optional<String> canonical(String value) {
      return BinaryValue.parse(value, maxLength).map(BinaryValue::format);
    }
  }

  /** A numerical-value of 6.1 that fits an int; base64 is for binary values only. */
  private static OptionalInt number(String value) {
    boolean hex = value.startsWith("0x") || value.startsWith("0X");
    String digits = hex ? value.substring(2) : value;
    boolean legal = hex ? digits.matches("[0-9A-Fa-f]+") : digits.matches("[0-9]+");
    if (!legal || value.length() > MAX_LENGTH) {
      return OptionalInt.empty();
    }
    BigInteger number = new BigInteger(digits, hex ? 16 : 10);
    return number.bitLength() < 32 ? OptionalInt.of(number.intValue()) : OptionalInt.empty();
  }
}
