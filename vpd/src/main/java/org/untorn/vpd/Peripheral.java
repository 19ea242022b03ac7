package org.untorn.vpd;

/**
 * The first byte of all INQUIRY data: whether a logical unit is there, and what kind of device it
 * is (SPC-5 6.7.2).
 *
 * <pre>
 *  bit      7     6     5     4     3     2     1     0
 *  byte 0 [   QUALIFIER    ] [        DEVICE TYPE        ]
 * </pre>
 *
 * @param qualifier PERIPHERAL QUALIFIER, 0 to 7: 0 is a connected logical unit, 3 one that the
 *     target cannot have
 * @param deviceType PERIPHERAL DEVICE TYPE, 0 to 1Fh: 0 is a direct access block device, 1Fh
 *     unknown
 */
public record Peripheral(int qualifier, int deviceType) {

  private static final Field QUALIFIER = new Field("PERIPHERAL QUALIFIER", 0, 7, 3);
  private static final Field DEVICE_TYPE = new Field("PERIPHERAL DEVICE TYPE", 0, 4, 5);

  /** A direct access block device that is there. */
  public static final Peripheral DISK = new Peripheral(0, 0);

  /** What INQUIRY says of a LUN that has no logical unit and never can have one. */
  public static final Peripheral INCAPABLE = new Peripheral(3, 0x1f);

  public Peripheral {
    QUALIFIER.check(qualifier);
    DEVICE_TYPE.check(deviceType);
  }

  /** Reads it from byte 0 of INQUIRY data or of a VPD page. */
  public static Peripheral decode(byte[] inquiryData) {
    return new Peripheral(QUALIFIER.getInt(inquiryData), DEVICE_TYPE.getInt(inquiryData));
  }

  void encodeInto(byte[] inquiryData) {
    QUALIFIER.put(inquiryData, qualifier);
    DEVICE_TYPE.put(inquiryData, deviceType);
  }
}
