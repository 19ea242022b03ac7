package org.untorn.vpd;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The TransportID of an iSCSI initiator (SPC-5, TransportID identifiers): how PERSISTENT RESERVE
 * commands name an initiator port, or with format 00b the whole initiator device.
 *
 * <pre>
 *  bit      7     6     5     4     3     2     1     0
 *     0   [FORMAT CODE]             [ PROTOCOL IDENTIFIER ]   5h: iSCSI
 *   2-3   [ ADDITIONAL LENGTH (m - 3): 20 or more, a multiple of 4 ]
 *   4-m   format 00b   &lt;iSCSI name&gt;, ended and filled up by nulls
 *         format 01b   &lt;iSCSI name&gt;,i,0x&lt;ISID&gt;, ended and filled up by nulls
 * </pre>
 *
 * @param name a port's name with its ISID in twelve lower-case digits, or a device's
 */
public record TransportId(String name) {

  private static final Field FORMAT_CODE = new Field("FORMAT CODE", 0, 7, 2);
  private static final Field PROTOCOL_IDENTIFIER = new Field("PROTOCOL IDENTIFIER", 0, 3, 4);
  private static final Field ADDITIONAL_LENGTH = Field.bytes("ADDITIONAL LENGTH", 2, 2);

  private static final int ISCSI = 5;
  private static final int DEVICE = 0b00;
  private static final int PORT = 0b01;
  private static final int HEADER = 4;
  private static final int SHORTEST_NAME = 20;

  private static final String SEPARATOR = ",i,0x";
  private static final Pattern PORT_NAME = Pattern.compile("(.+),i,0x([0-9A-Fa-f]{1,12})");

  /** Whether this names one port, and not a device with all its ports. */
  public boolean isPort() {
    return PORT_NAME.matcher(name).matches();
  }

  /** Whether this is the port of that name, or the device that it belongs to. */
  public boolean names(String port) {
    return isPort() ? name.equals(port) : port.startsWith(name + SEPARATOR);
  }

  /** The bytes. */
  public byte[] encode() {
    byte[] text = name.getBytes(StandardCharsets.UTF_8);
    int length = Math.max(SHORTEST_NAME, (text.length + 4) & -4);
    byte[] bytes = new byte[HEADER + length];
    FORMAT_CODE.put(bytes, isPort() ? PORT : DEVICE);
    PROTOCOL_IDENTIFIER.put(bytes, ISCSI);
    ADDITIONAL_LENGTH.put(bytes, length);
    System.arraycopy(text, 0, bytes, HEADER, text.length);
    return bytes;
  }

  /**
   * How many bytes the one that begins at {@code at} has; nothing if they are not all there, or
   * their number is one that no TransportID of iSCSI has.
   */
  public static Optional<Integer> length(byte[] list, int at) {
    if (at + HEADER > list.length) {
      return Optional.empty();
    }
    int additional = ADDITIONAL_LENGTH.getInt(Arrays.copyOfRange(list, at, at + HEADER));
    boolean sound =
        additional >= SHORTEST_NAME
            && additional % 4 == 0
            && at + HEADER + additional <= list.length;
    return sound ? Optional.of(HEADER + additional) : Optional.empty();
  }

  /** Reads a whole one; nothing if it is another protocol's, or its name is not in its format. */
  public static Optional<TransportId> decode(byte[] bytes) {
    if (PROTOCOL_IDENTIFIER.getInt(bytes) != ISCSI) {
      return Optional.empty();
    }
    String name = new String(bytes, HEADER, bytes.length - HEADER, StandardCharsets.UTF_8);
    int end = name.indexOf('\0');
    if (end <= 0) {
      return Optional.empty();
    }
    Matcher port = PORT_NAME.matcher(name.substring(0, end));
    return switch (FORMAT_CODE.getInt(bytes)) {
      case DEVICE ->
          port.matches() ? Optional.empty() : Optional.of(new TransportId(name.substring(0, end)));
      case PORT ->
          port.matches()
              ? Optional.of(new TransportId(port.group(1) + SEPARATOR + isid(port.group(2))))
              : Optional.empty();
      default -> Optional.empty();
    };
  }

  private static String isid(String digits) {
    return "%12s".formatted(digits.toLowerCase(Locale.ROOT)).replace(' ', '0');
  }
}
