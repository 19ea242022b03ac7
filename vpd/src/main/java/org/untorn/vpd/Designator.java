package org.untorn.vpd;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * One designation descriptor of {@link DeviceIdentification} (SPC-5 7.7.6): a name of the logical
 * unit, of the port it is reached by, or of the target device.
 *
 * <pre>
 *  bit      7     6     5     4     3     2     1     0
 *     0   [ PROTOCOL IDENTIFIER ] [       CODE SET      ]
 *     1   [PIV]       [ASSOCIATION] [  DESIGNATOR TYPE  ]
 *     3   [         DESIGNATOR LENGTH (n - 3)           ]
 * 4 - n   [               DESIGNATOR                    ]
 * </pre>
 *
 * PIV and PROTOCOL IDENTIFIER (iSCSI) are set for what names a port or the target device.
 */
public sealed interface Designator {

  /** What this names. */
  Association association();

  /**
   * Type 1h: the vendor and, after it, what tells its logical units apart.
   *
   * @param vendor T10 VENDOR IDENTIFICATION, up to 8 characters
   * @param vendorSpecific ASCII, up to 243 characters
   */
  record T10VendorId(String vendor, String vendorSpecific) implements Designator {

    private static final Text VENDOR = new Text("T10 VENDOR IDENTIFICATION", 0, 8);
    private static final int MAXIMUM_SPECIFIC = 243;

    public T10VendorId {
      VENDOR.check(vendor);
      specific(MAXIMUM_SPECIFIC).check(vendorSpecific);
    }

    @Override
    public Association association() {
      return Association.LOGICAL_UNIT;
    }

    private static Text specific(int length) {
      return new Text("VENDOR SPECIFIC IDENTIFIER", 8, length);
    }
  }

  /**
   * Type 3h, NAA 3h "locally assigned": 60 bits that are unique where the administrator says so. A
   * made-up stable name can be no other kind: all others begin with a company's IEEE identifier.
   *
   * @param value the whole identifier; its highest four bits are 3h
   */
  record NaaLocallyAssigned(Association association, long value) implements Designator {

    private static final Field NAA = new Field("NAA", 0, 7, 4);
    private static final int LOCALLY_ASSIGNED = 3;

    public NaaLocallyAssigned {
      if (value >>> 60 != LOCALLY_ASSIGNED) {
        throw new IllegalArgumentException(
            "a locally assigned NAA begins with 3, not " + Long.toHexString(value));
      }
    }

    /** The name whose lower 60 bits are those of {@code bits}. */
    public static NaaLocallyAssigned of(Association association, long bits) {
      return new NaaLocallyAssigned(association, (bits & (-1L >>> 4)) | (3L << 60));
    }
  }

  /**
   * Type 4h: the number of the target port that this came through.
   *
   * @param identifier RELATIVE TARGET PORT IDENTIFIER, 1 to FFFFh
   */
  record RelativeTargetPort(int identifier) implements Designator {

    public RelativeTargetPort {
      LAST_TWO_BYTES.check(identifier);
    }

    @Override
    public Association association() {
      return Association.TARGET_PORT;
    }
  }

  /**
   * Type 5h: the target port group of the target port that this came through.
   *
   * @param group TARGET PORT GROUP, 0 to FFFFh
   */
  record TargetPortGroup(int group) implements Designator {

    public TargetPortGroup {
      LAST_TWO_BYTES.check(group);
    }

    @Override
    public Association association() {
      return Association.TARGET_PORT;
    }
  }

  /**
   * Type 8h: a SCSI name string in UTF-8. An iSCSI target device's is its iSCSI name, a port's is
   * {@code <iSCSI name>,t,0x<target portal group tag, four digits>} (RFC 7143).
   *
   * @param name without the null that ends it on the wire
   */
  record ScsiName(Association association, String name) implements Designator {

    private static final int MAXIMUM_LENGTH = 252;

    public ScsiName {
      if (encoded(name).length > MAXIMUM_LENGTH) {
        throw new IllegalArgumentException("a SCSI name string of over 251 bytes: " + name);
      }
    }

    /** UTF-8, ended and filled up to a multiple of four with nulls. */
    private static byte[] encoded(String name) {
      byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
      return Arrays.copyOf(utf8, (utf8.length + 4) & -4);
    }
  }

  /** In the designators of ports and groups: bytes 2 and 3. */
  Field LAST_TWO_BYTES = Field.bytes("RELATIVE TARGET PORT IDENTIFIER or TARGET PORT GROUP", 2, 2);

  /** The whole descriptor. */
  default byte[] encode() {
    return switch (this) {
      case T10VendorId t10 -> {
        byte[] value = new byte[8 + t10.vendorSpecific.length()];
        T10VendorId.VENDOR.put(value, t10.vendor);
        T10VendorId.specific(t10.vendorSpecific.length()).put(value, t10.vendorSpecific);
        yield DesignatorHeader.descriptor(this, DesignatorHeader.ASCII, 0x1, value);
      }
      case NaaLocallyAssigned naa ->
          DesignatorHeader.descriptor(
              this,
              DesignatorHeader.BINARY,
              0x3,
              ByteBuffer.allocate(8).putLong(naa.value).array());
      case RelativeTargetPort port ->
          DesignatorHeader.descriptor(
              this, DesignatorHeader.BINARY, 0x4, twoBytes(port.identifier));
      case TargetPortGroup group ->
          DesignatorHeader.descriptor(this, DesignatorHeader.BINARY, 0x5, twoBytes(group.group));
      case ScsiName name ->
          DesignatorHeader.descriptor(
              this, DesignatorHeader.UTF_8, 0x8, ScsiName.encoded(name.name));
    };
  }

  /** Reads a whole descriptor; empty if it is of a kind that has no record here. */
  static Optional<Designator> decode(byte[] descriptor) {
    Optional<Association> association =
        Association.of(DesignatorHeader.ASSOCIATION.getInt(descriptor));
    if (association.isEmpty()) {
      return Optional.empty();
    }
    Association of = association.get();
    byte[] value = Arrays.copyOfRange(descriptor, DesignatorHeader.LENGTH, descriptor.length);
    return switch (DesignatorHeader.DESIGNATOR_TYPE.getInt(descriptor)) {
      case 0x1 ->
          Optional.of(
              new T10VendorId(
                  T10VendorId.VENDOR.get(value),
                  T10VendorId.specific(value.length - 8).get(value)));
      case 0x3 ->
          NaaLocallyAssigned.NAA.getInt(value) == NaaLocallyAssigned.LOCALLY_ASSIGNED
              ? Optional.of(new NaaLocallyAssigned(of, ByteBuffer.wrap(value).getLong()))
              : Optional.empty();
      case 0x4 -> Optional.of(new RelativeTargetPort(LAST_TWO_BYTES.getInt(value)));
      case 0x5 -> Optional.of(new TargetPortGroup(LAST_TWO_BYTES.getInt(value)));
      case 0x8 -> {
        String padded = new String(value, StandardCharsets.UTF_8);
        int end = padded.indexOf('\0');
        yield Optional.of(new ScsiName(of, end < 0 ? padded : padded.substring(0, end)));
      }
      default -> Optional.empty();
    };
  }

  private static byte[] twoBytes(int value) {
    byte[] bytes = new byte[4];
    LAST_TWO_BYTES.put(bytes, value);
    return bytes;
  }
}
